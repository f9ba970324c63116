"""One browser event into the session. Dispatch by type, since this runs for every event of every user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beforehand.domain.event import (
    Activity,
    Click,
    Closing,
    Context,
    Copy,
    Event,
    Fault,
    Focus,
    Group,
    Identify,
    Input,
    Page,
    Request,
    Submit,
    Track,
    Validation,
    Visibility,
)  # fmt: skip
from beforehand.domain.fact import Stamp
from beforehand.domain.session import FormState, Session, TapeState
from beforehand.domain.struggle import Resolution
from beforehand.sessions import errors, forms, struggles, tapes
from beforehand.sessions.rules import LAST_CLICK_MS, SessionRules
from beforehand.sessions.settle import due, settle
from beforehand.sessions.tapes import enter

Ended = tuple[Resolution, ...]
NONE: Ended = ()


def apply(session: Session, stamp: Stamp, event: Event, rules: SessionRules) -> Ended:
    """Take the event in; returns the struggles that it ended well. Unknown tapes are entered by
    themselves."""
    session.n = stamp.n
    session.last_at = max(session.last_at, stamp.at)
    tape = session.tapes.get(stamp.tape)
    if tape is None:
        tape = enter(session, stamp.tape, stamp.at - event.at, False, rules)
    tape.last = max(tape.last, event.at)
    handle = _HANDLERS.get(type(event))
    ended = (handle(session, tape, stamp, event, rules) if handle is not None else None) or NONE
    if session.settle_at and stamp.at >= session.settle_at:
        ended += settle(session, stamp.at, rules)
    return ended


def _page(session: Session, tape: TapeState, stamp: Stamp, event: Page, rules: SessionRules) -> Ended:
    ended = NONE
    if event.how != "update":
        tapes.answer(tape, event, "navigation", LAST_CLICK_MS)
        for form in list(session.forms.values()):
            if form.pending:
                ended += _moved_on(session, form, tape, stamp, event, rules)
    tapes.turn(session, tape, stamp, event)
    return ended


def _moved_on(
    session: Session, form: FormState, tape: TapeState, stamp: Stamp, event: Page, rules: SessionRules
) -> Ended:
    """A page came into view while a submit was unanswered."""
    if not _follows(session, form, tape, stamp, rules):
        return NONE
    if event.how == "traverse" or _clicked_elsewhere(session, form, tape):
        form.pending = 0
        return NONE
    if event.route != form.route:
        return forms.succeed(session, form, stamp.at, "navigation", tape.id)
    if tape.id == form.pending_tape:
        forms.answered(session, form, "navigation", stamp.at)
    else:
        form.answer, form.answer_at, form.broken = "load", stamp.at, ""
        _forget_messages(form)
        forms.wake(session, due(form, rules))
    return NONE


def _follows(session: Session, form: FormState, tape: TapeState, stamp: Stamp, rules: SessionRules) -> bool:
    """The page is the submit's own: in its document, or in a new one that came when that closed."""
    if tape.id == form.pending_tape:
        return True
    before = session.tapes.get(form.pending_tape)
    return before is not None and before.closed and stamp.at - form.pending <= rules.late_ms


def _clicked_elsewhere(session: Session, form: FormState, tape: TapeState) -> bool:
    """After the submit something else was clicked that could have led away."""
    if tape.id != form.pending_tape or not tape.actions:
        return False
    last = tape.actions[-1]
    same = form.button is not None and last.element.fp == form.button.fp
    return last.seq > form.pending_seq and last.interactive and not same


def _forget_messages(form: FormState) -> None:
    """A new document shows its own messages, and reports them."""
    form.alert = ""
    for field in form.fields.values():
        field.message = ""


def _activity(session: Session, tape: TapeState, stamp: Stamp, event: Activity, rules: SessionRules) -> None:
    action = tapes.find(tape, event.click)
    if action is None:
        return
    live = event.kind in struggles.LIVE_ANSWERS
    if not action.answered and (live or forms.is_field(action.element) or not action.interactive):
        action.answered, action.delay = event.kind, event.delay
    if live and session.struggles:
        struggles.tried(session, tape, action, rules)
    if live and event.kind != "navigation" and session.forms:
        form = errors.form_of(session, tape, action)
        if form is not None:
            forms.answered(session, form, event.kind, stamp.at)


def _track(session: Session, tape: TapeState, stamp: Stamp, event: Track, rules: SessionRules) -> Ended:
    _keep(session.tracked, {event.name: session.tracked.get(event.name, 0) + 1}, rules)
    ended = struggles.tracked(session, stamp, event, rules)
    name = event.name.lower()
    if any(word in name for word in rules.failure_words):
        return ended
    sent = [
        f
        for f in session.forms.values()
        if f.pending_tape == tape.id and f.submitted_at and stamp.at - f.submitted_at <= rules.track_ms
    ]
    if sent:
        newest = max(sent, key=lambda f: f.submitted_at)
        if newest.pending or newest.answer == "settled":
            ended += forms.succeed(session, newest, stamp.at, "track", tape.id)
    return ended


def _validation(
    session: Session, tape: TapeState, stamp: Stamp, event: Validation, rules: SessionRules
) -> None:
    forms.validation(session, tape, stamp, event, rules)
    if not event.cleared:
        tapes.answer(tape, event, "validation", LAST_CLICK_MS)


def _gone(
    session: Session, tape: TapeState, stamp: Stamp, event: Closing | Visibility, rules: SessionRules
) -> None:
    tapes.leave(tape, event)
    if isinstance(event, Closing):
        for form in session.forms.values():
            if form.pending and form.pending_tape == tape.id:
                form.answer, form.answer_at = "closing", stamp.at


def _copied(session: Session, tape: TapeState, stamp: Stamp, event: Copy, rules: SessionRules) -> None:
    tapes.answer(tape, event, "copy", tapes.HIDE_MS)


def _context(session: Session, tape: TapeState, stamp: Stamp, event: Context, rules: SessionRules) -> None:
    _keep(session.context, event.entries, rules)


def _claim(
    session: Session, tape: TapeState, stamp: Stamp, event: Identify | Group, rules: SessionRules
) -> None:
    whose = "account" if isinstance(event, Group) else "user"
    _keep(
        session.claims,
        {f"{whose}.id": event.id} | {f"{whose}.{k}": v for k, v in event.traits.items()},
        rules,
    )


def _keep(store: dict[str, Any], entries: dict[str, Any], rules: SessionRules) -> None:
    """null removes an entry; the oldest ones go when there are too many."""
    for key, value in entries.items():
        if value is None:
            store.pop(key, None)
        else:
            store[key] = value
    while len(store) > rules.max_entries:
        del store[next(iter(store))]


_HANDLERS: dict[type, Callable[..., Ended | None]] = {
    Page: _page, Click: tapes.click, Activity: _activity, Track: _track, Validation: _validation,
    Closing: _gone,
    Visibility: _gone, Copy: _copied, Context: _context, Identify: _claim, Group: _claim,
    Focus: forms.focus, Input: forms.edit, Submit: forms.submit, Fault: errors.fault, Request: errors.request,
}  # fmt: skip
"""Scroll and NudgeEvent change nothing here but the clocks above."""
