"""Repeated failure (B5): the same form is refused again and again, or the same action fails.

A submit has failed when a message appeared at a field or above the form, when its request or script failed,
or when the messages of the try before still stand. It is counted once, however many messages it brings. An
action outside a form (a button whose request is refused) counts the failing requests it caused.

Tiers. early: the second failure. confirmed: the third, at once, and each one after. The signal is anchored at
the field that failed most often and last; without one, at the button.

Sources: no client tool read publishes a threshold for failing forms. One is a slip that the message itself
mends; the second says that the message did not help; a third repeats the act that failed twice (our choice).

Guards: messages that appear while typing are no failures; a success in between starts anew; several messages
of one submit are one failure; a submit is forgotten after `span_ms`, when the person has moved on.

>>> from beforehand.loop.step_example import tape, refused
>>> [(s.tier, s.message) for s in tape(refused(0), refused(9_000), refused(20_000))]
[('early', 'Enter a valid VAT number.'), ('confirmed', 'Enter a valid VAT number.')]
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beforehand.domain.element import Element
from beforehand.domain.event import Fault, Request, Submit, Validation
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, FieldState, FormState, Session, TapeState
from beforehand.domain.signal import Evidence, Signal
from beforehand.domain.struggle import control_key, form_key
from beforehand.friction.controls import named
from beforehand.friction.detector import NOTHING, Detector


class RepeatedFailureRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """early, confirmed: failures, our choice (above). span_ms: between a failure and the next; reading a
    message, looking something up and trying again takes minutes, a longer pause is a new beginning."""

    early: int = 2
    confirmed: int = 3
    span_ms: int = 600_000
    max_watched: int = 24


class Failures(msgspec.Struct, omit_defaults=True):
    """seen: failures already spoken of. base: failures before a pause too long. success: of the form, when it
    was last looked at. cause: of an action, the newest that failed. evidence: newest last."""

    seen: int = 0
    base: int = 0
    last: int = 0
    success: int = 0
    cause: int = 0
    message: str = ""
    evidence: list[Evidence] = []


class RepeatedFailureState(msgspec.Struct, omit_defaults=True):
    """By struggle key."""

    watched: dict[str, Failures] = {}
    wake: int = 0


class RepeatedFailure(Detector[RepeatedFailureState, RepeatedFailureRules]):
    kind = "repeated_failure"
    wants = frozenset({Submit, Validation, Request, Fault})
    State = RepeatedFailureState
    Rules = RepeatedFailureRules

    def observe(
        self,
        state: RepeatedFailureState,
        session: Session,
        stamp: Stamp,
        event: Submit | Validation | Request | Fault,
        rules: RepeatedFailureRules,
    ) -> Sequence[Signal]:
        if isinstance(event, Submit):
            state.wake = session.settle_at
            return NOTHING
        tape = session.tapes[stamp.tape]
        for form in session.forms.values():
            if form.failures and (form.failed_at == stamp.at or _news(state, form)):
                evidence = Evidence(tape.id, event.seq, stamp.at, _what(event))
                return self._form(state, session, form, tape, stamp.at, evidence, event, rules)
        if isinstance(event, Request | Validation):
            return self._action(state, tape, stamp, event, rules)
        return NOTHING

    def tick(
        self, state: RepeatedFailureState, session: Session, now: int, rules: RepeatedFailureRules
    ) -> Sequence[Signal]:
        """Submits that settled as failed: their messages stand and nothing new was said."""
        signals: list[Signal] = []
        for form in session.forms.values():
            tape = session.tapes.get(form.pending_tape)
            if form.failures and tape is not None and _news(state, form):
                evidence = Evidence(
                    tape.id, form.pending_seq, now, "the messages still stand after this submit"
                )
                signals += self._form(state, session, form, tape, now, evidence, None, rules)
        state.wake = session.settle_at
        return signals

    def wake_at(self, state: RepeatedFailureState) -> int:
        return state.wake

    def forget(self, state: RepeatedFailureState, struggle: str) -> None:
        state.watched.pop(struggle, None)

    def _watched(self, state: RepeatedFailureState, key: str, rules: RepeatedFailureRules) -> Failures:
        watched = state.watched.get(key)
        if watched is None:
            watched = state.watched[key] = Failures()
            if len(state.watched) > rules.max_watched:
                del state.watched[next(iter(state.watched))]
        return watched

    def _form(
        self,
        state: RepeatedFailureState,
        session: Session,
        form: FormState,
        tape: TapeState,
        at: int,
        evidence: Evidence,
        event: Validation | Request | Fault | None,
        rules: RepeatedFailureRules,
    ) -> Sequence[Signal]:
        key = form_key(form.fp, form.route)
        watched = self._watched(state, key, rules)
        if form.succeeded_at != watched.success:
            watched.seen, watched.base, watched.evidence = 0, 0, []
            watched.success = form.succeeded_at
        if form.failures == watched.seen:
            watched.evidence = [*watched.evidence[-8:], evidence]
            return NOTHING
        if watched.last and at - watched.last > rules.span_ms:
            watched.base, watched.evidence = watched.seen, []
        watched.seen, watched.last = form.failures, at
        watched.evidence = [*watched.evidence[-8:], evidence]
        element, message = _anchor(form, event)
        return self._signals(
            watched, key, form.failures - watched.base, element, message, tape, form.route, at, rules
        )

    def _action(
        self,
        state: RepeatedFailureState,
        tape: TapeState,
        stamp: Stamp,
        event: Request | Validation,
        rules: RepeatedFailureRules,
    ) -> Sequence[Signal]:
        """A button outside any form whose request was refused, or after which an alert came."""
        action = _blamed(tape, event)
        if action is None:
            return NOTHING
        key = control_key(action.element.fp, tape.route)
        watched = self._watched(state, key, rules)
        if isinstance(event, Validation):
            watched.message = event.message
        if watched.cause == action.seq:
            return NOTHING
        if watched.last and stamp.at - watched.last > rules.span_ms:
            watched.base, watched.evidence = watched.seen, []
        watched.cause, watched.last, watched.seen = action.seq, stamp.at, watched.seen + 1
        watched.evidence = [*watched.evidence[-8:], Evidence(tape.id, event.seq, stamp.at, _what(event))]
        return self._signals(
            watched,
            key,
            watched.seen - watched.base,
            action.element,
            watched.message,
            tape,
            tape.route,
            stamp.at,
            rules,
        )

    @staticmethod
    def _signals(
        watched: Failures,
        key: str,
        count: int,
        element: Element | None,
        message: str,
        tape: TapeState,
        route: str,
        at: int,
        rules: RepeatedFailureRules,
    ) -> Sequence[Signal]:
        if count < rules.early:
            return NOTHING
        said = f": “{message}”" if message else "."
        return (
            Signal(
                kind="repeated_failure",
                tier="confirmed" if count >= rules.confirmed else "early",
                at=at,
                tape=tape.id,
                route=route,
                struggle=key,
                strength=min(1.0, count / (2 * rules.confirmed)),
                element=element,
                message=message,
                count=count,
                evidence=tuple(watched.evidence),
                reason=f"{named(element)} failed {count} times in a row{said}",
            ),
        )


def _news(state: RepeatedFailureState, form: FormState) -> bool:
    """The session counts more failures of this form than were spoken of."""
    watched = state.watched.get(form_key(form.fp, form.route))
    if watched is None or watched.success != form.succeeded_at:
        return True
    return form.failures > watched.seen


def _blamed(tape: TapeState, event: Request | Validation) -> Action | None:
    """The click outside any form that this failure follows; the session has marked it with the error."""
    if isinstance(event, Request):
        action = next((a for a in reversed(tape.actions) if a.seq == event.cause), None)
    else:
        action = None if event.cleared or not tape.actions else tape.actions[-1]
    if action is None or not action.error or action.kind != "click" or not action.interactive:
        return None
    return action


def _anchor(form: FormState, event: Validation | Request | Fault | None) -> tuple[Element | None, str]:
    """The field that failed most often, then last; its own event's field where they are even."""
    failed = [field for field in form.fields.values() if field.failures]
    if failed:
        field = max(failed, key=lambda f: _rank(f, event))
        return field.element, field.message or field.said
    message = event.message if isinstance(event, Validation) else form.alert
    element = form.button or (event.el if isinstance(event, Validation) else None)
    return element, message


def _rank(field: FieldState, event: Validation | Request | Fault | None) -> tuple[int, int, int]:
    own = isinstance(event, Validation) and event.el.fp == field.element.fp
    return field.failures, field.last_failed_at, int(own)


def _what(event: Validation | Request | Fault) -> str:
    if isinstance(event, Request):
        return f"{event.method} {event.route} answered {event.status or 'nothing'}"
    return event.message
