"""Forms: what is typed, submitted, refused and answered.

When is a submit answered well? Real pages give no single sign, so it is decided on evidence:
- another page follows (client-side navigation, or a new document on another route): at once, unless
  another control was clicked in between (a person who gives up and leaves), or it was the back button;
- the site calls track() soon after, with a name that does not speak of failure: at once;
- the page stirs (activity, messages cleared, the same route loaded anew), and within the settle window no
  field shows a message and no request or script of that submit failed.
A message fails the submit at once, and so does a request that was to change something and was refused. A
script error, or a refused request that only reads, may be an accident beside it: it fails the submit if no
other page follows. So does a message of the try before that still stands. A submit without any sign is left
undecided. An error that comes late (a slow server) takes an inferred success back, with its count.
"""

from __future__ import annotations

from beforehand.domain.element import Element
from beforehand.domain.event import Focus, Input, Submit, Validation
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, FieldState, FormState, Session, TapeState
from beforehand.domain.struggle import Resolution, form_key
from beforehand.sessions.rules import ATTEMPT_GAP_MS, LAST_CLICK_MS, SessionRules
from beforehand.sessions.struggles import end_form
from beforehand.sessions.tapes import act


def form_at(session: Session, fp: str, route: str, rules: SessionRules) -> FormState:
    """The form `fp` on `route`, new if unknown. fp '' stands for a page's fields outside any form."""
    key = form_key(fp, route)
    form = session.forms.get(key)
    if form is None:
        form = session.forms[key] = FormState(fp=fp, route=route)
        if len(session.forms) > rules.max_forms:
            oldest = min(session.forms.values(), key=lambda f: (f is form, max(f.touched_at, f.submitted_at)))
            del session.forms[form_key(oldest.fp, oldest.route)]
    return form


def field_in(form: FormState, element: Element, rules: SessionRules) -> FieldState:
    field = form.fields.get(element.fp)
    if field is None:
        field = form.fields[element.fp] = FieldState(element=element)
        if len(form.fields) > rules.max_fields:
            del form.fields[next(iter(form.fields))]
    return field


def _meant(session: Session, tape: TapeState, stamp: Stamp, fp: str, rules: SessionRules) -> FormState:
    """The form a message speaks of: the named one here; else the same form sent from another route (a
    server that answers a POST under its own address); else the one just submitted in this document."""
    form = session.forms.get(form_key(fp, tape.route))
    if form is not None and fp:
        return form
    for other in session.forms.values():
        undecided = other.pending or other.failed_at >= other.submitted_at > 0
        if not undecided or stamp.at - other.submitted_at > rules.late_ms:
            continue
        if other.fp == fp if fp else other.pending_tape == tape.id and other.route == tape.route:
            return other
    return form or form_at(session, fp, tape.route, rules)


def focus(session: Session, tape: TapeState, stamp: Stamp, event: Focus, rules: SessionRules) -> None:
    tape.focused = event.el.fp if event.on else ""


def edit(session: Session, tape: TapeState, stamp: Stamp, event: Input, rules: SessionRules) -> None:
    """keys 0 is the browser filling in: the field has content, the person did not touch it."""
    form = form_at(session, event.el.form, tape.route, rules)
    field = field_in(form, event.el, rules)
    field.keys += event.keys
    field.dwell += event.dwell
    field.refills += event.refill
    field.length, field.valid = event.length, event.valid
    if event.keys:
        form.started_at = form.started_at or stamp.at
        form.touched_at = stamp.at


def submit(session: Session, tape: TapeState, stamp: Stamp, event: Submit, rules: SessionRules) -> None:
    session.submits += 1
    for action in tape.actions[-3:]:
        if not action.answered and event.at - action.page_at <= ATTEMPT_GAP_MS:
            action.answered, action.delay = "submit", event.at - action.page_at
    act(tape, Action(event.seq, stamp.at, event.at, "submit", event.el), rules)
    form = form_at(session, event.el.fp, tape.route, rules)
    form.label = event.el.label or form.label
    form.button = event.button or form.button
    form.submits += 1
    form.submitted_at = form.pending = stamp.at
    form.pending_tape, form.pending_seq = tape.id, event.seq
    form.answer, form.answer_at, form.alert, form.broken = "", 0, "", ""
    wake(session, stamp.at + rules.settle_ms)


def wake(session: Session, at: int) -> None:
    if not session.settle_at or at < session.settle_at:
        session.settle_at = at


