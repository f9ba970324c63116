"""A peer of the widget for its own tests: the wire's server side that only records and answers.

Frames are decoded by the very types of `beforehand.protocol.frames`, strictly, so whatever the widget sends
is proved to be valid wire. It keeps tapes as the service does: a repeated prefix is trimmed, a hole is a gap.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from beforehand.domain.event import Event
from beforehand.domain.nudge import Nudge
from beforehand.protocol import frames as wire

STATIC = Path(__file__).resolve().parents[2] / "server/beforehand/adapters/web/static"
WAIT_S = 10.0
"""Longest wait for something a browser does at once; a slow machine may need most of it."""

_decode = msgspec.json.Decoder(wire.ClientFrame)
_decode_post = msgspec.json.Decoder(wire.PostIn)
_encode = msgspec.json.Encoder().encode


class Server:
    """An ASGI app on a free port in a thread of its own; `url` is its origin."""

    def __init__(self, app: Any) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            app, log_level="error", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)


class GapError(Exception):
    """A batch left a hole; `expected` is the number that should have come."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"expected {expected}")
        self.expected = expected


class Tape:
    """What the peer holds of one tape."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.mark = 0
        self.visitor = ""
        self.repeated = 0

    def append(self, first: int, events: list[Event]) -> None:
        if first > self.mark + 1:
            raise GapError(self.mark + 1)
        new = [event for event in events if event.seq > self.mark]
        self.repeated += len(events) - len(new)
        self.events += new
        self.mark = max(self.mark, first + len(events) - 1)


class Peer:
    """Records what a widget says; `push` speaks to it. Switches: refuse (code), sockets, away."""

    def __init__(self) -> None:
        self.tapes: dict[str, Tape] = {}
        self.frames: list[Any] = []
        self.hellos: list[wire.Hello] = []
        self.beacons = 0
        self.posts = 0
        self.connections = 0
        self.refuse = ""
        self.asked_why = 0
        self.sockets = True
        self.away = False
        self.user_state = "anonymous"
        self.failures: list[str] = []
        self.raw: list[str] = []
        self._open: list[tuple[WebSocket, asyncio.AbstractEventLoop]] = []
        self._changed = threading.Condition()
        self._due: list[Any] = []

    # --- what a test asks ---

    def wait(self, what: Callable[[], Any], why: str | Callable[[], str] = "did not come") -> Any:
        """Waits for a true result of `what`, looked at whenever a frame arrives."""
        with self._changed:
            if not self._changed.wait_for(what, WAIT_S):
                raise AssertionError(why if isinstance(why, str) else why())
            return what()

    def events(self, kind: type[Any] | None = None) -> list[Any]:
        """All events of all tapes, in order of arrival per tape."""
        found = [event for tape in self.tapes.values() for event in tape.events]
        return [event for event in found if kind is None or isinstance(event, kind)]

    def first(self, of: type[Any], /, **fields: Any) -> Any:
        """Waits for an event of that type with those fields."""

        def find() -> Any:
            for event in self.events(of):
                if all(getattr(event, name) == value for name, value in fields.items()):
                    return event
            return None

        return self.wait(find, lambda: f"no {of.__name__} with {fields}; there are {self.events(of)}")

    def push(self, *frames: Any) -> None:
        """Sends frames to every open connection (or with the next answer to a post)."""
        if not self._open:
            self._due += frames
        for socket_, loop in list(self._open):
            for frame in frames:
                asyncio.run_coroutine_threadsafe(socket_.send_text(_encode(frame).decode()), loop).result(5)

    def nudge(self, nudge: Nudge) -> None:
        self.push(wire.NudgeFrame(nudge=nudge))

    def drop_connections(self) -> None:
        for socket_, loop in list(self._open):
            asyncio.run_coroutine_threadsafe(socket_.close(1012), loop)

    @property
    def open_count(self) -> int:
        return len(self._open)

    # --- the wire ---

    def _note(self, frame: Any) -> None:
        with self._changed:
            self.frames.append(frame)
            self._changed.notify_all()

    def take(self, frame: Any, tape: Tape | None) -> tuple[Tape | None, list[Any]]:
        answer: list[Any] = []
        with self._changed:
            if isinstance(frame, wire.Hello):
                self.hellos.append(frame)
                tape = self.tapes.setdefault(frame.tape, Tape())
                tape.visitor = tape.visitor or frame.visitor or f"visitor-{len(self.tapes)}"
                answer.append(self._welcome(frame, tape))
            elif isinstance(frame, wire.Events) and tape is not None:
                try:
                    tape.append(frame.first, frame.events)
                    answer.append(wire.Ack(mark=tape.mark))
                except GapError as gap:
                    answer.append(
                        wire.Error(code="gap", sentence="A number is missing.", expected=gap.expected)
                    )
            elif isinstance(frame, wire.Dropped) and tape is not None:
                tape.mark = max(tape.mark, frame.last)
            elif isinstance(frame, wire.IdentifyUser):
                answer.append(wire.UserState(state="verified"))
            elif isinstance(frame, wire.Ping):
                answer.append(wire.Pong())
        self._note(frame)
        return tape, answer

    def _welcome(self, hello: wire.Hello, tape: Tape) -> wire.Welcome:
        state = self.user_state if hello.user else "anonymous"
        return wire.Welcome(
            visitor=tape.visitor, resume="resume-" + hello.tape, session="s1", mark=tape.mark, user=state
        )

    async def _socket(self, websocket: WebSocket) -> None:
        if self.refuse or self.away or not self.sockets:
            await websocket.close()
            return
        await websocket.accept(subprotocol="beforehand.v1")
        self.connections += 1
        entry = (websocket, asyncio.get_running_loop())
        self._open.append(entry)
        tape: Tape | None = None
        try:
            while True:
                raw = await websocket.receive_text()
                tape, answer = self.take(self._decoded(raw), tape)
                for frame in answer:
                    await websocket.send_text(_encode(frame).decode())
        except WebSocketDisconnect:
            pass
        finally:
            self._open.remove(entry)
            self._note(None)

    def _decoded(self, raw: str) -> Any:
        self.raw.append(raw)
        try:
            return _decode.decode(raw)
        except msgspec.MsgspecError as error:
            self.failures.append(f"{error}: {raw[:500]}")
            return None

    async def _read(self, request: Request) -> wire.PostIn:
        if self.away:
            raise HTTPException(503)
        raw = await request.body()
        self.raw.append(raw.decode())
        return _decode_post.decode(raw)

    async def _post(self, request: Request) -> Response:
        body = await self._read(request)
        self.posts += 1
        tape: Tape | None = None
        out: list[Any] = []
        for frame in body.frames:
            tape, answer = self.take(frame, tape)
            out += answer
        for _ in range(int(body.wait * 20)):
            if self._due:
                break
            await asyncio.sleep(0.05)
        out += self._due
        self._due = []
        return Response(_encode(wire.PostOut(frames=out)), headers=OPEN, media_type="application/json")

    async def _beacon(self, request: Request) -> Response:
        body = await self._read(request)
        tape: Tape | None = None
        for frame in body.frames:
            tape, _ = self.take(frame, tape)
        self.beacons += 1
        self._note(None)
        return Response(status_code=204, headers=OPEN)

    async def _why(self, request: Request) -> Response:
        self.asked_why += 1
        if self.away:
            raise HTTPException(503)
        self._note(None)
        sentence = "The source does not know this." if self.refuse else ""
        return JSONResponse({"code": self.refuse or "ok", "sentence": sentence}, headers=OPEN)

    async def _file(self, request: Request) -> Response:
        path = STATIC / request.path_params["name"]
        if not path.is_file():
            return PlainTextResponse("not here", 404)
        return Response(path.read_bytes(), headers=OPEN, media_type="text/javascript")

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/v1/socket", self._socket),
                Route("/v1/post", self._post, methods=["POST"]),
                Route("/v1/beacon", self._beacon, methods=["POST"]),
                Route("/v1/why", self._why),
                Route("/v1/{name}", self._file),
            ]
        )


OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
