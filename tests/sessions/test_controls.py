"""How a struggle with a single control ends."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand import sessions
from beforehand.domain.event import Page, Request
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import Resolution
from beforehand.loop.step_example import ORIGIN, click, control, error, events, page, submitted
from beforehand.sessions.rules import SessionRules

Part = list[dict[str, Any]]
RULES = SessionRules()


def refused(at: int) -> Part:
    return [{"make": Request, "at": at, "method": "POST", "route": "/api", "status": 402, "of": "cause"}]


def ends(*parts: Part, form: str = "") -> list[tuple[str, int]]:
    """Source and page time of the ends of a struggle with the button `send` that began at 0."""
    session = Session(id="s", started_at=ORIGIN)
    signal = Signal(
        "dead_click",
        "confirmed",
        ORIGIN,
        "t",
        "/settings",
        "control:send@/settings",
        0.5,
        "Dead.",
        element=control("send", form=form),
    )
    sessions.notice(session, signal, RULES)
    ended: list[Resolution] = []
    for n, event in enumerate([Page(seq=1, at=0, route="/settings"), *events(*parts)]):
        ended += sessions.apply(session, Stamp(n=n, at=ORIGIN + event.at, tape="t"), event, RULES)
    ended += sessions.settle(session, ORIGIN + 60_000, RULES)
    return [(r.source, r.at - ORIGIN) for r in ended]


@pytest.mark.parametrize(
    ("how", "parts", "expected"),
    [
        ("answered", [click(5_000, "send", answered=40)], [("answered", 60_000)]),
        (
            "seen at the next event",
            [click(5_000, "send", answered=40), page(8_000, "/x")],
            [("answered", 8_000)],
        ),
        ("unanswered", [click(5_000, "send")], []),
        ("answered with an error", [click(5_000, "send", answered=40), error(5_010)], []),
        ("script error later", [click(5_000, "send", answered=40), error(5_300)], []),
        ("refused by the server", [click(5_000, "send", answered=40), refused(5_500)], []),
        ("a late answer to the click that began it", [click(0, "send", answered=2_900)], []),
        ("another control", [click(5_000, "other", answered=40)], []),
        ("focus of itself", [click(5_000, "send", answered=1, kind="focus")], []),
    ],
)
def test_ends(how: str, parts: list[Part], expected: list[tuple[str, int]]) -> None:
    assert ends(*parts) == expected


def test_the_form_around_it_goes_through() -> None:
    assert ends(submitted(5_000), page(5_300, "/done"), form="form") == [("navigation", 5_300)]


def test_a_new_signal_opens_it_again() -> None:
    session = Session(id="s", started_at=ORIGIN)
    first = Signal("dead_click", "early", ORIGIN, "t", "/", "control:a@/", 0.5, "Dead.", element=control("a"))
    sessions.notice(session, first, RULES).resolved_at = ORIGIN + 5
    again = Signal(
        "rage_click", "confirmed", ORIGIN + 9, "t", "/", "control:a@/", 0.5, "Rage.", element=control("a")
    )
    struggle = sessions.notice(session, again, RULES)
    assert (struggle.resolved_at, struggle.at, struggle.kinds, struggle.confirmed) == (
        0,
        ORIGIN + 9,
        ["rage_click"],
        True,
    )
