"""Hesitation (B4): somebody stays in a field of a form they are filling in, and enters nothing.

Absence again: the clock starts when a field gets the focus and starts anew at each sign of life in that
document (an edit, a click, scrolling, copying). It stops when the field loses the focus or the tab is hidden.

Tiers. early: `early_ms` of stillness. confirmed: `confirmed_ms` where there is a second sign of trouble
(the field shows a message or failed before, or it was entered for at least the third time without an edit),
else `alone_ms`.

Sources: ten seconds is about the limit for keeping attention on a task (Miller 1968, Nielsen 1993); preparing
a step takes 1.35 s (Card, Moran and Newell 1980), so that a field that is understood is begun within seconds.
The multiples are our choice; stillness can be a phone call, hence the second sign.

Guards: forms nobody began (a page that focuses its first field at load); hidden tabs; long texts take
`long_factor` times as long (people compose); secrets and codes too (people fetch them elsewhere); search
boxes are never judged; check boxes and buttons have nothing to enter; each stay speaks once per tier.

>>> from beforehand.loop.step_example import tape, edit, focus
>>> [s.tier for s in tape(edit(0, "name"), focus(1_000, "city"), until=65_000)]
['early', 'confirmed']
>>> [s.tier for s in tape(edit(0, "name"), focus(1_000, "city"), edit(9_000, "city"), until=20_000)]
[]
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from beforehand.domain.element import Element
from beforehand.domain.event import (
    Click,
    Closing,
    Copy,
    Focus,
    Input,
    Page,
    Scroll,
    Visibility,
)
from beforehand.domain.fact import Stamp
from beforehand.domain.session import FieldState, FormState, Session
from beforehand.domain.signal import Evidence, Signal, Tier
from beforehand.domain.struggle import field_key, form_key
from beforehand.friction.controls import named
from beforehand.friction.detector import NOTHING, Detector


class HesitationRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """early_ms: one and a half times the ten-second limit. confirmed_ms: three times, with a second sign of
    trouble; alone_ms: six times, without. long_factor: a paragraph takes three times a line. returns:
    entered so often without an edit. All but the limit itself are our choice."""

    early_ms: int = 15_000
    confirmed_ms: int = 30_000
    alone_ms: int = 60_000
    long_factor: int = 3
    returns: int = 3
    max_fields: int = 32


class HesitationState(msgspec.Struct, omit_defaults=True):
    """The stay under watch. since: ms UTC of the last sign of life; spoken: tiers already said in this stay;
    patience: how many times as long as a plain line this field may take.
    visits: field fp -> times entered without an edit."""

    tape: str = ""
    seq: int = 0
    element: Element | None = None
    since: int = 0
    entered: int = 0
    spoken: int = 0
    patience: int = 1
    wake: int = 0
    visits: dict[str, int] = {}


class Hesitation(Detector[HesitationState, HesitationRules]):
    kind = "hesitation"
    wants = frozenset({Focus, Input, Click, Scroll, Copy, Visibility, Page, Closing})
    State = HesitationState
    Rules = HesitationRules

    def observe(
        self,
        state: HesitationState,
        session: Session,
        stamp: Stamp,
        event: Focus | Input | Click | Scroll | Copy | Visibility | Page | Closing,
        rules: HesitationRules,
    ) -> Sequence[Signal]:
        kind = type(event)
        if kind is Focus:
            self._focus(state, session, stamp, event, rules)  # type: ignore[arg-type]
        elif not state.wake or stamp.tape != state.tape:
            if kind is Input:
                state.visits.pop(event.el.fp, None)  # type: ignore[union-attr]
        elif kind is Input:
            state.visits.pop(event.el.fp, None)  # type: ignore[union-attr]
            self._restart(state, stamp, rules)
        elif kind is Page:
            if event.how != "update":  # type: ignore[union-attr]
                self._stop(state)
        elif kind is Closing or (kind is Visibility and not event.visible):  # type: ignore[union-attr]
            self._stop(state)
        else:
            self._restart(state, stamp, rules)
        return NOTHING

    def _focus(
        self, state: HesitationState, session: Session, stamp: Stamp, event: Focus, rules: HesitationRules
    ) -> None:
        if not event.on:
            if state.element is not None and state.element.fp == event.el.fp:
                self._stop(state)
            return
        self._stop(state)
        if not _fillable(event.el):
            return
        state.visits[event.el.fp] = state.visits.get(event.el.fp, 0) + 1
        if len(state.visits) > rules.max_fields:
            del state.visits[next(iter(state.visits))]
        state.tape, state.seq, state.element = stamp.tape, event.seq, event.el
        state.entered, state.patience = stamp.at, _patience(event.el, rules)
        self._restart(state, stamp, rules)

    @staticmethod
    def _stop(state: HesitationState) -> None:
        state.element, state.wake, state.spoken = None, 0, 0

    @staticmethod
    def _restart(state: HesitationState, stamp: Stamp, rules: HesitationRules) -> None:
        if state.element is not None:
            state.since = stamp.at
            state.wake = stamp.at + rules.early_ms * state.patience

    def tick(
        self, state: HesitationState, session: Session, now: int, rules: HesitationRules
    ) -> Sequence[Signal]:
        tape = session.tapes.get(state.tape)
        if not state.wake or now < state.wake:
            return NOTHING
        element = state.element
        if tape is None or element is None or tape.closed or not tape.visible:
            self._stop(state)
            return NOTHING
        form = session.forms.get(form_key(element.form, tape.route))
        if form is None or not (form.touched_at or form.failures):
            state.wake = 0
            return NOTHING
        still, factor = now - state.since, state.patience
        field = form.fields.get(element.fp)
        troubled = _troubled(field) or state.visits.get(element.fp, 0) >= rules.returns
        limit = (rules.confirmed_ms if troubled else rules.alone_ms) * factor
        return self._speak(state, session, form, element, now, still, limit)

    def _speak(
        self,
        state: HesitationState,
        session: Session,
        form: FormState,
        element: Element,
        now: int,
        still: int,
        limit: int,
    ) -> Sequence[Signal]:
        tape = session.tapes[state.tape]
        tier: Tier = "confirmed" if still >= limit else "early"
        state.wake = 0 if tier == "confirmed" else state.since + limit
        level = 2 if tier == "confirmed" else 1
        if state.spoken >= level:
            return NOTHING
        state.spoken = level
        field = form.fields.get(element.fp)
        return (
            Signal(
                kind="hesitation",
                tier=tier,
                at=now,
                tape=tape.id,
                route=tape.route,
                element=element,
                struggle=field_key(element, tape.route),
                strength=min(1.0, still / (2 * limit)),
                message=field.message if field else "",
                count=state.visits.get(element.fp, 1),
                reason=f"{named(element)} has had the focus for {still // 1000} s without an entry.",
                evidence=(Evidence(tape.id, state.seq, state.entered, "field entered"),),
            ),
        )

    def wake_at(self, state: HesitationState) -> int:
        return state.wake

    def forget(self, state: HesitationState, struggle: str) -> None:
        if state.element is not None and struggle.startswith(f"form:{state.element.form}@"):
            self._stop(state)


CODE = re.compile(
    r"\b(code|otp|2fa|password|passwort|pin|iban|card|karte|key|token|secret|number|nummer)\b", re.IGNORECASE
)
"""What people look up elsewhere before they type it."""
NOT_FILLED = frozenset(
    {"checkbox", "radio", "submit", "button", "reset", "image", "hidden", "search", "range", "color", "file"}
)


def _fillable(element: Element) -> bool:
    if element.role == "searchbox" or element.type in NOT_FILLED:
        return False
    return element.tag in {"input", "textarea", "select"} or element.role in {
        "textbox",
        "combobox",
        "spinbutton",
    }


def _patience(element: Element, rules: HesitationRules) -> int:
    long = element.tag == "textarea" or (element.role == "textbox" and element.tag != "input")
    fetched = element.type == "password" or (element.tag == "input" and bool(CODE.search(element.label)))
    return rules.long_factor if long else 2 if fetched else 1


def _troubled(field: FieldState | None) -> bool:
    return field is not None and bool(field.message or field.failures)
