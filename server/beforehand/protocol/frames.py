"""Every frame of the wire, v1. JSON text, tagged by "type". Within v1 fields and types are only added.

A receiver ignores what it does not know and counts it; debug mode and tests refuse it. The same frames
travel over POST (`PostIn`, `PostOut`) where sockets are blocked, and one-way in a beacon.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from beforehand.domain.element import Line, Millis, Short
from beforehand.domain.event import Event
from beforehand.domain.nudge import Nudge

TapeId = Annotated[str, msgspec.Meta(min_length=22, max_length=22, pattern="^[A-Za-z0-9_-]{22}$")]
"""128 random bits in base64url, made anew by each document."""
Token = Annotated[str, msgspec.Meta(max_length=4096)]
WallClock = Annotated[int, msgspec.Meta(ge=0, le=100_000_000_000_000)]
"""ms UTC as the browser believes; the limit is the year 5138."""
PollSeconds = Annotated[float, msgspec.Meta(ge=0, le=25)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class _Frame(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    pass


# --- browser -> server ---


class Hello(_Frame, tag="hello"):
    """First frame on every connection. visitor: the server-signed visitor token ('' on a first visit).
    resume: server-signed resume token for THIS tape ('' for a new tape). user: signed user token or ''.
    sent: wall clock of the browser in ms UTC, page: its page time in ms at the same moment (their
    difference dates the tape). next: first sequence number the client still holds or will send.
    signals: 'gpc'/'dnt' the browser sets. capabilities: surfaces it can draw."""

    tape: TapeId
    sent: WallClock
    page: Millis
    next: Seq = 1
    visitor: Token = ""
    resume: Token = ""
    user: Token = ""
    consent: Literal["granted", "pending", "denied"] = "granted"
    locale: Short = ""
    zone: Short = ""
    touch: bool = False
    capabilities: Annotated[list[Short], msgspec.Meta(max_length=16)] = []
    signals: Annotated[list[Short], msgspec.Meta(max_length=4)] = []
    version: Short = ""
    debug: bool = False


class Events(_Frame, tag="events"):
    """A batch: seq of events[0] is `first`, the others follow without a hole. sent/page: as in hello."""

    first: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    events: Annotated[list[Event], msgspec.Meta(min_length=1, max_length=200)]
    sent: WallClock = 0
    page: Millis = 0


class Dropped(_Frame, tag="dropped"):
    """Numbers the client no longer holds (its queue was full); the mark moves over them."""

    first: Seq
    last: Seq
    count: Seq


class IdentifyUser(_Frame, tag="identify"):
    """A signed user token, also to refresh one. An empty token makes the user anonymous again."""

    user: Token


class ConsentChange(_Frame, tag="consent"):
    value: Literal["granted", "pending", "denied"]


class Reset(_Frame, tag="reset"):
    """Forget who this is: log-out. The server answers with a new visitor token and closes the session."""


class Suppress(_Frame, tag="suppress"):
    on: bool


class Ping(_Frame, tag="ping"):
    """Keeps a path open where proxies close idle ones."""


ClientFrame = Hello | Events | Dropped | IdentifyUser | ConsentChange | Reset | Suppress | Ping

# --- server -> browser ---


class Welcome(_Frame, tag="welcome"):
    """visitor, resume: tokens to keep. mark: highest number held durably; send from mark + 1.
    user: 'verified', 'anonymous', or the code of why the token was refused. flush_ms: batching."""

    visitor: str
    resume: str
    session: str
    mark: int
    user: str = "anonymous"
    sentence: str = ""
    flush_ms: int = 1000
    epoch: str = ""


class Ack(_Frame, tag="ack"):
    """Everything up to `mark` is on disk."""

    mark: int


class NudgeFrame(_Frame, tag="nudge"):
    nudge: Nudge


class WithdrawFrame(_Frame, tag="withdraw"):
    decision: str
    reason: str = ""


class Resolved(_Frame, tag="resolved"):
    """The struggle a decision spoke of is over."""

    decision: str


class UserState(_Frame, tag="user"):
    """Answer to identify: verified, anonymous, or code + sentence of the refusal."""

    state: str
    sentence: str = ""


class Goaway(_Frame, tag="goaway"):
    """Reconnect after retry_after seconds, give or take jitter."""

    retry_after: float
    jitter: float
    reason: str = ""


class Error(_Frame, tag="error"):
    """code: stable word (gap, malformed, unknown_type, too_large, too_deep, too_fast, bad_token, expired_token,
    bad_resume, wrong_origin, unknown_key, no_consent, invalid, unavailable). expected: with gap. fatal: closing."""

    code: str
    sentence: str
    retry_after: float = 0.0
    expected: int = 0
    fatal: bool = False


class Pong(_Frame, tag="pong"):
    pass


ServerFrame = Welcome | Ack | NudgeFrame | WithdrawFrame | Resolved | UserState | Goaway | Error | Pong


class PostIn(msgspec.Struct, omit_defaults=True):
    """POST fallback (text/plain, no preflight): the frames, each connection beginning with a Hello.
    wait: seconds (0..25) to hold the answer while nothing is due."""

    frames: Annotated[list[ClientFrame], msgspec.Meta(max_length=50)]
    wait: PollSeconds = 0


class PostOut(msgspec.Struct, omit_defaults=True):
    frames: list[ServerFrame]


__all__ = [
    "Ack", "ClientFrame", "ConsentChange", "Dropped", "Error", "Events", "Goaway", "Hello", "IdentifyUser", "Line",
    "NudgeFrame", "Ping", "Pong", "PostIn", "PostOut", "Reset", "Resolved", "ServerFrame", "Suppress", "TapeId",
    "UserState", "Welcome", "WithdrawFrame",
]  # fmt: skip
