"""Small tapes in one line each, for the examples in docstrings and for tests.

tape(*events, until=...) plays them through the session room and the detectors and returns all signals. Times
are ms of page time; with `until` the document stays silent until then, with every tick that is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beforehand import sessions
from beforehand.domain.element import Element
from beforehand.domain.event import (
    Activity,
    Click,
    Event,
    Fault,
    Focus,
    Input,
    Page,
    Submit,
    Validation,
)
from beforehand.domain.fact import Stamp
from beforehand.domain.signal import Signal
from beforehand.friction import registry
from beforehand.loop.step_state import Rules, begin

ORIGIN = 1_700_000_000_000
"""ms UTC of page time 0 in examples."""
ROUTE = "/settings"


def control(name: str, **more: Any) -> Element:
    return Element(fp=name, **({"tag": "button", "role": "button", "label": name} | more))


def field(name: str, **more: Any) -> Element:
    return Element(fp=name, **({"tag": "input", "type": "text", "label": name, "form": "form"} | more))


def click(
    at: int, name: str, answered: int | None = None, kind: str = "mutation", **more: Any
) -> list[dict[str, Any]]:
    """A click on a button; answered: ms after which the page stirred."""
    interactive, x, y = more.pop("interactive", True), more.pop("x", 0), more.pop("y", 0)
    out: list[dict[str, Any]] = [
        {"make": Click, "at": at, "el": control(name, **more), "interactive": interactive, "x": x, "y": y}
    ]
    if answered is not None:
        out.append({"make": Activity, "at": at + answered, "kind": kind, "delay": answered, "of": "click"})
    return out


def edit(at: int, name: str, keys: int = 5, **more: Any) -> list[dict[str, Any]]:
    return [{"make": Input, "at": at, "el": field(name, **more), "keys": keys, "length": "short"}]


def focus(at: int, name: str, on: bool = True, **more: Any) -> list[dict[str, Any]]:
    return [{"make": Focus, "at": at, "el": field(name, **more), "on": on}]


def page(at: int, route: str, how: str = "push") -> list[dict[str, Any]]:
    return [{"make": Page, "at": at, "route": route, "how": how}]


def error(at: int, message: str = "x is undefined", kind: str = "error") -> list[dict[str, Any]]:
    """A script error caused by the newest click."""
    return [{"make": Fault, "at": at, "message": message, "kind": kind, "of": "cause"}]


def submitted(at: int, form: str = "form") -> list[dict[str, Any]]:
    return [
        {
            "make": Submit,
            "at": at,
            "el": Element(fp=form, tag="form", label="Tax"),
            "button": control("save", form=form),
        }
    ]


def refused(at: int, name: str = "vat", message: str = "Enter a valid VAT number.") -> list[dict[str, Any]]:
    """A submit that a message at a field answers after 200 ms."""
    return [*submitted(at), {"make": Validation, "at": at + 200, "el": field(name), "message": message}]


def events(*parts: list[dict[str, Any]]) -> list[Event]:
    """Numbered events in order of time; an answer or error is tied to the newest action before it."""
    out: list[Event] = []
    action = 0
    for seq, spec in enumerate(sorted((s for part in parts for s in part), key=lambda s: s["at"]), start=2):
        given = {k: v for k, v in spec.items() if k not in {"make", "of"}}
        if "of" in spec:
            given[spec["of"]] = action
        if spec["make"] in (Click, Submit):
            action = seq
        out.append(spec["make"](seq=seq, **given))
    return out


def tape(*parts: list[dict[str, Any]], until: int = 0, rules: Rules | None = None) -> list[Signal]:
    """All signals of one document that begins on ROUTE, in order."""
    return play(events(*parts), until, rules)


def play(numbered: list[Event], until: int = 0, rules: Rules | None = None) -> list[Signal]:
    """The same for events that bear their numbers already (from 2 on; the page itself is 1)."""
    rules = rules or Rules()
    state = begin("example", ORIGIN)
    found: list[Signal] = []

    def noticed(signals: Sequence[Signal]) -> None:
        for signal in signals:
            sessions.notice(state.session, signal, rules.sessions)
        found.extend(signals)

    def tick(limit: int) -> None:
        while due := _due(state.session.settle_at, registry.wake_at(state.friction), limit):
            sessions.settle(state.session, due, rules.sessions)
            noticed(registry.tick(state.friction, state.session, due, rules.friction))

    for n, event in enumerate([Page(seq=1, at=0, route=ROUTE), *numbered]):
        stamp = Stamp(n=n, at=ORIGIN + event.at, tape="t")
        tick(stamp.at)
        sessions.apply(state.session, stamp, event, rules.sessions)
        noticed(registry.observe(state.friction, state.session, stamp, event, rules.friction))
    tick(ORIGIN + until)
    return found


def _due(settle: int, wake: int, limit: int) -> int:
    times = [at for at in (settle, wake) if at and at <= limit]
    return min(times, default=0)
