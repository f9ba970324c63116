"""What is known about a session right now: the live state every detector and rule reads.

Owned by the step, changed in place by sessions/, read by friction/, prediction/ and nudges/. It holds
only what a later decision needs, is bounded, and round-trips through bytes (a snapshot).
Times called `at` are ms UTC; `page_at` is ms of page time of the tape in question.
"""

from __future__ import annotations

import msgspec

from beforehand.domain.element import Element
from beforehand.domain.person import PersonFacts
from beforehand.domain.struggle import Struggle


class FieldState(msgspec.Struct, omit_defaults=True):
    """One field of a form. message: what it shows now ('' if nothing); said: what it showed last.
    failures: submits it made fail.

    dwell: ms with focus; keys: edits; refills: emptied and filled again.
    """

    element: Element
    message: str = ""
    said: str = ""
    failures: int = 0
    first_failed_at: int = 0
    last_failed_at: int = 0
    focused_at: int = 0
    dwell: int = 0
    keys: int = 0
    refills: int = 0
    length: str = "empty"
    valid: bool = True


class FormState(msgspec.Struct, omit_defaults=True):
    """One form on one route. submitted_at: newest submit; pending: the same while it is not yet answered.

    pending_tape, pending_seq: where that submit lies. answer, answer_at: first sign that it went through.
    failed_at: newest failure; alert: what the page said about the form as a whole; broken: an error that
    may or may not have stopped the submit. assumed: failures before
    a success that was only inferred, so that a late error can take it back. button: what submitted it.
    """

    fp: str
    route: str
    label: str = ""
    started_at: int = 0
    touched_at: int = 0
    submits: int = 0
    failures: int = 0
    submitted_at: int = 0
    pending: int = 0
    pending_tape: str = ""
    pending_seq: int = 0
    answer: str = ""
    answer_at: int = 0
    failed_at: int = 0
    alert: str = ""
    broken: str = ""
    assumed: int = 0
    succeeded_at: int = 0
    button: Element | None = None
    fields: dict[str, FieldState] = {}


class Action(msgspec.Struct, omit_defaults=True):
    """A click or submit, kept while its answer may still come. answered: kind of the first answer."""

    seq: int
    at: int
    page_at: int
    kind: str
    element: Element
    x: int = 0
    y: int = 0
    answered: str = ""
    delay: int = 0
    error: str = ""
    interactive: bool = True


class TapeState(msgspec.Struct, omit_defaults=True):
    """One document. origin: ms UTC of its page time 0; last: page time of its newest event."""

    id: str
    origin: int
    last: int = 0
    route: str = ""
    title: str = ""
    entered: int = 0
    dialog: str = ""
    lang: str = ""
    visible: bool = True
    closed: bool = False
    suppressed: bool = False
    touch: bool = False
    focused: str = ""
    actions: list[Action] = []
    controls: list[str] = []
    headings: list[str] = []


class Session(msgspec.Struct, omit_defaults=True):
    """n: mailbox position of the newest entry seen. context: what the site set; claims: unverified.

    settle_at: when an unanswered submit or try is next looked at (ms UTC, 0: none). solved: struggles that
    ended well.
    """

    id: str
    started_at: int
    last_at: int = 0
    n: int = 0
    person: PersonFacts | None = None
    tapes: dict[str, TapeState] = {}
    forms: dict[str, FormState] = {}
    context: dict[str, str | float | int | bool | None] = {}
    claims: dict[str, str | float | int | bool | None] = {}
    pages: int = 0
    clicks: int = 0
    submits: int = 0
    faults: int = 0
    failed_requests: int = 0
    models: dict[str, str] = {}
    rules: str = ""
    tracked: dict[str, int] = {}
    struggles: dict[str, Struggle] = {}
    settle_at: int = 0
    solved: int = 0