def answered(session: Session, form: FormState, kind: str, at: int) -> None:
    """A first sign that a submit went through; whether it went well shows when it settles."""
    if form.pending and not form.answer:
        form.answer, form.answer_at = kind, at


def fail(form: FormState, at: int, rules: SessionRules) -> bool:
    """The newest submit failed. True if that is news: a submit fails once, however many messages it gets."""
    if form.pending:
        form.failures += 1
    elif _assumed_well(form, at, rules):
        form.failures = form.assumed + 1
        form.succeeded_at = 0
    else:
        return False
    form.pending = form.assumed = 0
    form.failed_at = at
    return True


def _assumed_well(form: FormState, at: int, rules: SessionRules) -> bool:
    """Inferred, not yet too long ago, and nothing was typed since (then a message may be about that)."""
    return (
        form.answer == "settled"
        and form.succeeded_at > form.failed_at
        and not form.touched_at
        and at - form.submitted_at <= rules.late_ms
    )


def succeed(session: Session, form: FormState, at: int, source: str, tape: str) -> tuple[Resolution, ...]:
    form.assumed, form.failures, form.pending = form.failures, 0, 0
    form.succeeded_at, form.answer, form.alert = at, source, ""
    form.started_at = form.touched_at = 0
    for field in form.fields.values():
        field.failures, field.message = 0, ""
    return end_form(session, form.fp, form.route, at, source, tape)


def validation(
    session: Session, tape: TapeState, stamp: Stamp, event: Validation, rules: SessionRules
) -> None:
    """A message came or went. An alert outside any form, soon after a button, is that button's error."""
    form = _meant(session, tape, stamp, event.el.form or (event.el.fp if _is_form(event.el) else ""), rules)
    if event.cleared:
        cleared(session, form, stamp.at, event.el)
        return
    if not form.fp and not is_field(event.el) and _clicked_since(form, tape, event):
        tape.actions[-1].error = event.message
        return
    _unannounced_attempt(form, tape, stamp, event)
    fail(form, stamp.at, rules)
    if is_field(event.el):
        _mark(field_in(form, event.el, rules), form, stamp.at, event.message)
    else:
        form.alert = event.message


def _unannounced_attempt(form: FormState, tape: TapeState, stamp: Stamp, event: Validation) -> None:
    """Attempts no submit event tells of: the browser's own check refused, or a button outside any form."""
    if form.pending:
        return
    if event.source == "native":
        new = stamp.at - max(form.failed_at, form.submitted_at) >= ATTEMPT_GAP_MS
    else:
        new = not form.fp and _clicked_since(form, tape, event)
    if new:
        form.submits += 1
        form.submitted_at = form.pending = stamp.at
        form.pending_tape = tape.id
        form.pending_seq = tape.actions[-1].seq if tape.actions else 0


def _clicked_since(form: FormState, tape: TapeState, event: Validation) -> bool:
    if not tape.actions:
        return False
    last = tape.actions[-1]
    pressed = last.interactive and not is_field(last.element)
    return pressed and last.seq != form.pending_seq and event.at - last.page_at <= LAST_CLICK_MS


def cleared(session: Session, form: FormState, at: int, element: Element) -> None:
    field = form.fields.get(element.fp)
    if field is not None:
        field.message = ""
    elif not is_field(element):
        form.alert = ""
    answered(session, form, "cleared", at)


def _mark(field: FieldState, form: FormState, at: int, message: str) -> None:
    """A field fails at most once for each submit, and only by a submit (not while it is typed in)."""
    field.message = field.said = message
    by_submit = form.failed_at and form.failed_at >= form.submitted_at
    if by_submit and (not field.failures or field.last_failed_at < form.submitted_at):
        field.failures += 1
        field.first_failed_at = field.first_failed_at or at
        field.last_failed_at = at


def showing(form: FormState) -> bool:
    """Some message still stands."""
    return bool(form.alert) or any(field.message for field in form.fields.values())


FIELD_TAGS = frozenset({"input", "select", "textarea"})
FIELD_ROLES = frozenset(
    {
        "textbox",
        "combobox",
        "listbox",
        "checkbox",
        "radio",
        "switch",
        "slider",
        "spinbutton",
        "searchbox",
        "radiogroup",
        "group",
    }
)
BUTTON_TYPES = frozenset({"submit", "button", "reset", "image"})


def is_field(element: Element) -> bool:
    return (element.tag in FIELD_TAGS and element.type not in BUTTON_TYPES) or element.role in FIELD_ROLES


def _is_form(element: Element) -> bool:
    return element.tag in {"form", "dialog"} or element.role in {"form", "dialog"}
