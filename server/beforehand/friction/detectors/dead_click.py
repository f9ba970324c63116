"""Dead click (B2): a control was pressed and nothing happened.

Absence has no event: each click on something that looks like a control is watched for `window_ms` of page
time; when that is over and no answer was seen, it was dead. An answer at the end of the window still has
to travel, so the verdict waits for `flush_ms` more, or for any later click or activity of the same
document, before which it would have come.

Tiers. early: one dead click (people misclick). confirmed: another on the same control within `again_ms`:
the person expected something of it.

Published windows: Datadog 100 ms, Mixpanel 500, Splunk 1,000, OpenReplay 1,234, New Relic 2,000, PostHog
2,500, Amplitude 3,000, Sentry 3,000 (slow) and 7,000 (dead). Short ones call every slow page dead.

Guards: only controls (not text, text fields, selects, canvas, media); what came soon after counts as an
answer even where the page did not stir: a submit, a message, a copy, the tab hidden, the document closed;
the same control once per `once_ms` (a double click is one); a form whose submit is still out; a click that
an error followed belongs to error_click.

>>> from beforehand.loop.step_example import tape, click
>>> [s.tier for s in tape(click(0, "send"), click(5_000, "send"), until=9_000)]
['early', 'confirmed']
>>> [s.tier for s in tape(click(0, "send", answered=150), click(5_000, "send", answered=90), until=9_000)]
[]
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beforehand.domain.event import Activity, Click
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, Session, TapeState
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import control_key
from beforehand.friction.controls import being_sent, clicked, named, pressable
from beforehand.friction.detector import NOTHING, Detector


class DeadClickRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """window_ms: PostHog's; past ten times the tenth of a second that feels immediate (Nielsen 1993) and
    slower than a healthy server. flush_ms: ordinary events wait up to 1,000 ms in the browser, and travel.
    again_ms: a second press within a minute is the same wish (our choice). once_ms: PostHog and Sentry.
    patience_ms: a submit still out explains a silent button for as long. max_watch: clicks under watch."""

    window_ms: int = 2_500
    flush_ms: int = 1_200
    again_ms: int = 60_000
    once_ms: int = 1_000
    patience_ms: int = 5_000
    max_watch: int = 16
    max_controls: int = 16


class Watch(msgspec.Struct, array_like=True):
    """A click not yet answered. due: ms UTC."""

    tape: str
    seq: int
    page_at: int
    due: int


class DeadClickState(msgspec.Struct, omit_defaults=True):
    """dead: struggle -> times (ms UTC) of its dead clicks, newest last."""

    watch: list[Watch] = []
    dead: dict[str, list[int]] = {}


class DeadClick(Detector[DeadClickState, DeadClickRules]):
    kind = "dead_click"
    wants = frozenset({Click, Activity})
    State = DeadClickState
    Rules = DeadClickRules

    def observe(
        self,
        state: DeadClickState,
        session: Session,
        stamp: Stamp,
        event: Click | Activity,
        rules: DeadClickRules,
    ) -> Sequence[Signal]:
        signals = self._decide(state, session, stamp, event.at, rules) if state.watch else NOTHING
        if type(event) is Click:
            self._watch(state, session, stamp, event, rules)
        return signals

    def _watch(
        self, state: DeadClickState, session: Session, stamp: Stamp, event: Click, rules: DeadClickRules
    ) -> None:
        if not event.interactive or not pressable(event.el):
            return
        if being_sent(session, event.el, stamp.at, rules.patience_ms):
            return
        actions = session.tapes[stamp.tape].actions
        if len(actions) > 1:
            before = actions[-2]
            if before.element.fp == event.el.fp and event.at - before.page_at < rules.once_ms:
                return
        state.watch.append(
            Watch(stamp.tape, event.seq, event.at, stamp.at + rules.window_ms + rules.flush_ms)
        )
        if len(state.watch) > rules.max_watch:
            del state.watch[0]

    def _decide(
        self, state: DeadClickState, session: Session, stamp: Stamp, page_at: int, rules: DeadClickRules
    ) -> Sequence[Signal]:
        """Drop what was answered; judge what lies so far back in this document that an answer would be
        here."""
        signals: list[Signal] = []
        kept: list[Watch] = []
        for watch in state.watch:
            action = _action(session.tapes.get(watch.tape), watch.seq)
            if action is None or action.answered or action.error:
                continue
            if watch.tape == stamp.tape and page_at > watch.page_at + rules.window_ms:
                signals += self._judge(state, session, watch, action, stamp.at, rules)
            else:
                kept.append(watch)
        state.watch = kept
        return signals

    def tick(
        self, state: DeadClickState, session: Session, now: int, rules: DeadClickRules
    ) -> Sequence[Signal]:
        due = [watch for watch in state.watch if watch.due <= now]
        if not due:
            return NOTHING
        state.watch = [watch for watch in state.watch if watch.due > now]
        signals: list[Signal] = []
        for watch in due:
            action = _action(session.tapes.get(watch.tape), watch.seq)
            if action is not None and not action.answered and not action.error:
                signals += self._judge(state, session, watch, action, now, rules)
        return signals

    def wake_at(self, state: DeadClickState) -> int:
        watch = state.watch
        if not watch:
            return 0
        return watch[0].due if len(watch) == 1 else min(w.due for w in watch)

    def forget(self, state: DeadClickState, struggle: str) -> None:
        state.dead.pop(struggle, None)

    def _judge(
        self,
        state: DeadClickState,
        session: Session,
        watch: Watch,
        action: Action,
        now: int,
        rules: DeadClickRules,
    ) -> Sequence[Signal]:
        tape = session.tapes[watch.tape]
        if tape.closed:
            return NOTHING
        key = control_key(action.element.fp, tape.route)
        times = [at for at in state.dead.pop(key, []) if action.at - at <= rules.again_ms]
        state.dead[key] = [*times[-7:], action.at]
        if len(state.dead) > rules.max_controls:
            del state.dead[next(iter(state.dead))]
        return (_signal(tape, action, len(state.dead[key]), now, rules),)


def _action(tape: TapeState | None, seq: int) -> Action | None:
    if tape is None:
        return None
    return next((action for action in reversed(tape.actions) if action.seq == seq), None)


ORDINALS = {2: "second", 3: "third"}


def _signal(tape: TapeState, action: Action, count: int, now: int, rules: DeadClickRules) -> Signal:
    element = action.element
    times = f" for the {ORDINALS.get(count, f'{count}th')} time" if count > 1 else ""
    seconds = rules.window_ms / 1000
    return Signal(
        kind="dead_click",
        tier="confirmed" if count > 1 else "early",
        at=now,
        tape=tape.id,
        route=tape.route,
        element=element,
        struggle=control_key(element.fp, tape.route),
        count=count,
        strength=min(1.0, count / 4),
        reason=f"{named(element)} was clicked{times} and nothing happened for {seconds:.1f} s.",
        evidence=(clicked(tape.id, action, "click without an answer"),),
    )
