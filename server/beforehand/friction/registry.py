"""The detectors in force, in the order they are asked, and what is known of a session by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from beforehand.domain.event import Event
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal
from beforehand.friction.detector import NOTHING, AnyDetector
from beforehand.friction.detectors.dead_click import DeadClick, DeadClickRules
from beforehand.friction.detectors.error_click import ErrorClick, ErrorClickRules
from beforehand.friction.detectors.form_abandonment import (
    FormAbandonment,
    FormAbandonmentRules,
)
from beforehand.friction.detectors.hesitation import Hesitation, HesitationRules
from beforehand.friction.detectors.rage_click import RageClick, RageClickRules
from beforehand.friction.detectors.repeated_failure import (
    RepeatedFailure,
    RepeatedFailureRules,
)

DETECTORS: tuple[AnyDetector, ...] = (
    RepeatedFailure(),
    RageClick(),
    DeadClick(),
    ErrorClick(),
    Hesitation(),
    FormAbandonment(),
)


class FrictionRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record of parameters per detector, under its kind; each is documented with its detector."""

    repeated_failure: RepeatedFailureRules = RepeatedFailureRules()
    rage_click: RageClickRules = RageClickRules()
    dead_click: DeadClickRules = DeadClickRules()
    error_click: ErrorClickRules = ErrorClickRules()
    hesitation: HesitationRules = HesitationRules()
    form_abandonment: FormAbandonmentRules = FormAbandonmentRules()


class FrictionState(msgspec.Struct):
    """memory: kind -> the detector's own state. wakes: kind -> when it wants a tick (ms UTC), those that
    do."""

    memory: dict[str, Any]
    wakes: dict[str, int] = {}


def fresh() -> FrictionState:
    return FrictionState({str(detector.kind): detector.State() for detector in DETECTORS})


def revive(state: FrictionState) -> FrictionState:
    """After decoding from bytes: the memories are plain maps and become structs again. A detector that is
    new since the snapshot begins with an empty memory; one that is gone is forgotten."""
    memory = {str(d.kind): msgspec.convert(state.memory.get(d.kind, {}), d.State) for d in DETECTORS}
    return FrictionState(memory, {kind: at for kind, at in state.wakes.items() if kind in memory})


def observe(
    state: FrictionState, session: Session, stamp: Stamp, event: Event, rules: FrictionRules
) -> Sequence[Signal]:
    """Ask the detectors that want this type of event."""
    found: Sequence[Signal] = NOTHING
    memories, wakes = state.memory, state.wakes
    for kind, ask, wake in _BY_TYPE.get(type(event), ()):
        memory = memories[kind]
        signals = ask(memory, session, stamp, event, getattr(rules, kind))
        if signals:
            found = (*found, *signals)
        at = wake(memory)
        if at:
            wakes[kind] = at
        elif kind in wakes:
            del wakes[kind]
    return found


def tick(state: FrictionState, session: Session, now: int, rules: FrictionRules) -> Sequence[Signal]:
    """Ask the detectors whose time has come."""
    found: Sequence[Signal] = NOTHING
    for detector in DETECTORS:
        if state.wakes.get(detector.kind, now + 1) <= now:
            memory = state.memory[detector.kind]
            found = (*found, *detector.tick(memory, session, now, getattr(rules, detector.kind)))
            _set_wake(state, detector, memory)
    return found


def forget(state: FrictionState, struggle: str) -> None:
    for detector in DETECTORS:
        memory = state.memory[detector.kind]
        detector.forget(memory, struggle)
        _set_wake(state, detector, memory)


def wake_at(state: FrictionState) -> int:
    return min(state.wakes.values()) if state.wakes else 0


def _set_wake(state: FrictionState, detector: AnyDetector, memory: Any) -> None:
    at = detector.wake_at(memory)
    if at:
        state.wakes[detector.kind] = at
    elif detector.kind in state.wakes:
        del state.wakes[detector.kind]


def _by_type() -> dict[type, tuple[tuple[str, Callable[..., Sequence[Signal]], Callable[[Any], int]], ...]]:
    """Kind, observe and wake_at of the detectors that want a type: this runs for every event of every
    user."""
    wanted = {kind for detector in DETECTORS for kind in detector.wants}
    return {
        kind: tuple((str(d.kind), d.observe, d.wake_at) for d in DETECTORS if kind in d.wants)
        for kind in wanted
    }


_BY_TYPE = _by_type()
