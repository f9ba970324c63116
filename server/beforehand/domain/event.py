"""What a browser reports: one struct per event type, tagged by "t".

The TypeScript twin is generated from here; the golden schema only lets these grow. `seq` is the
event's number on its tape (from 1, no holes), `at` its page time in ms. No event carries a field's
value. Limits are for one field; a frame's size is limited by the protocol.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from beforehand.domain.element import Count, Element, Label, Line, Millis, Route, Short, Whole

Scalar = Annotated[str, msgspec.Meta(max_length=512)] | float | Whole | bool | None
Facts = Annotated[dict[Annotated[str, msgspec.Meta(max_length=64)], Scalar], msgspec.Meta(max_length=50)]
"""A flat record the site gives: context entries, traits, properties of a tracked event."""

LengthClass = Literal["empty", "short", "medium", "long"]
"""0; 1-8; 9-64; more than 64 characters. Never the value or its exact length."""


class _Event(msgspec.Struct, tag_field="t", omit_defaults=True, kw_only=True):
    seq: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    at: Millis


class Page(_Event, tag="page"):
    """A page is in view: on load, on each client-side navigation, and again when its context changed."""

    route: Route
    url: Annotated[str, msgspec.Meta(max_length=512)] = ""
    title: Line = ""
    how: Literal["load", "push", "replace", "traverse", "update"] = "load"
    headings: Annotated[list[Line], msgspec.Meta(max_length=12)] = []
    controls: Annotated[list[Label], msgspec.Meta(max_length=60)] = []
    dialog: Line = ""
    lang: Short = ""
    release: Short = ""


class Click(_Event, tag="click"):
    """el: the nearest control around the target, or the target itself; x, y: CSS px in the viewport.

    interactive: the element (or one around it) is a control, has a pointer cursor or a click role.
    """

    el: Element
    x: Whole = 0
    y: Whole = 0
    interactive: bool = True


class Activity(_Event, tag="activity"):
    """The page answered click `click` (its seq): the first sign of each kind within the watch window."""

    click: Count
    kind: Literal["mutation", "navigation", "request", "scroll", "selection", "focus", "window", "input"]
    delay: Millis = 0


class Focus(_Event, tag="focus"):
    """A field got (on) or lost the focus."""

    el: Element
    on: bool = True


class Input(_Event, tag="input"):
    """A field was edited: sent when it changes hands (change, blur) or after a second of rest.

    keys: number of edits since the last such event; dwell: ms with focus so far; refill: it was
    filled before, emptied and filled again.
    """

    el: Element
    length: LengthClass = "empty"
    valid: bool = True
    keys: Count = 0
    dwell: Millis = 0
    refill: bool = False


class Submit(_Event, tag="submit"):
    """A form was submitted. el: the form; button: what submitted it."""

    el: Element
    button: Element | None = None
    attempt: Count = 1


class Validation(_Event, tag="validation"):
    """A field shows a message that says it is wrong, or (cleared) shows it no longer.

    attempt: how many submits of the form this document has seen. source: how it was found.
    """

    el: Element
    message: Line = ""
    attempt: Count = 0
    cleared: bool = False
    source: Literal["native", "aria", "live", "class"] = "aria"


class Fault(_Event, tag="error"):
    """A script error or unhandled rejection; cause: seq of the action it followed, 0 if none."""

    message: Line
    kind: Literal["error", "rejection", "console"] = "error"
    file: Route = ""
    line: Count = 0
    cause: Count = 0


class Request(_Event, tag="request"):
    """A request that failed (status 0: no answer) or was slow; cause: seq of the action before it."""

    method: Short
    route: Route
    status: Annotated[int, msgspec.Meta(ge=0, le=599)]
    duration: Millis = 0
    cause: Count = 0


class Visibility(_Event, tag="visibility"):
    visible: bool


class Scroll(_Event, tag="scroll"):
    """depth: share of the page seen, 0 to 100."""

    depth: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Copy(_Event, tag="copy"):
    """Something was copied; what, is not said."""

    el: Element


class Track(_Event, tag="track"):
    """The site says that something happened: Beforehand('track', name, properties)."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    properties: Facts = {}


class Context(_Event, tag="context"):
    """Typed entries the site sets for the page; null removes one."""

    entries: Facts


class Identify(_Event, tag="identify"):
    """What the browser claims about the person; never verified, shown as such, never merged."""

    id: Line
    traits: Facts = {}


class Group(_Event, tag="group"):
    """What the browser claims about the account."""

    id: Line
    traits: Facts = {}


class NudgeEvent(_Event, tag="nudge"):
    """What became of a nudge in the browser. decision: its id. stale: arrived after the user succeeded;
    unanchored: its element was not found."""

    decision: Short
    what: Literal["shown", "clicked", "dismissed", "withdrawn", "stale", "unanchored", "why", "left"]
    reason: Line = ""


class Closing(_Event, tag="closing"):
    """The document is going away (pagehide)."""


class Unknown(_Event, tag="unknown"):
    """An event of a newer widget: it keeps its place on the tape and is read by nobody."""


Event = (
    Page | Click | Activity | Focus | Input | Submit | Validation | Fault | Request | Visibility | Scroll
    | Copy | Track | Context | Identify | Group | NudgeEvent | Closing | Unknown
)  # fmt: skip
