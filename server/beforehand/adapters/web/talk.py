"""What one document says, frame by frame, whatever it is connected by; the socket and POST share it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import structlog

from beforehand.adapters.web.buckets import Bucket
from beforehand.adapters.web.door import Door
from beforehand.adapters.web.tokens import ResumeTokens, read_user
from beforehand.domain.errors import (
    BadToken,
    BeforehandError,
    ExpiredToken,
    Gap,
    Invalid,
    TooFast,
    Unavailable,
    UnknownType,
)
from beforehand.domain.event import Event
from beforehand.domain.nudge import Nudge
from beforehand.domain.person import UserClaims
from beforehand.domain.source import Source, Workspace
from beforehand.loop.connection import Connection
from beforehand.loop.live import Live
from beforehand.ports.clock import Clock
from beforehand.ports.outlet import Arrival, Outlet
from beforehand.protocol import frames, wire
from beforehand.protocol.limits import (
    BYTE_BURST,
    BYTES_PER_SECOND,
    EVENT_BURST,
    EVENTS_PER_SECOND,
    FRAME_BURST,
    FRAMES_PER_SECOND,
)
from beforehand.protocol.redaction import redact_tree, suspect
from beforehand.protocol.time import clock_origin

MAX_BAD_FRAMES = 50
"""Refused frames after which a connection is closed: a broken or hostile client, not a slip."""

log = structlog.get_logger()
Send = Callable[[bytes], None]


class Talk:
    """One document's conversation. `send` takes a frame's bytes; it must not block. Implements ports.Outlet.
    outlet: where the answers go instead, if several talks serve one document."""

    def __init__(
        self, live: Live, door: Door, tokens: ResumeTokens, clock: Clock, strict: bool,
        workspace: Workspace, source: Source, origin: str, send: Send, outlet: Outlet | None = None,
    ) -> None:  # fmt: skip
        self._live, self._door, self._tokens, self._clock, self._strict = live, door, tokens, clock, strict
        self._workspace, self._source, self._origin = workspace, source, origin
        self._send = send
        self._outlet = outlet if outlet is not None else self
        self._frames = Bucket(FRAMES_PER_SECOND, FRAME_BURST, clock)
        self._events = Bucket(EVENTS_PER_SECOND, EVENT_BURST, clock)
        self._bytes = Bucket(BYTES_PER_SECOND, BYTE_BURST, clock)
        self._page_origin = 0
        self._skewed = False
        self._bad = 0
        self._first = True
        self._waiting: wire.Incoming | None = None
        self.connection: Connection | None = None
        self.tape = ""
        self.over = False
        self.unknown = 0

    # --- what comes in ---

    async def receive(self, data: bytes) -> None:
        """Take one frame; a refusal is answered with its error frame and the talk goes on where it can."""
        await self._guarded(self._receive(data))

    async def _receive(self, data: bytes) -> None:
        self._frames.take(1, "frames")
        self._bytes.take(len(data), "bytes")
        frame = wire.decode(data)
        if self._strict:
            self._refuse_unknown(data)
        await self.take(frame)

    @property
    def unfinished(self) -> bool:
        """Did `hurry` decode a frame that `slow` must finish?"""
        return self._waiting is not None

    def hurry(self, data: bytes) -> bool:
        """The same for an events frame, without a coroutine: the hot path. False: not such a frame."""
        if self.connection is None or self._strict:
            return False
        try:
            self._frames.take(1, "frames")
            self._bytes.take(len(data), "bytes")
            frame = wire.decode(data)
            if type(frame) is not wire.RawEvents:
                self._waiting = frame
                return False
            self._take_events(frame)
        except BeforehandError as error:
            self.refuse(error)
        except Exception as error:
            log.error("frame_failed", exc_info=error)
            self._fail(error)
        return True

    async def slow(self) -> None:
        """Take the frame that `hurry` decoded but could not finish."""
        frame, self._waiting = self._waiting, None
        if frame is not None:
            await self._guarded(self.take(frame))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """A refusal, or a fault of ours, is answered; neither ends the process or another's connection."""
        try:
            await work
        except BeforehandError as error:
            self.refuse(error)
        except Exception as error:
            log.error("frame_failed", exc_info=error)
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """A fault of ours: only its kind is told."""
        self.refuse(Unavailable(f"The frame could not be taken ({type(error).__name__}); reconnect."))

    async def take(self, frame: wire.Incoming) -> None:
        """Raises BeforehandError."""
        if isinstance(frame, frames.Hello):
            await self._hello(frame)
        elif self.connection is None:
            raise Invalid("type: expected hello as the first frame of a connection.")
        elif isinstance(frame, wire.RawEvents):
            self._take_events(frame)
        else:
            await self._control(self.connection, frame)

    async def _control(self, connection: Connection, frame: wire.Incoming) -> None:
        match frame:
            case frames.Ping():
                self.say(frames.Pong())
            case frames.Dropped(first=first, last=last):
                connection.dropped(first, last)
            case frames.IdentifyUser(user=token):
                await self._identify(connection, token)
            case frames.ConsentChange(value=value):
                await connection.consent(value)
            case frames.Suppress(on=on):
                await connection.suppress(on)
            case frames.Reset():
                await connection.reset()
                self.connection = None
            case _:
                self.unknown += 1

    async def _hello(self, hello: frames.Hello) -> None:
        """A second hello on a connection begins anew: after a reset, or with a refreshed token."""
        if self.connection is not None and hello.tape != self.tape:
            self.connection.leave()
            self.connection = None
        user, state, sentence = self._user(hello.user)
        if hello.resume:
            self._tokens.read(hello.resume, self._workspace.id, hello.tape)
        self._page_origin, self._skewed = clock_origin(self._clock.now(), hello.sent, hello.page)
        arrival = Arrival(
            tape=hello.tape, origin=self._page_origin, next=hello.next, resumed=bool(hello.resume),
            visitor_secret=hello.visitor, user=user, consent=hello.consent, locale=hello.locale, zone=hello.zone,
            touch=hello.touch, skewed=self._skewed,
        )  # fmt: skip
        connection = await self._live.join(self._workspace, self._source, arrival, self._outlet)
        self.connection, self.tape = connection, hello.tape
        self.say(
            frames.Welcome(
                visitor=connection.visitor_secret,
                resume=self._tokens.make(self._workspace.id, hello.tape, connection.visitor),
                session=connection.session, mark=connection.mark, user=state or connection.user_state,
                sentence=sentence, epoch=self._workspace.epoch,
            )
        )  # fmt: skip
        connection.resume()

    def _user(self, token: str) -> tuple[UserClaims | None, str, str]:
        """(claims, state, sentence); a refused token leaves the user anonymous and says why."""
        if not token:
            return None, "", ""
        try:
            return read_user(token, self._source.secrets, self._clock.now() // 1000), "", ""
        except (BadToken, ExpiredToken) as error:
            self._door.say(self._origin, error)
            return None, error.code, error.sentence

    async def _identify(self, connection: Connection, token: str) -> None:
        claims, state, sentence = self._user(token)
        if not state:
            state = await connection.identify(claims)
        self.say(frames.UserState(state=state, sentence=sentence))

    def _take_events(self, frame: wire.RawEvents) -> None:
        """Decode, redact where there may be something, step; acknowledged when on disk."""
        body = bytes(frame.events)
        events, unknown = wire.decode_events(body)
        self._events.take(len(events), "events")
        if unknown:
            self.unknown += unknown
        if unknown or suspect(body):
            events, body = _redacted(events)
        if self._first:
            self._first = False
            self._door.first_event(self._source, self._origin)
        assert self.connection is not None
        self.connection.events(frame.first, events, body, self._page_origin, self._skewed)

    def _refuse_unknown(self, data: bytes) -> None:
        """Raises UnknownType in debug mode and tests."""
        found = wire.unknown_parts(data)
        if found:
            raise UnknownType(
                f"frame: expected only what this version knows, and not {', '.join(found[:5])}."
            )

    # --- what goes out ---

    def say(self, frame: frames.ServerFrame) -> None:
        self._send(wire.encode(frame))

    def refuse(self, error: BeforehandError) -> None:
        """One error frame. Refusals of who one is, and too many bad frames, end the talk."""
        fatal = error.code in ("bad_resume", "no_consent", "unavailable")
        if isinstance(error, UnknownType) and not self._strict:
            self.unknown += 1
        elif isinstance(error, Invalid):
            self._bad += 1
            fatal = fatal or self._bad >= MAX_BAD_FRAMES
        retry = error.retry_after if isinstance(error, TooFast) else 0.0
        expected = error.expected if isinstance(error, Gap) else 0
        self.say(frames.Error(error.code, error.sentence, retry, expected, fatal))
        if fatal:
            self.end()

    def end(self) -> None:
        """No more frames are taken."""
        self.over = True
        if self.connection is not None:
            self.connection.leave()

    # --- ports.Outlet ---

    def acked(self, mark: int) -> None:
        self.say(frames.Ack(mark=mark))

    def nudge(self, nudge: Nudge) -> None:
        self.say(frames.NudgeFrame(nudge=nudge))

    def withdraw(self, decision: str, reason: str) -> None:
        self.say(frames.WithdrawFrame(decision=decision, reason=reason))

    def resolved(self, decision: str) -> None:
        self.say(frames.Resolved(decision=decision))

    def failed(self, error: BeforehandError) -> None:
        self.refuse(error)


_encode_events = msgspec.json.Encoder().encode
_tree = msgspec.json.Decoder(list)


def _redacted(events: list[Event]) -> tuple[list[Event], bytes]:
    """Only known fields, without what must not travel; a redacted text still fits its field."""
    tree = redact_tree(msgspec.to_builtins(events))
    cleaned = msgspec.convert(tree, list[Event], strict=False)
    return cleaned, _encode_events(cleaned)
