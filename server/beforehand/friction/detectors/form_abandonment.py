"""Form abandonment (B7): a form was begun, and left before it went through.

Tiers. early: a begun form lies untouched for `idle_ms` while its page is in view. confirmed: the person
left its page (another route, or the document closed) and did not come back to it within `away_ms`.

Sources: form analytics call a form abandoned when it was started and not submitted in the visit; nudging
needs a verdict while the person is still there, so the times are our choice: a minute of stillness, half a
minute away.

Guards: what was submitted and is unanswered or went through is not abandoned (a submit that failed is, if the
person leaves after it); one touched field is no beginning unless a submit failed (filters, search boxes,
a stray key); content the browser filled in is not the person's; coming back stops the clock; a hidden tab
(looking something up) is not leaving; search forms are never judged.

>>> from beforehand.loop.step_example import tape, edit, page
>>> [s.tier for s in tape(edit(0, "name"), edit(4_000, "city"), page(9_000, "/customers"), until=60_000)]
['confirmed']
>>> [s.tier for s in tape(edit(0, "name"), page(9_000, "/customers"), until=60_000)]
[]
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from beforehand.domain.event import Closing, Focus, Input, Page, Submit, Validation
from beforehand.domain.fact import Stamp
from beforehand.domain.session import FormState, Session, TapeState
from beforehand.domain.signal import Evidence, Signal, Tier
from beforehand.domain.struggle import form_key
from beforehand.friction.detector import NOTHING, Detector


class FormAbandonmentRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """idle_ms, away_ms: our choice (above). fields: edited by hand before a form counts as begun."""

    idle_ms: int = 60_000
    away_ms: int = 30_000
    fields: int = 2
    max_forms: int = 16


class Begun(msgspec.Struct, omit_defaults=True):
    """A begun form. seq, at: the newest edit. left: ms UTC when its page went (0: it is there)."""

    tape: str
    route: str
    seq: int = 0
    at: int = 0
    left: int = 0
    due: int = 0
    spoken: bool = False


class FormAbandonmentState(msgspec.Struct, omit_defaults=True):
    """By struggle key."""

    begun: dict[str, Begun] = {}


class FormAbandonment(Detector[FormAbandonmentState, FormAbandonmentRules]):
    kind = "form_abandonment"
    wants = frozenset({Input, Submit, Page, Closing, Focus, Validation})
    State = FormAbandonmentState
    Rules = FormAbandonmentRules

    def observe(
        self,
        state: FormAbandonmentState,
        session: Session,
        stamp: Stamp,
        event: Input | Submit | Page | Closing | Focus | Validation,
        rules: FormAbandonmentRules,
    ) -> Sequence[Signal]:
        if isinstance(event, Input):
            if event.keys and event.el.form:
                self._edited(state, session, stamp, event, rules)
        elif not state.begun:
            return NOTHING
        elif isinstance(event, Submit):
            self._sent(state, session, stamp, event)
        elif isinstance(event, Page):
            if event.how != "update":
                self._turned(state, stamp, event.route, rules)
        elif isinstance(event, Closing):
            self._turned(state, stamp, "", rules)
        else:
            self._alive(state, stamp, rules)
        return NOTHING

    def _edited(
        self,
        state: FormAbandonmentState,
        session: Session,
        stamp: Stamp,
        event: Input,
        rules: FormAbandonmentRules,
    ) -> None:
        route = session.tapes[stamp.tape].route
        key = form_key(event.el.form, route)
        begun = state.begun.get(key)
        if begun is None:
            form = session.forms.get(key)
            if form is None or not _counts(form, rules):
                return
            begun = state.begun[key] = Begun(stamp.tape, route)
            if len(state.begun) > rules.max_forms:
                del state.begun[next(iter(state.begun))]
        begun.tape, begun.seq, begun.at, begun.left = stamp.tape, event.seq, stamp.at, 0
        begun.due = stamp.at + rules.idle_ms

    @staticmethod
    def _sent(state: FormAbandonmentState, session: Session, stamp: Stamp, event: Submit) -> None:
        """Sent: no longer half-way. If it fails, leaving it as it is counts (see tick)."""
        begun = state.begun.get(form_key(event.el.fp, session.tapes[stamp.tape].route))
        if begun is not None:
            begun.due, begun.left, begun.spoken = 0, 0, False

    @staticmethod
    def _turned(state: FormAbandonmentState, stamp: Stamp, route: str, rules: FormAbandonmentRules) -> None:
        for begun in state.begun.values():
            if route and begun.route == route:
                begun.left, begun.tape = 0, stamp.tape
                begun.due = stamp.at + rules.idle_ms if begun.due else 0
            elif begun.tape == stamp.tape and not begun.left:
                begun.left, begun.due = stamp.at, stamp.at + rules.away_ms

    @staticmethod
    def _alive(state: FormAbandonmentState, stamp: Stamp, rules: FormAbandonmentRules) -> None:
        for begun in state.begun.values():
            if begun.tape == stamp.tape and begun.due and not begun.left:
                begun.due = stamp.at + rules.idle_ms

    def tick(
        self, state: FormAbandonmentState, session: Session, now: int, rules: FormAbandonmentRules
    ) -> Sequence[Signal]:
        signals: list[Signal] = []
        for key, begun in list(state.begun.items()):
            if begun.due and begun.due <= now:
                signals += self._due(state, session, key, begun, now)
        return signals

    def _due(
        self, state: FormAbandonmentState, session: Session, key: str, begun: Begun, now: int
    ) -> Sequence[Signal]:
        form, tape = session.forms.get(key), session.tapes.get(begun.tape)
        if form is None or tape is None or form.succeeded_at > begun.at or form.pending:
            del state.begun[key]
            return NOTHING
        begun.due = 0
        if begun.left:
            del state.begun[key]
            return (_signal("confirmed", key, form, begun, tape, now),)
        if begun.spoken or not tape.visible:
            return NOTHING
        begun.spoken = True
        return (_signal("early", key, form, begun, tape, now),)

    def wake_at(self, state: FormAbandonmentState) -> int:
        return (
            min([begun.due for begun in state.begun.values() if begun.due], default=0) if state.begun else 0
        )

    def forget(self, state: FormAbandonmentState, struggle: str) -> None:
        state.begun.pop(struggle, None)


SEARCH = re.compile(r"\b(search|filter|suche|find)\b", re.IGNORECASE)


def _counts(form: FormState, rules: FormAbandonmentRules) -> bool:
    if SEARCH.search(form.label) or any(f.element.type == "search" for f in form.fields.values()):
        return False
    edited = sum(1 for field in form.fields.values() if field.keys)
    return edited >= rules.fields or form.failures > 0


def _some(count: int, what: str) -> str:
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{count} {what if count == 1 else plural}"


def _signal(tier: Tier, key: str, form: FormState, begun: Begun, tape: TapeState, now: int) -> Signal:
    edited = [field for field in form.fields.values() if field.keys]
    last = next((f for f in form.fields.values() if f.message), edited[-1] if edited else None)
    name = f"“{form.label}”" if form.label else "A form"
    how = "was left" if begun.left else "has been still"
    tried = f", after {_some(form.failures, 'failed try')}" if form.failures else ""
    secs = (now - (begun.left or begun.at)) // 1000
    return Signal(
        kind="form_abandonment",
        tier=tier,
        at=now,
        tape=tape.id,
        route=form.route,
        struggle=key,
        strength=min(1.0, 0.4 + 0.2 * form.failures + 0.05 * len(edited)),
        element=last.element if last else None,
        message=last.message or last.said if last else "",
        count=form.failures,
        reason=f"{name} with {_some(len(edited), 'filled field')} {how} for {secs} s{tried}.",
        evidence=(Evidence(tape.id, begun.seq, begun.at, "newest edit"),),
    )
