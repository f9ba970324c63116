"""What is known about a session right now: the live state every detector and rule reads.

Owned by the step, changed in place by sessions/, read by friction/, prediction/ and nudges/. It holds
only what a later decision needs, is bounded, and round-trips through bytes (a snapshot).
Times called `at` are ms UTC; `page_at` is ms of page time of the tape in question.
"""

from __future__ import annotations

import msgspec

from beforehand.domain.element import Element
from beforehand.domain.person import PersonFacts


class FieldState(msgspec.Struct, omit_defaults=True):
    """One field of a form. message: what it shows now ('' if nothing). failures: submits it made fail.

    dwell: ms with focus; keys: edits; refills: emptied and filled again.
    """

    element: Element
    message: str = ""
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
    """One form on one route. pending: at of a submit not yet answered; failed: it got an error since."""

    fp: str
    route: str
    label: str = ""
    started_at: int = 0
    touched_at: int = 0
    submits: int = 0
    failures: int = 0
    pending: int = 0
    succeeded_at: int = 0
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
    """n: mailbox position of the newest entry seen. context: what the site set; claims: unverified."""

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
