"""What time decides: submits nothing bad followed, and tries at a control that stayed quiet."""

from __future__ import annotations

from beforehand.domain.session import FormState, Session
from beforehand.domain.struggle import Resolution
from beforehand.sessions.forms import fail, showing, succeed
from beforehand.sessions.rules import SessionRules
from beforehand.sessions.struggles import settle_tries


def settle(session: Session, now: int, rules: SessionRules) -> tuple[Resolution, ...]:
    """Decide what is due at `now` (ms UTC) and set session.settle_at to what is due next."""
    if not session.settle_at or now < session.settle_at:
        return ()
    ended = settle_tries(session, now, rules)
    for form in session.forms.values():
        if form.pending and now >= due(form, rules):
            ended += _decide(session, form, now, rules)
    session.settle_at = _next(session, rules)
    return ended


def due(form: FormState, rules: SessionRules) -> int:
    if form.answer == "load":
        return form.answer_at + rules.load_settle_ms
    if form.answer == "closing":
        return form.pending + rules.late_ms
    return form.pending + rules.settle_ms


def _decide(session: Session, form: FormState, now: int, rules: SessionRules) -> tuple[Resolution, ...]:
    if showing(form) or form.broken:
        _fail_standing(form, now, rules)
        return ()
    if form.answer and form.answer != "closing":
        return succeed(session, form, now, "settled", form.pending_tape)
    form.pending = 0
    return ()


def _fail_standing(form: FormState, now: int, rules: SessionRules) -> None:
    """The messages of the try before still stand, or an error kept the page from going on."""
    fail(form, now, rules)
    for field in form.fields.values():
        if field.message and field.last_failed_at < form.submitted_at:
            field.failures += 1
            field.last_failed_at = now


def _next(session: Session, rules: SessionRules) -> int:
    times = [due(form, rules) for form in session.forms.values() if form.pending]
    times += [s.trying + rules.try_settle_ms for s in session.struggles.values() if s.trying]
    return min(times, default=0)
