"""Error click (B3): a click after which a script failed.

The person pressed something, and the page broke instead of answering. The browser ties the error to the
click (its `cause`); an error without one is the page's own affair.

Tiers. early: one. confirmed: a second at the same control within `again_ms`.

Published windows between click and error: Splunk 1,000 ms, Amplitude and New Relic 2,000; Datadog takes any
error during the action. Failing requests are repeated_failure's.

Guards: errors without a cause; console errors (pages log them freely and go on); a click that was
answered by a navigation all the same; errors that come long after.

>>> from beforehand.loop.step_example import tape, click, error
>>> [s.tier for s in tape(click(0, "pay"), error(50), click(4_000, "pay"), error(4_050))]
['early', 'confirmed']
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beforehand.domain.event import Fault
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, Session, TapeState
from beforehand.domain.signal import Evidence, Signal
from beforehand.domain.struggle import control_key
from beforehand.friction.controls import clicked, named
from beforehand.friction.detector import NOTHING, Detector


class ErrorClickRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """window_ms: the longer published one, the cause is known besides. again_ms: our choice, as for dead
    clicks."""

    window_ms: int = 2_000
    again_ms: int = 60_000
    max_controls: int = 16


class ErrorClickState(msgspec.Struct, omit_defaults=True):
    """failed: struggle -> [time (ms UTC), seq] of clicks that an error followed."""

    failed: dict[str, list[tuple[int, int]]] = {}


class ErrorClick(Detector[ErrorClickState, ErrorClickRules]):
    kind = "error_click"
    wants = frozenset({Fault})
    State = ErrorClickState
    Rules = ErrorClickRules

    def observe(
        self, state: ErrorClickState, session: Session, stamp: Stamp, event: Fault, rules: ErrorClickRules
    ) -> Sequence[Signal]:
        tape = session.tapes[stamp.tape]
        action = next((a for a in tape.actions if a.seq == event.cause and a.kind == "click"), None)
        if action is None or event.kind == "console" or action.answered == "navigation":
            return NOTHING
        if event.at - action.page_at > rules.window_ms:
            return NOTHING
        key = control_key(action.element.fp, tape.route)
        times = [(at, seq) for at, seq in state.failed.pop(key, []) if action.at - at <= rules.again_ms]
        if any(seq == action.seq for _, seq in times):
            state.failed[key] = times
            return NOTHING
        state.failed[key] = [*times[-7:], (action.at, action.seq)]
        if len(state.failed) > rules.max_controls:
            del state.failed[next(iter(state.failed))]
        return (_signal(tape, action, stamp, event, len(state.failed[key]), key),)

    def forget(self, state: ErrorClickState, struggle: str) -> None:
        state.failed.pop(struggle, None)


def _signal(tape: TapeState, action: Action, stamp: Stamp, event: Fault, count: int, key: str) -> Signal:
    return Signal(
        kind="error_click",
        tier="confirmed" if count > 1 else "early",
        at=stamp.at,
        tape=tape.id,
        route=tape.route,
        element=action.element,
        struggle=key,
        count=count,
        strength=min(1.0, count / 4),
        message=event.message,
        reason=f"A script failed {event.at - action.page_at} ms after {named(action.element)} was clicked.",
        evidence=(clicked(tape.id, action, "click"), Evidence(tape.id, event.seq, stamp.at, event.message)),
    )
