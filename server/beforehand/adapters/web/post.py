"""Where sockets are blocked: the same frames over POST, with a long poll; and the one-way beacon of a closing page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from beforehand.adapters.web.door import Door
from beforehand.adapters.web.talk import Talk
from beforehand.adapters.web.tokens import ResumeTokens
from beforehand.domain.errors import BeforehandError, Invalid, TooFast, TooLarge, Unavailable, WrongOrigin
from beforehand.domain.nudge import Nudge
from beforehand.domain.source import Source, Workspace
from beforehand.loop.live import Live
from beforehand.ports.clock import Clock
from beforehand.protocol import frames, wire
from beforehand.protocol.limits import LONG_POLL_S, MAX_FRAME_BYTES

MAX_POLLS = 2_000
"""Long polls held at once: each costs a few KiB; more answer at once."""


class Post:
    """Every request begins with the hello of its tape, whose resume token makes it the same document."""

    def __init__(self, live: Live, door: Door, tokens: ResumeTokens, clock: Clock, strict: bool) -> None:
        self._live, self._door, self._tokens, self._clock, self._strict = live, door, tokens, clock, strict
        self._polls = 0
        self._paths: dict[tuple[str, str], Paths] = {}

    async def exchange(self, request: Request) -> Response:
        """Take the frames, wait until they are on disk, answer what is due; hold the answer while nothing is."""
        if request.method == "OPTIONS":
            return await self._preflight(request)
        return await self._answer(request, one_way=False)

    async def beacon(self, request: Request) -> Response:
        """Nobody reads the answer: 204."""
        return await self._answer(request, one_way=True)

    async def why(self, request: Request) -> Response:
        """Why a browser was refused, for the one console message; a refused upgrade cannot be read by a page."""
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
        try:
            await self._door.admit(request.scope)
        except BeforehandError as error:
            return JSONResponse({"code": error.code, "sentence": error.sentence}, headers=headers)
        return JSONResponse({"code": "ok", "sentence": ""}, headers=headers)

    async def _answer(self, request: Request, one_way: bool) -> Response:
        try:
            workspace, source, origin = await self._door.admit(request.scope)
        except BeforehandError as error:
            return _refusal(error, "*")
        try:
            post = wire.decode_post(await _body(request))
            out = await self._talk(post, workspace, source, origin, one_way)
        except ClientDisconnect:
            return Response(status_code=204)
        except BeforehandError as error:
            return _refusal(error, origin)
        if one_way:
            return Response(status_code=204, headers=_cors(origin))
        body = b'{"frames":[' + b",".join(out) + b"]}"
        return Response(body, media_type="application/json", headers=_cors(origin))

    async def _talk(
        self, post: wire.RawPost, workspace: Workspace, source: Source, origin: str, one_way: bool
    ) -> list[bytes]:
        """The frames that are due. Raises Invalid."""
        hello = wire.decode(bytes(post.frames[0])) if post.frames else None
        if not isinstance(hello, frames.Hello):
            raise Invalid("frames: expected a hello first.")
        out: list[bytes] = []
        due = asyncio.Event()

        def send(data: bytes) -> None:
            out.append(data)
            due.set()

        at = (workspace.id, hello.tape)
        paths = self._paths.setdefault(at, Paths())
        talk = Talk(
            self._live, self._door, self._tokens, self._clock, self._strict, workspace, source, origin, send, paths
        )  # fmt: skip
        paths.open(talk)
        try:
            await self._exchange(talk, post, due, out, hold=not one_way)
        finally:
            paths.close(talk)
            if paths.empty:
                self._paths.pop(at, None)
        return out

    async def _exchange(
        self, talk: Talk, post: wire.RawPost, due: asyncio.Event, out: list[bytes], hold: bool
    ) -> None:
        for frame in post.frames:
            await talk.receive(bytes(frame))
            if talk.over:
                return
        await self._settle(talk, asked=len(post.frames) > 1)
        if hold and post.wait and len(out) <= 1:
            await self._hold(due, post.wait)

    async def _settle(self, talk: Talk, asked: bool) -> None:
        """Acknowledged means on disk, here too: the answer to what was sent waits for it."""
        if talk.connection is None:
            return
        try:
            mark = await talk.connection.settle()
            if asked:
                talk.acked(mark)
        except Unavailable as error:
            talk.refuse(error)

    async def _hold(self, due: asyncio.Event, wait: float) -> None:
        if self._polls >= MAX_POLLS:
            return
        self._polls += 1
        due.clear()
        try:
            async with asyncio.timeout(min(wait, LONG_POLL_S)):
                await due.wait()
        except TimeoutError:
            pass
        finally:
            self._polls -= 1

    async def _preflight(self, request: Request) -> Response:
        try:
            _, _, origin = await self._door.admit(request.scope)
        except BeforehandError as error:
            return _refusal(error, "*")
        headers = {**_cors(origin), "Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "600"}
        return Response(status_code=204, headers=headers)


class Paths:
    """The requests that are open for one document: a long poll, and posts beside it. Implements ports.Outlet: what is
    due leaves by the newest, and after it by the poll that was there before."""

    def __init__(self) -> None:
        self._talks: list[Talk] = []

    @property
    def empty(self) -> bool:
        return not self._talks

    def open(self, talk: Talk) -> None:
        self._talks.append(talk)

    def close(self, talk: Talk) -> None:
        """The document is gone with its last request, until the next."""
        self._talks.remove(talk)
        if not self._talks:
            talk.end()

    def acked(self, mark: int) -> None:
        """Each request acknowledges what it brought, when all of it is on disk; a poll need not end for that."""

    def nudge(self, nudge: Nudge) -> None:
        self._newest(lambda talk: talk.nudge(nudge))

    def withdraw(self, decision: str, reason: str) -> None:
        self._newest(lambda talk: talk.withdraw(decision, reason))

    def resolved(self, decision: str) -> None:
        self._newest(lambda talk: talk.resolved(decision))

    def failed(self, error: BeforehandError) -> None:
        self._newest(lambda talk: talk.failed(error))

    def _newest(self, tell: Callable[[Talk], None]) -> None:
        if self._talks:
            tell(self._talks[-1])


async def _body(request: Request) -> bytes:
    """Raises TooLarge before the whole of a large body was read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_FRAME_BYTES:
            raise TooLarge(f"body: expected at most {MAX_FRAME_BYTES:,} bytes.")
    return bytes(body)


def _cors(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", "Cache-Control": "no-store"}


def _refusal(error: BeforehandError, origin: str) -> JSONResponse:
    status = 400
    headers = _cors(origin)
    if isinstance(error, TooFast):
        status = 429
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    elif isinstance(error, TooLarge):
        status = 413
    elif isinstance(error, WrongOrigin) or error.code in ("unknown_key", "no_consent"):
        status = 403
    elif isinstance(error, Unavailable):
        status = 503
    return JSONResponse({"code": error.code, "sentence": error.sentence}, status, headers)
