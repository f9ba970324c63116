"""The web floor served by the real uvicorn on a free port, over a live loop on a real SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from beforehand.adapters.system import SystemClock, SystemIds
from beforehand.adapters.web import WebServices, routes
from beforehand.adapters.web.server import make_server
from beforehand.loop.directory import Directory
from beforehand.loop.live import Live
from beforehand.rigs.browser import Tab
from tests.loop.house import KEY, SOURCE, OneAnswer, house

ORIGIN = SOURCE.origins[0]


@dataclass
class Served:
    base: str
    port: int
    live: Live
    tabs: list[Tab] = field(default_factory=list)

    def tab(self, origin: str = ORIGIN, key: str = SOURCE.key, **more: Any) -> Tab:
        tab = Tab(self.base, key, origin, **more)
        self.tabs.append(tab)
        return tab

    async def connected(self, **hello: Any) -> Tab:
        tab = self.tab()
        welcome = await tab.connect(**hello)
        assert welcome["type"] == "welcome", welcome
        return tab


@asynccontextmanager
async def served(
    folder: Path, prefix: str = "", strict: bool = False, search: OneAnswer | None = None
) -> AsyncIterator[Served]:
    clock = SystemClock()
    async with house(folder, clock, search) as live:  # type: ignore[arg-type]
        services = WebServices(
            live=live, directory=Directory(live.storage, clock), clock=clock, ids=SystemIds(), signer_key=KEY,
            health=lambda: {"ok": True}, ready=lambda: (True, {"ok": True}), strict=strict,
        )  # fmt: skip
        app = Starlette(routes=routes(services))
        if prefix:
            app = Starlette(routes=[Mount(prefix, app=app)])
        server = make_server(app, "127.0.0.1", 0)
        server.config.lifespan = "off"
        task = asyncio.create_task(server.serve())
        port = await _port(server, task)
        running = Served(f"http://127.0.0.1:{port}{prefix}", port, live)
        try:
            yield running
        finally:
            for tab in running.tabs:
                await tab.close()
            server.should_exit = True
            await task


async def _port(server: uvicorn.Server, task: asyncio.Task[None]) -> int:
    while not server.started:
        if task.done():
            task.result()
            raise RuntimeError("the server ended at once")
        await asyncio.sleep(0.005)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
