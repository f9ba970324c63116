"""The way back to one document in a browser, whatever it is connected by. Nothing here may block or raise."""

from __future__ import annotations

from typing import Protocol

import msgspec

from beforehand.domain.errors import BeforehandError
from beforehand.domain.nudge import Nudge
from beforehand.domain.person import Consent, UserClaims


class Arrival(msgspec.Struct, frozen=True):
    """A document that connects, checked at the door. visitor_secret '' : none yet. resumed: its resume token
    was ours, so the tape may go on; else the tape must be new. origin: ms UTC of its page time 0."""

    tape: str
    origin: int
    next: int
    resumed: bool
    visitor_secret: str = ""
    user: UserClaims | None = None
    consent: Consent = "granted"
    locale: str = ""
    zone: str = ""
    touch: bool = False
    skewed: bool = False


class Outlet(Protocol):
    def acked(self, mark: int) -> None:
        """Everything up to `mark` is durable."""

    def nudge(self, nudge: Nudge) -> None: ...
    def withdraw(self, decision: str, reason: str) -> None: ...
    def resolved(self, decision: str) -> None: ...
    def failed(self, error: BeforehandError) -> None:
        """A frame could not be taken or stored; nothing of it was acknowledged."""
