"""A struggle: one trouble of one person at one form or control, however many signals speak of it."""

from __future__ import annotations

import msgspec

from beforehand.domain.element import Element


def form_key(fp: str, route: str) -> str:
    """The struggle with a form: everything that goes wrong in it on that route."""
    return f"form:{fp}@{route}"


def control_key(fp: str, route: str) -> str:
    """The struggle with a single control: clicks that do nothing."""
    return f"control:{fp}@{route}"


def field_key(element: Element, route: str) -> str:
    """A field's struggle is its form's; a field outside any form stands for itself."""
    return form_key(element.form, route) if element.form else control_key(element.fp, route)


class Struggle(msgspec.Struct, omit_defaults=True):
    """at, last_at: first and newest signal (ms UTC). form: fp of the form it belongs to ('' if none).

    tiers, kinds: what was noticed so far. trying, trying_seq: a later click that got an answer, until it is
    certain that no error follows. resolved_at: 0 while it goes on; source: what told us that it ended.
    """

    key: str
    at: int
    route: str
    tape: str
    fp: str = ""
    form: str = ""
    last_at: int = 0
    kinds: list[str] = []
    confirmed: bool = False
    message: str = ""
    trying: int = 0
    trying_seq: int = 0
    resolved_at: int = 0
    source: str = ""


class Resolution(msgspec.Struct, frozen=True):
    """The struggle `key` ended well at `at` (ms UTC); source: navigation, settled, track, answered."""

    key: str
    at: int
    source: str
    tape: str
