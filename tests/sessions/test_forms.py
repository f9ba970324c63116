"""When a submit went well, when it failed, and when nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand import sessions
from beforehand.domain.element import Element
from beforehand.domain.event import Activity, Closing, Input, Page, Request, Submit, Track, Validation
from beforehand.domain.fact import Stamp
from beforehand.domain.session import FormState, Session
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import Resolution
from beforehand.loop.step_example import ORIGIN, click, edit, events, field, page, refused, submitted
from beforehand.sessions.rules import Resolves, SessionRules

Part = list[dict[str, Any]]
RULES = SessionRules()
STRUGGLE = Signal(
    "repeated_failure",
    "confirmed",
    ORIGIN,
    "t",
    "/settings",
    "form:form@/settings",
    0.5,
    "It failed.",
    element=field("vat"),
)


def stirred(at: int) -> Part:
    return [{"make": Activity, "at": at, "kind": "mutation", "of": "click"}]


def said(at: int, name: str = "vat", cleared: bool = False) -> Part:
    return [
        {
            "make": Validation,
            "at": at,
            "el": field(name),
            "message": "" if cleared else "No.",
            "cleared": cleared,
        }
    ]


def answer(at: int, status: int) -> Part:
    return [{"make": Request, "at": at, "method": "POST", "route": "/api", "status": status, "of": "cause"}]


def track(at: int, name: str) -> Part:
    return [{"make": Track, "at": at, "name": name}]


def play(*parts: Part, until: int = 60_000, rules: SessionRules = RULES) -> tuple[Session, list[Resolution]]:
    """A session somebody struggles in at one form, and what ended."""
    session = Session(id="s", started_at=ORIGIN)
    sessions.notice(session, STRUGGLE, rules)
    ended: list[Resolution] = []
    for n, event in enumerate([Page(seq=1, at=0, route="/settings"), *events(*parts)]):
        at = ORIGIN + event.at
        while session.settle_at and session.settle_at < at:
            ended += sessions.settle(session, session.settle_at, rules)
        ended += sessions.apply(session, Stamp(n=n, at=at, tape="t"), event, rules)
    while session.settle_at and session.settle_at <= ORIGIN + until:
        ended += sessions.settle(session, session.settle_at, rules)
    return session, ended


def form(session: Session) -> FormState:
    return session.forms["form:form@/settings"]


@pytest.mark.parametrize(
    ("how", "parts", "expected"),
    [
        ("another page follows", [submitted(0), page(400, "/done")], [("navigation", 400)]),
        ("the page stirs and nothing is wrong", [submitted(0), stirred(300)], [("settled", 2_500)]),
        ("messages go away", [refused(0), submitted(5_000), said(5_004, cleared=True)], [("settled", 7_500)]),
        ("the site says so", [submitted(0), track(700, "settings_saved")], [("track", 700)]),
        ("a message", [refused(0), stirred(300)], []),
        ("a message at the end of the window", [submitted(0), stirred(10), said(2_400)], []),
        ("only a refused request", [submitted(0), stirred(300), answer(350, 422)], []),
        ("no answer at all", [submitted(0)], []),
        ("the site says it failed", [submitted(0), track(700, "save_failed")], []),
        ("too late an event", [submitted(0), track(10_001, "settings_saved")], []),
        ("an old message stands", [refused(0), submitted(5_000), stirred(5_010)], []),
        ("back button", [submitted(0), page(400, "/before", how="traverse")], []),
        ("gave up and clicked away", [submitted(0), click(2_000, "cancel"), page(2_100, "/home")], []),
        ("left after a refusal", [refused(0), page(4_000, "/home")], []),
        ("a new title of the same page", [submitted(0), page(400, "/other", how="update")], []),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_how_a_struggle_with_a_form_ends(
    how: str, parts: list[Part], expected: list[tuple[str, int]]
) -> None:
    _, ended = play(*parts)
    assert [(r.source, r.at - ORIGIN) for r in ended] == expected


def test_failures_are_counted_once_per_submit_and_void_after_success() -> None:
    session, _ = play(refused(0), said(250, "iban"), answer(260, 422), refused(9_000))
    assert form(session).failures == 2
    assert (form(session).fields["vat"].failures, form(session).fields["iban"].failures) == (2, 1)
    session, _ = play(refused(0), refused(9_000), submitted(20_000), page(20_400, "/done"))
    assert form(session).failures == 0
    assert form(session).fields["vat"].failures == 0


def test_a_late_refusal_takes_an_assumed_success_back() -> None:
    session, ended = play(
        refused(0), said(5_000, cleared=True), submitted(9_000), stirred(9_010), answer(20_000, 422)
    )
    assert [r.source for r in ended] == ["settled"]
    assert (form(session).failures, form(session).succeeded_at) == (2, 0)


def test_but_not_once_the_person_types_again() -> None:
    session, _ = play(submitted(0), stirred(10), edit(8_000, "vat"), said(8_010))
    assert form(session).failures == 0


def reloaded(*after: Any, route: str = "/settings", load: int = 1_400) -> tuple[Session, list[Resolution]]:
    """A form that loads the document anew: submit and close on tape t, then tape u."""
    session = Session(id="s", started_at=ORIGIN)
    sessions.notice(session, STRUGGLE, RULES)
    el = Element(fp="form", tag="form")
    story: list[tuple[str, Any]] = [
        ("t", Page(seq=1, at=0, route="/settings")),
        ("t", Submit(seq=2, at=1_000, el=el)),
        ("t", Closing(seq=3, at=1_050)),
        ("u", Page(seq=1, at=load, route=route)),
        *[("u", event) for event in after],
    ]
    ended: list[Resolution] = []
    for n, (tape, event) in enumerate(story):
        if session.settle_at and session.settle_at < ORIGIN + event.at:
            ended += sessions.settle(session, session.settle_at, RULES)
        ended += sessions.apply(session, Stamp(n=n, at=ORIGIN + event.at, tape=tape), event, RULES)
    ended += sessions.settle(session, ORIGIN + 60_000, RULES)
    return session, ended


def test_a_form_that_loads_the_page_anew() -> None:
    session, ended = reloaded()
    assert [r.source for r in ended] == ["settled"]
    session, ended = reloaded(Validation(seq=2, at=1_420, el=field("vat"), message="No."))
    assert (ended, form(session).failures) == ([], 1)
    slow = Validation(seq=2, at=6_000, el=field("vat"), message="No.")
    session, ended = reloaded(slow, load=5_990)
    assert (ended, form(session).failures) == ([], 1)
    session, ended = reloaded(load=16_100)
    assert ended == []
    session, ended = reloaded(route="/done")
    assert [(r.source, r.tape) for r in ended] == [("navigation", "u")]


def test_a_server_that_answers_under_another_address_still_fails_the_same_form() -> None:
    session = Session(id="s", started_at=ORIGIN)
    el = Element(fp="form", tag="form")
    story: list[tuple[str, Any]] = [
        ("t", Page(seq=1, at=0, route="/customers/new")),
        ("t", Submit(seq=2, at=1_000, el=el)),
        ("u", Page(seq=1, at=1_400, route="/customers")),
        ("u", Validation(seq=2, at=1_420, el=field("vat"), message="No.")),
    ]
    for n, (tape, event) in enumerate(story):
        sessions.apply(session, Stamp(n=n, at=ORIGIN + event.at, tape=tape), event, RULES)
    assert session.forms["form:form@/customers/new"].failures == 1


def test_events_named_by_the_site_end_struggles_on_their_route() -> None:
    rules = SessionRules(resolves=(Resolves("vat_*", "/settings"),))
    _, ended = play(track(5_000, "vat_saved"), rules=rules)
    assert [r.source for r in ended] == ["track"]
    _, ended = play(
        track(5_000, "vat_saved"), rules=SessionRules(resolves=(Resolves("vat_*", "/billing/*"),))
    )
    assert ended == []
    _, ended = play(track(5_000, "other"), rules=rules)
    assert ended == []


def test_bounds() -> None:
    rules = SessionRules(
        max_forms=3, max_fields=4, max_actions=5, max_tapes=2, max_struggles=2, max_entries=3
    )
    session = Session(id="s", started_at=ORIGIN)
    for i in range(20):
        el = Element(fp=f"f{i}", tag="input", form=f"form{i % 7}" if i < 10 else "form")
        at = i * 1_000
        stamp = Stamp(n=i, at=ORIGIN + at, tape=f"t{i}" if i < 6 else "t")
        sessions.apply(session, stamp, Input(seq=1 + i * 3, at=at, el=el, keys=1), rules)
        sessions.apply(session, stamp, Submit(seq=2 + i * 3, at=at, el=el), rules)
        sessions.apply(session, stamp, Track(seq=3 + i * 3, at=at, name=f"e{i}"), rules)
        struggle = Signal(
            "dead_click", "early", ORIGIN + at, "t", "/", f"control:{i}@/", 0.1, "Dead.", element=el
        )
        sessions.notice(session, struggle, rules)
    assert len(session.forms) == 3
    assert max(len(f.fields) for f in session.forms.values()) == 4
    assert len(session.tapes) == 2 and "t" in session.tapes
    assert len(session.tapes["t"].actions) == 5
    assert list(session.struggles) == ["control:18@/", "control:19@/"]
    assert list(session.tracked) == ["e17", "e18", "e19"]
