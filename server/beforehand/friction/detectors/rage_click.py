"""Rage click (B1): one control, clicked fast and again and again, and the page does not answer.

Speed alone is no anger: steppers, carousels and keypads are clicked fast on purpose, and they answer. So a
burst counts only the clicks at its end that got no answer (a change of the page, a navigation, a request).

Tiers. early: `early_clicks` such clicks. confirmed: `confirmed_clicks` of them once the first has waited
`answer_ms`; or fewer on a plain control, and the page stays silent for `quiet_ms` after the last.

Published thresholds: PostHog, Datadog and OpenReplay 3 clicks; Amplitude, Mixpanel, New Relic and Splunk 4;
Sentry 5. Time: 1,000 ms in six of them (PostHog and Mixpanel between neighbours, the others over the burst).
Of these only Sentry looks at answers. Distance: Datadog 100 px, Amplitude 50, PostHog and Mixpanel 30.

Guards: answered clicks; the caret and the browser's own pickers (text fields, selects); canvas and media;
a double click (two is never enough); triple click on text (not a control, and a selection answers it);
quick controls need more; a form whose submit is still out; presses faster than a hand (a held Enter key);
drift over a large surface; a burst that an error follows belongs to error_click.

>>> from beforehand.loop.step_example import tape, click
>>> [s.tier for s in tape(*(click(at, "save") for at in (0, 200, 400, 600)))]
['early', 'confirmed']
>>> [s.tier for s in tape(*(click(at, "save", answered=20) for at in (0, 200, 400, 600)))]
[]
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beforehand.domain.event import Activity, Click
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, Session, TapeState
from beforehand.domain.signal import Signal, Tier
from beforehand.domain.struggle import control_key
from beforehand.friction.controls import being_sent, clicked, named, pressable, quick
from beforehand.friction.detector import NOTHING, Detector


class RageClickRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """gap_ms: between neighbours (most peers: 1,000). early_clicks: the lowest published count (3); below
    lies the double click. confirmed_clicks: the most common published count (4). plain_extra: more clicks
    asked of what is not a control, and quick_extra: of a quick control, so that either takes deliberate
    hammering (our choice). answer_ms: a page that shows nothing for 400 ms has broken the user's flow
    (Doherty and Thadani 1982). quiet_ms: silence after the last click; the bound is that help comes within
    a second. drift_px: between neighbours (Datadog). hand_ms: a finger taps at most about ten times a
    second, a held key repeats every 30 ms. patience_ms: a submit still out explains impatience for as
    long."""

    gap_ms: int = 1_000
    early_clicks: int = 3
    confirmed_clicks: int = 4
    plain_extra: int = 1
    quick_extra: int = 2
    answer_ms: int = 400
    quiet_ms: int = 900
    drift_px: int = 100
    hand_ms: int = 40
    patience_ms: int = 5_000


class RageClickState(msgspec.Struct, omit_defaults=True):
    """The burst under watch: where, its newest click, the tiers already spoken. wake: ms UTC."""

    tape: str = ""
    fp: str = ""
    first: int = 0
    last: int = 0
    early: bool = False
    confirmed: bool = False
    wake: int = 0


class RageClick(Detector[RageClickState, RageClickRules]):
    kind = "rage_click"
    wants = frozenset({Click, Activity})
    State = RageClickState
    Rules = RageClickRules

    def observe(
        self,
        state: RageClickState,
        session: Session,
        stamp: Stamp,
        event: Click | Activity,
        rules: RageClickRules,
    ) -> Sequence[Signal]:
        if type(event) is Activity:
            return NOTHING
        tape = session.tapes[stamp.tape]
        if len(tape.actions) < rules.early_clicks or not _same(tape.actions[-1], tape.actions[-2], rules):
            return NOTHING
        return self._judge(state, session, tape, rules, stamp.at)

    def tick(
        self, state: RageClickState, session: Session, now: int, rules: RageClickRules
    ) -> Sequence[Signal]:
        if not state.wake or now < state.wake:
            return NOTHING
        state.wake = 0
        tape = session.tapes.get(state.tape)
        if tape is None or tape.closed or not tape.visible:
            return NOTHING
        return self._judge(state, session, tape, rules, now)

    def wake_at(self, state: RageClickState) -> int:
        return state.wake

    def _judge(
        self, state: RageClickState, session: Session, tape: TapeState, rules: RageClickRules, now: int
    ) -> Sequence[Signal]:
        burst = _burst(tape.actions, rules)
        early, confirmed = _needed(burst[-1], rules)
        if len(burst) < early or being_sent(session, burst[-1].element, now, rules.patience_ms):
            return NOTHING
        if not pressable(burst[-1].element):
            return NOTHING
        self._follow(state, tape.id, burst)
        due = _sure_at(burst, early, confirmed, rules)
        state.wake = due if due > now and not state.confirmed else 0
        if due and now >= due and not state.confirmed:
            state.early = state.confirmed = True
            return (_signal("confirmed", tape, burst, now, confirmed),)
        if not state.early:
            state.early = True
            return (_signal("early", tape, burst, now, confirmed),)
        return NOTHING

    @staticmethod
    def _follow(state: RageClickState, tape: str, burst: list[Action]) -> None:
        """A new burst may speak again; clicks added to the one under watch may not."""
        same = state.tape == tape and state.fp == burst[-1].element.fp and burst[0].seq <= state.last
        if not same:
            state.early = state.confirmed = False
            state.first = burst[0].seq
        state.tape, state.fp, state.last = tape, burst[-1].element.fp, burst[-1].seq


def _same(later: Action, earlier: Action, rules: RageClickRules) -> bool:
    """Neighbours in a burst: one control, soon after, about the same place."""
    if later.kind != "click" or earlier.kind != "click" or later.element.fp != earlier.element.fp:
        return False
    gap = later.page_at - earlier.page_at
    near = abs(later.x - earlier.x) <= rules.drift_px and abs(later.y - earlier.y) <= rules.drift_px
    return rules.hand_ms <= gap <= rules.gap_ms and near


def _burst(actions: list[Action], rules: RageClickRules) -> list[Action]:
    """The unanswered clicks at the end of the list that belong together, oldest first."""
    burst: list[Action] = []
    for action in reversed(actions):
        if action.answered or action.error or (burst and not _same(burst[-1], action, rules)):
            break
        burst.append(action)
    return burst[::-1] or actions[-1:]


def _needed(last: Action, rules: RageClickRules) -> tuple[int, int]:
    extra = rules.quick_extra if quick(last.element) else 0 if last.interactive else rules.plain_extra
    return rules.early_clicks + extra, rules.confirmed_clicks + extra


def _sure_at(burst: list[Action], early: int, confirmed: int, rules: RageClickRules) -> int:
    """When this burst is confirmed if no answer comes (ms UTC); 0: not without more clicks."""
    if len(burst) >= confirmed:
        return burst[0].at + rules.answer_ms
    plain = early == rules.early_clicks
    return burst[-1].at + rules.quiet_ms if plain else 0


def _signal(tier: Tier, tape: TapeState, burst: list[Action], now: int, confirmed: int) -> Signal:
    element, seconds = burst[-1].element, (burst[-1].page_at - burst[0].page_at) / 1000
    count = len(burst)
    return Signal(
        kind="rage_click",
        tier=tier,
        at=now,
        tape=tape.id,
        route=tape.route,
        element=element,
        struggle=control_key(element.fp, tape.route),
        count=count,
        strength=min(1.0, count / (2 * confirmed)),
        reason=f"{named(element)} was clicked {count} times within {seconds:.1f} s and nothing happened.",
        evidence=tuple(clicked(tape.id, a, "click without an answer") for a in burst[-8:]),
    )
