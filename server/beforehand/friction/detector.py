"""The port every detector fills: what it wants to see, what it remembers, when it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from beforehand.domain.event import Event
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal, SignalKind

S = TypeVar("S", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

NOTHING: tuple[Signal, ...] = ()


class Detector(Generic[S, R]):
    """A kind of friction. One instance serves all sessions, so it keeps nothing in itself.

    kind: the signal's name, and the key of its state and rules. wants: the event types that observe() is
    called for; the session has taken the event in before. State: what it remembers of one session, bounded,
    a msgspec Struct with defaults for everything (it round-trips through bytes). Rules: its parameters.

    Order in one document: page time (event.at, Action.page_at). Across documents: stamp.at (ms UTC).
    A detector does no I/O, reads no clock, draws no chance, and never changes the session.
    """

    kind: SignalKind
    wants: frozenset[type]
    State: type[S]
    Rules: type[R]

    def observe(self, state: S, session: Session, stamp: Stamp, event: Any, rules: R) -> Sequence[Signal]:
        """An event of a wanted type came. Returns what it noticed, nearly always NOTHING."""
        raise NotImplementedError

    def tick(self, state: S, session: Session, now: int, rules: R) -> Sequence[Signal]:
        """Time passed up to `now` (ms UTC) without an event: the place to notice absence."""
        return NOTHING

    def wake_at(self, state: S) -> int:
        """When tick() is next of use, ms UTC; 0: no need."""
        return 0

    def forget(self, state: S, struggle: str) -> None:
        """The struggle ended well: what was counted against it is void."""


AnyDetector = Detector[Any, Any]

__all__ = ["NOTHING", "AnyDetector", "Detector", "Event"]
