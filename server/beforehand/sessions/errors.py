"""Script errors and failing requests, tied to the action that caused them."""

from __future__ import annotations

from beforehand.domain.event import Fault, Request
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, FormState, Session, TapeState
from beforehand.sessions.forms import fail
from beforehand.sessions.rules import SessionRules
from beforehand.sessions.struggles import failed_try
from beforehand.sessions.tapes import answer, find

FAILED_STATUS = 400
"""HTTP: from here on the client or the server says that it did not work; 0 is no answer at all."""


def failing(event: Request) -> bool:
    return event.status >= FAILED_STATUS or event.status == 0


CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods by which a page asks for a change; what only reads fails beside a submit for reasons of its own."""


def fault(session: Session, tape: TapeState, stamp: Stamp, event: Fault, rules: SessionRules) -> None:
    session.faults += 1
    _blame(session, tape, stamp, event.cause, event.message, False, rules)


def request(session: Session, tape: TapeState, stamp: Stamp, event: Request, rules: SessionRules) -> None:
    """A slow one that worked is an answer; a failing one is an error of the action before it. No answer from
    another host is nobody's error: blockers stop measuring scripts that way on every page."""
    if not failing(event):
        answer(tape, event, "request", rules.late_ms)
        return
    if event.status == 0 and not event.route.startswith("/"):
        return
    session.failed_requests += 1
    _blame(session, tape, stamp, event.cause, _said(event), event.method in CHANGING, rules)


def _said(event: Request) -> str:
    return (
        f"{event.method} {event.route} answered {event.status}"
        if event.status
        else (f"{event.method} {event.route} got no answer")
    )


def _blame(
    session: Session, tape: TapeState, stamp: Stamp, cause: int, what: str, certain: bool, rules: SessionRules
) -> None:
    action = find(tape, cause)
    if action is None:
        return
    action.error = what
    failed_try(session, cause)
    form = form_of(session, tape, action)
    if form is None:
        return
    if certain:
        fail(form, stamp.at, rules)
    else:
        form.broken = what


def form_of(session: Session, tape: TapeState, action: Action) -> FormState | None:
    """The form whose newest submit this action is, or led to."""
    for form in session.forms.values():
        if form.pending_tape != tape.id or not form.submitted_at:
            continue
        if action.kind == "submit" and form.pending_seq == action.seq:
            return form
        if action.kind == "click" and 0 <= form.pending_seq - action.seq <= LED_TO and _belongs(action, form):
            return form
    return None


LED_TO = 4
"""A click and the submit it causes lie this close in sequence numbers: focus, change and blur come
between."""


def _belongs(action: Action, form: FormState) -> bool:
    button = form.button
    return action.element.form == form.fp or (button is not None and button.fp == action.element.fp)
