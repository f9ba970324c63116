"""What a control is for, as far as its description tells: the guards several detectors share."""

from __future__ import annotations

import re

from beforehand.domain.element import Element
from beforehand.domain.session import Action, Session
from beforehand.domain.signal import Evidence

TEXT_TYPES = frozenset(
    {
        "",
        "text",
        "search",
        "email",
        "url",
        "tel",
        "password",
        "number",
        "date",
        "time",
        "month",
        "week",
        "datetime-local",
        "color",
        "range",
        "file",
    }
)
"""Of <input>: clicking places a caret or opens the browser's own picker, which the page cannot show."""
FREE_TAGS = frozenset(
    {
        "textarea",
        "select",
        "option",
        "canvas",
        "video",
        "audio",
        "iframe",
        "embed",
        "object",
        "html",
        "body",
        "summary",
    }
)
FREE_ROLES = frozenset(
    {"textbox", "searchbox", "combobox", "listbox", "option", "slider", "spinbutton", "application", "img"}
)
QUICK = re.compile(
    r"^([+\-−–—×÷*/=.,<>«»‹›←→↑↓▲▼◀▶]|\d{1,2}|<<|>>|\.{3}|…)$"
    r"|\b(next|prev(ious)?|forward|back|more|less|increase|increment|decrease|decrement|add|remove|up|down|undo"
    r"|redo|zoom|volume|louder|quieter|skip|step|slide|page|weiter|zurück|nächste[rs]?|vorherige[rs]?|mehr"
    r"|suivant|précédent|siguiente|anterior)\b",
    re.IGNORECASE,
)
"""Labels of controls people press quickly on purpose: steppers, pagination, carousels, keypads. PostHog ships
such a list (next, previous, prev, >, <, later + and -); the rest of the words are our choice."""


def pressable(element: Element) -> bool:
    """A control of which a person expects that the page shows something when it is pressed."""
    if element.tag in FREE_TAGS or element.role in FREE_ROLES:
        return False
    return not (element.tag == "input" and element.type in TEXT_TYPES)


def quick(element: Element) -> bool:
    return bool(QUICK.search(element.label))


def being_sent(session: Session, element: Element, at: int, patience: int) -> bool:
    """The control belongs to a form whose submit is still out: pressing on is impatience with a slow answer,
    not a dead control, and many pages disable the button meanwhile."""
    if not element.form:
        return False
    return any(
        form.fp == element.form and form.pending and at - form.pending <= patience
        for form in session.forms.values()
    )


def clicked(tape: str, action: Action, what: str) -> Evidence:
    return Evidence(tape=tape, seq=action.seq, at=action.at, what=what)


def named(element: Element | None) -> str:
    """The control in a sentence: its label in quotes, or what it is."""
    if element is None:
        return "The page"
    return (
        f"“{element.label}”"
        if element.label
        else f"A {element.role or element.tag or 'control'} without a label"
    )
