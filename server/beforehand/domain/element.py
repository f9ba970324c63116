"""A control on a page, as the browser describes it (redacted, never its value)."""

from __future__ import annotations

from typing import Annotated

import msgspec

Short = Annotated[str, msgspec.Meta(max_length=64)]
"""A machine word: role, tag, type, name attribute."""
Label = Annotated[str, msgspec.Meta(max_length=160)]
"""A control's visible name; longer ones are cut in the browser."""
Line = Annotated[str, msgspec.Meta(max_length=512)]
"""One line of text: title, heading, message."""
Route = Annotated[str, msgspec.Meta(max_length=256)]
"""A route template: ids replaced by ':id', no query."""
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A whole number that JavaScript holds exactly, too."""
Millis = Annotated[int, msgspec.Meta(ge=0, le=10_000_000_000)]
"""Milliseconds of page time (monotonic since the document began); the limit is 115 days."""


class Element(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a signal is about and a tooltip is anchored to.

    fp: fingerprint made in the browser from role, name, label and form, stable across reloads and
    re-renders; the same fp on the same route is the same control. form: fp of the form around it.
    selector: a CSS selector that found it when it was seen, a hint for anchoring only.
    """

    fp: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    tag: Short = ""
    role: Short = ""
    label: Label = ""
    name: Short = ""
    type: Short = ""
    form: Short = ""
    selector: Annotated[str, msgspec.Meta(max_length=256)] = ""
