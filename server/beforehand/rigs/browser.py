"""A browser tab as the server sees it: says hello, sends events, keeps what comes back."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from beforehand.rigs.wire import WireClient

Json = dict[str, Any]


def tape_id() -> str:
    """128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


class Tab:
    """One document. `frames` holds every frame received; `wait(type)` waits for the next of a type."""

    def __init__(
        self, base: str, key: str, origin: str, on_frame: Callable[[Json], None] | None = None
    ) -> None:
        """base: http://host:port[/prefix] of the server."""
        self.base, self.key, self.origin = base, key, origin
        self.tape = tape_id()
        self.seq = 0
        self.visitor = ""
        self.resume = ""
        self.mark = 0
        self.frames: list[Json] = []
        self._began = time.monotonic()
        self._waiters: list[tuple[str, asyncio.Future[Json]]] = []
        self._on_frame = on_frame
        self._client: WireClient | None = None

    @property
    def page_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    async def connect(self, user: str = "", **hello: Any) -> Json:
        """Socket and hello; returns the welcome (or the error that came instead)."""
        parts = urlsplit(self.base)
        path = f"{parts.path}/v1/socket?key={quote(self.key)}"
        self._client = await WireClient.connect(
            parts.hostname or "", parts.port or 80, path, self.origin, self._text
        )
        self._client.closed.add_done_callback(self._gone)
        first = self.next("welcome", "error")
        self.send(self.hello(user, **hello))
        welcome = await first
        if welcome["type"] == "welcome":
            self.visitor, self.resume, self.mark = (
                welcome["visitor"],
                welcome["resume"],
                welcome.get("mark", 0),
            )
        return welcome

    def hello(self, user: str = "", **more: Any) -> Json:
        return {
            "type": "hello", "tape": self.tape, "sent": int(time.time() * 1000), "page": self.page_ms,
            "next": self.mark + 1, "visitor": self.visitor, "resume": self.resume, "user": user,
            "capabilities": ["tooltip"], **more,
        }  # fmt: skip

    def send(self, frame: Json) -> None:
        assert self._client is not None
        self._client.text(json.dumps(frame).encode())

    def raw(self, data: bytes) -> None:
        assert self._client is not None
        self._client.raw(data)

    def batch(self, *events: Json) -> Json:
        """An events frame; seq is filled in, and where absent `at` and the click that an activity answers."""
        first = self.seq + 1
        rows = []
        for event in events:
            self.seq += 1
            row = {"at": self.page_ms, **event, "seq": self.seq}
            if row["t"] == "activity":
                row.setdefault("click", self.seq - 1)
            rows.append(row)
        return {"type": "events", "first": first, "events": rows}

    def events(self, *events: Json) -> None:
        self.send(self.batch(*events))

    def next(self, *types: str) -> asyncio.Future[Json]:
        """The next frame of one of the types, from now on."""
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiters.extend((kind, future) for kind in types)
        return future

    async def acked(self, mark: int) -> None:
        """Wait until everything up to `mark` is acknowledged."""
        while self.mark < mark:
            await self.next("ack", "error")

    async def close(self) -> None:
        if self._client is not None:
            self._client.close()
            await self._client.closed

    @property
    def closed(self) -> asyncio.Future[int]:
        """The close code, once the server closed."""
        assert self._client is not None
        return self._client.closed

    def _gone(self, closed: asyncio.Future[int]) -> None:
        waiters, self._waiters = self._waiters, []
        for _, future in waiters:
            if not future.done():
                future.set_exception(ConnectionError(f"the connection closed with {closed.result()}"))

    def _text(self, payload: bytes) -> None:
        frame = json.loads(payload)
        self.frames.append(frame)
        if frame["type"] == "ack":
            self.mark = max(self.mark, frame["mark"])
        if self._on_frame is not None:
            self._on_frame(frame)
        waiters, self._waiters = self._waiters, []
        for kind, future in waiters:
            if future.done():
                continue
            if kind == frame["type"]:
                future.set_result(frame)
            else:
                self._waiters.append((kind, future))
