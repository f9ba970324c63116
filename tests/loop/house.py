"""A live loop on a real SQLite file, with a clock one can hold, and documents that join it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from beforehand.adapters.storage import open_storage
from beforehand.adapters.system import SystemIds
from beforehand.domain.article import Article, HelpQuery, Hit, Passage
from beforehand.domain.errors import BeforehandError
from beforehand.domain.event import Event
from beforehand.domain.nudge import Nudge
from beforehand.domain.person import UserClaims
from beforehand.domain.source import Source, Workspace
from beforehand.loop.connection import Connection
from beforehand.loop.live import Live
from beforehand.loop.step import Rules
from beforehand.ports.outlet import Arrival
from beforehand.ports.search import SearchStatus
from beforehand.ports.stores import Storage
from beforehand.rigs.browser import tape_id

START = 1_790_000_000_000
"""A Tuesday in September 2026, ms UTC."""
KEY = bytes(range(32))
WORKSPACE = Workspace(id="0" * 31 + "1", name="Test", epoch="e1")
SOURCE = Source(
    id="0" * 31 + "2", workspace=WORKSPACE.id, name="shop", key="pk_test", origins=("https://shop.example",),
    secrets=("s" * 43,),
)  # fmt: skip

PASSAGE = Passage(
    id="p1", slug="vat-numbers", lang="en", title="VAT numbers by country", path=("Germany",),
    text="Start with DE. Add nine digits without spaces.",
    nodes=({"k": "ol", "c": [{"k": "li", "c": [{"k": "t", "t": "Start with DE."}]}]},),
)  # fmt: skip


class HeldClock:
    """Stands still until moved."""

    def __init__(self, now: int = START) -> None:
        self.at = now

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.at / 1000


class OneAnswer:
    """A search that finds one passage for everything, or fails when told to."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.queries: list[HelpQuery] = []

    def publish(self, workspace: str, passages: Any) -> int:
        return 0

    def find(self, workspace: str, query: HelpQuery, limit: int) -> list[Hit]:
        self.queries.append(query)
        if self.error is not None:
            raise self.error
        return [Hit(PASSAGE, 0.9, 0.8, 0.7)]

    def status(self, workspace: str) -> SearchStatus:
        return SearchStatus(1, "test", "")


class Document:
    """An outlet that remembers, and the events one document sends."""

    def __init__(self, tape: str = "") -> None:
        self.tape = tape or tape_id()
        self.marks: list[int] = []
        self.nudges: list[Nudge] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.resolutions: list[str] = []
        self.errors: list[BeforehandError] = []
        self.changed = asyncio.Event()
        self.seq = 0
        self.connection: Connection | None = None

    def acked(self, mark: int) -> None:
        self.marks.append(mark)
        self.changed.set()

    def nudge(self, nudge: Nudge) -> None:
        self.nudges.append(nudge)
        self.changed.set()

    def withdraw(self, decision: str, reason: str) -> None:
        self.withdrawn.append((decision, reason))
        self.changed.set()

    def resolved(self, decision: str) -> None:
        self.resolutions.append(decision)
        self.changed.set()

    def failed(self, error: BeforehandError) -> None:
        self.errors.append(error)
        self.changed.set()

    def arrival(self, origin: int = START, **more: Any) -> Arrival:
        return Arrival(
            tape=self.tape, origin=origin, next=1, resumed=bool(more.pop("resumed", False)), **more
        )

    async def join(self, live: Live, user: UserClaims | None = None, **more: Any) -> Connection:
        self.connection = await live.join(WORKSPACE, SOURCE, self.arrival(user=user, **more), self)
        return self.connection

    def events(self, *rows: dict[str, Any], origin: int = START) -> None:
        first = self.seq + 1
        filled = []
        for row in rows:
            self.seq += 1
            filled.append({"at": self.seq * 100, "click": self.seq - 1, **row, "seq": self.seq})
        events = msgspec.convert(filled, list[Event])
        assert self.connection is not None
        self.connection.events(first, events, msgspec.json.encode(filled), origin, False)

    async def until(self, true: Any, seconds: float = 5.0) -> None:
        """Wait for a change that makes `true()` hold."""
        async with asyncio.timeout(seconds):
            while not true():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def storage_at(folder: Path) -> AsyncIterator[Storage]:
    storage = open_storage(f"sqlite:///{folder / 'test.db'}", folder, KEY, HeldClock(), SystemIds())
    await storage.start()
    try:
        yield storage
    finally:
        await storage.stop()


@asynccontextmanager
async def house(
    folder: Path, clock: HeldClock | None = None, search: OneAnswer | None = None, rules: Rules | None = None
) -> AsyncIterator[Live]:
    """A live loop; the workspace is made at the first opening of the folder."""
    async with storage_at(folder) as storage:
        if not await storage.system.workspaces():
            await storage.system.create_workspace(WORKSPACE)
            async with storage.work(WORKSPACE.id) as tx:
                tx.sources.add(SOURCE)
        live = Live(storage, search or OneAnswer(), clock or HeldClock(), SystemIds(), rules or Rules())
        await live.start()
        try:
            yield live
        finally:
            await live.stop()


__all__ = ["Article", "Document", "HeldClock", "OneAnswer", "house", "storage_at"]
