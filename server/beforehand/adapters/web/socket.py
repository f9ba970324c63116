"""The widget's WebSocket, as plain ASGI: key, origin and rate are checked before the upgrade."""

from __future__ import annotations

import asyncio
from collections import deque

import structlog
from starlette.types import Message, Receive, Scope, Send

from beforehand.adapters.web.door import Door
from beforehand.adapters.web.talk import Talk
from beforehand.adapters.web.tokens import ResumeTokens
from beforehand.domain.errors import BeforehandError, Malformed, TooFast, Unavailable
from beforehand.loop.live import Live
from beforehand.ports.clock import Clock
from beforehand.protocol import frames, wire
from beforehand.protocol.limits import SUBPROTOCOL

MAX_OUT_BYTES = 1_048_576
"""Of frames waiting for a slow reader; beyond it the connection is closed and resumes later."""
HELLO_WITHIN_S = 10.0
"""Seconds from the upgrade to hello."""
CLOSE_REFUSED, CLOSE_SLOW = 4400, 4408
"""After a fatal error frame; when the reader is too slow."""

log = structlog.get_logger()


class Socket:
    """An ASGI application for /v1/socket."""

    def __init__(self, live: Live, door: Door, tokens: ResumeTokens, clock: Clock, strict: bool) -> None:
        self._live, self._door, self._tokens, self._clock, self._strict = live, door, tokens, clock, strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            workspace, source, origin = await self._door.admit(scope)
        except BeforehandError as error:
            await _refuse_upgrade(scope, receive, send, error)
            return
        await receive()
        protocol = SUBPROTOCOL if SUBPROTOCOL in scope.get("subprotocols", ()) else None
        await send({"type": "websocket.accept", "subprotocol": protocol, "headers": []})
        out = Out(send)
        talk = Talk(
            self._live,
            self._door,
            self._tokens,
            self._clock,
            self._strict,
            workspace,
            source,
            origin,
            out.put,
        )
        talk.acked = out.ack  # type: ignore[method-assign]
        try:
            await _converse(talk, receive, out)
        finally:
            talk.end()
            await out.close()


async def _converse(talk: Talk, receive: Receive, out: Out) -> None:
    deadline = asyncio.get_running_loop().time() + HELLO_WITHIN_S
    message = await _before(deadline, receive)
    while message is not None and message["type"] == "websocket.receive":
        text = message.get("text")
        if text is None:
            talk.refuse(Malformed("frame: expected a text frame with JSON, and not binary."))
        else:
            await _take(talk, text)
        if talk.over or out.broken:
            return
        if out.waiting:
            await asyncio.sleep(0)
        message = await (receive() if talk.connection is not None else _before(deadline, receive))
    if message is None:
        talk.refuse(Malformed(f"hello: expected within {HELLO_WITHIN_S:g} seconds."))


async def _take(talk: Talk, text: str) -> None:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        talk.refuse(Malformed("frame: expected well-formed UTF-8."))
        return
    if not talk.hurry(data):
        if talk.unfinished:
            await talk.slow()
        else:
            await talk.receive(data)


async def _before(deadline: float, receive: Receive) -> Message | None:
    """None if nobody said who they are in time."""
    try:
        async with asyncio.timeout_at(deadline):
            return await receive()
    except TimeoutError:
        return None


async def _refuse_upgrade(scope: Scope, receive: Receive, send: Send, error: BeforehandError) -> None:
    """403, 429 or 503 with the reason as JSON, instead of 101."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": CLOSE_REFUSED, "reason": error.code})
        return
    body = wire.encode(frames.Error(error.code, error.sentence, fatal=True))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    status = 503 if isinstance(error, Unavailable) else 403
    if isinstance(error, TooFast):
        status = 429
        headers.append((b"retry-after", str(max(1, round(error.retry_after))).encode()))
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


class Out:
    """Frames on their way to one browser, in order, bounded in bytes. Acknowledgements are merged: one per turn of
    the event loop, with the newest mark."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._mark = 0
        self._acked = 0
        self._wake = asyncio.Event()
        self._closing = False
        self.broken = False
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def waiting(self) -> bool:
        return bool(self._queue)

    def put(self, data: bytes) -> None:
        if self.broken:
            return
        self._bytes += len(data)
        if self._bytes > MAX_OUT_BYTES:
            self.broken = True
            self._queue.clear()
        else:
            self._queue.append(data)
        self._wake.set()

    def ack(self, mark: int) -> None:
        """In place of Talk.acked: the newest mark stands for all before it."""
        if mark >= self._mark:
            self._mark = mark
            self._wake.set()

    async def close(self) -> None:
        """What is due still leaves; then the close frame."""
        self._closing = True
        self._wake.set()
        await self._task

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._drain()
                if self.broken or self._closing:
                    break
            code = CLOSE_SLOW if self.broken else CLOSE_REFUSED
            await self._send(
                {"type": "websocket.close", "code": code, "reason": "slow" if self.broken else ""}
            )
        except (OSError, RuntimeError) as error:
            # The peer is gone; uvicorn raises when a closed socket is written to. Nothing is lost: what is
            # durable is sent again after resume, what is not was never promised.
            log.debug("socket_gone", reason=type(error).__name__)
            self.broken = True

    async def _drain(self) -> None:
        if self._mark > self._acked:
            self._acked = self._mark
            await self._send({"type": "websocket.send", "text": f'{{"type":"ack","mark":{self._mark}}}'})
        while self._queue:
            data = self._queue.popleft()
            self._bytes -= len(data)
            await self._send({"type": "websocket.send", "text": data.decode()})
