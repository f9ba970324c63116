"""Repeated failure: counted once per submit, anchored at the field, void after success."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.domain.element import Element
from beforehand.domain.event import Activity, Request, Validation
from beforehand.domain.signal import Signal
from beforehand.loop.step_example import click, control, edit, error, field, page, refused, submitted, tape

Part = list[dict[str, Any]]


def message(at: int, name: str, text: str = "Enter a value.", **more: Any) -> Part:
    return [{"make": Validation, "at": at, "el": field(name), "message": text, **more}]


def alert(at: int, text: str, form: str = "form") -> Part:
    el = Element(fp="alert", tag="div", role="alert", form=form)
    return [{"make": Validation, "at": at, "el": el, "message": text, "source": "live"}]


def request(at: int, status: int, route: str = "/api", method: str = "POST") -> Part:
    return [{"make": Request, "at": at, "method": method, "route": route, "status": status, "of": "cause"}]


def stirred(at: int) -> Part:
    return [{"make": Activity, "at": at, "kind": "mutation", "of": "click"}]


def failures(*parts: Part, until: int = 0) -> list[Signal]:
    return [s for s in tape(*parts, until=until) if s.kind == "repeated_failure"]


def check(parts: list[Part], expected: list[str], until: int = 0) -> None:
    assert [s.tier for s in failures(*parts, until=until)] == expected


def thrice(make: Any) -> list[Part]:
    return [part for i in range(3) for part in make(i * 10_000)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([refused(0)], []),
        ([refused(0), refused(9_000)], ["early"]),
        ([refused(0), refused(9_000), refused(20_000)], ["early", "confirmed"]),
        ([refused(0), refused(9_000), refused(20_000), refused(30_000)], ["early", "confirmed", "confirmed"]),
        ([refused(0), refused(600_000)], ["early"]),
        ([refused(0), refused(600_001)], []),
        ([refused(0), refused(9_000, "iban"), refused(20_000, "city")], ["early", "confirmed"]),
        (thrice(lambda at: [submitted(at), request(at + 900, 422)]), ["early", "confirmed"]),
        (thrice(lambda at: [submitted(at), request(at + 900, 0)]), ["early", "confirmed"]),
        (thrice(lambda at: [submitted(at), request(at + 900, 200)]), []),
        (thrice(lambda at: [submitted(at), request(at + 900, 0, "ads.example/p")]), []),
        (thrice(lambda at: [submitted(at), request(at + 900, 404, method="GET"), page(at + 950,
            "/settings/x"),
                            page(at + 4_000, "/settings")]), []),
        (thrice(lambda at: [submitted(at), error(at + 30), page(at + 60, "/done"), page(at + 4_000,
            "/settings")]), []),
        (thrice(lambda at: [submitted(at), alert(at + 400, "You cannot invite more people.")]), ["early",
            "confirmed"]),
        (thrice(lambda at: [click(at, "activate"), request(at + 300, 402)]), ["early", "confirmed"]),
        (thrice(lambda at: [click(at, "activate"), alert(at + 300, "Your plan allows 5.", "")]), ["early",
            "confirmed"]),
        (thrice(lambda at: [message(at, "email", source="native", attempt=1)]), ["early", "confirmed"]),
        (thrice(lambda at: [click(at, "go"), message(at + 60, "email") ]), []),
    ],
    ids=["one", "two", "three", "each-further-one", "pause-at-limit", "pause-past-limit", "different-fields",
         "only-a-refused-request", "no-answer", "accepted-request", "blocked-elsewhere", "reads-fail-beside",
         "error-beside", "only-an-alert", "refused-action",
         "action-with-alert", "native-check", "message-without-submit"],
)  # fmt: skip
def test_failures(parts: list[Part], expected: list[str]) -> None:
    check(parts, expected)


def test_the_third_is_anchored_at_the_field_with_its_message_at_once() -> None:
    signal = failures(refused(0), refused(9_000), refused(20_000))[-1]
    assert (signal.element and signal.element.fp, signal.message) == ("vat", "Enter a valid VAT number.")
    assert signal.at % 1_700_000_000_000 == 20_200
    assert signal.count == 3
    assert len(signal.evidence) == 3
    assert signal.reason == "“vat” failed 3 times in a row: “Enter a valid VAT number.”"


def test_the_field_that_fails_most_is_the_anchor_even_if_the_alert_speaks_first() -> None:
    parts = thrice(
        lambda at: [submitted(at), alert(at + 100, "One field needs attention."), message(at + 110, "vat")]
    )
    assert [s.element and s.element.fp for s in failures(*parts)] == ["vat", "vat"]


def test_without_a_field_the_button_is_the_anchor() -> None:
    parts = thrice(lambda at: [submitted(at), alert(at + 400, "You cannot invite more people.")])
    signal = failures(*parts)[-1]
    assert (signal.element and signal.element.fp, signal.message) == (
        "save",
        "You cannot invite more people.",
    )


@pytest.mark.parametrize(
    ("why", "parts", "expected"),
    [
        (
            "many messages of one submit are one failure",
            [submitted(0), message(100, "a"), message(110, "b"), message(120, "c"), request(130, 422)],
            [],
        ),
        (
            "messages while typing are no failures",
            [edit(i * 1_000, "a") + message(i * 1_000 + 5, "a") for i in range(4)],
            [],
        ),
        (
            "a success in between starts anew",
            [
                refused(0),
                refused(9_000),
                edit(12_000, "vat"),
                submitted(15_000),
                page(15_400, "/done"),
                page(18_000, "/settings"),
                refused(20_000),
            ],
            ["early"],
        ),
        (
            "two forms are two troubles",
            [refused(0), submitted(9_000, "other"), message(9_100, "x")],
            ["early"],
        ),
        ("native messages of one attempt", [message(i * 20, f"f{i}", source="native") for i in range(5)], []),
    ],
)
def test_what_does_not_count(why: str, parts: list[Part], expected: list[str]) -> None:
    if why.startswith("two forms"):
        parts, expected = [refused(0), submitted(9_000, "other"),
                           [{"make": Validation, "at": 9_100, "el": Element(fp="x", tag="input",
                               form="other"),
                             "message": "No."}]], []  # fmt: skip
    check(parts, expected)


def test_messages_that_still_stand_are_a_failure_when_the_submit_settles() -> None:
    """A page that refuses on its own and redraws nothing sends no new message."""
    check([refused(0), submitted(9_000), submitted(20_000)], ["early", "confirmed"], until=30_000)


@pytest.mark.parametrize("why", ["script", "read"])
def test_an_error_that_keeps_the_page_from_going_on_is_a_failure(why: str) -> None:
    def broken(at: int) -> Part:
        return error(at + 30) if why == "script" else request(at + 30, 500, method="GET")

    check(thrice(lambda at: [submitted(at), broken(at)]), ["early", "confirmed"], until=30_000)


def test_a_slow_refusal_takes_an_assumed_success_back() -> None:
    slow = [submitted(20_000), stirred(20_010), request(26_000, 422)]
    check([refused(0), refused(9_000), *slow], ["early", "confirmed"], until=30_000)


def test_an_answer_that_stays_quiet_is_a_success() -> None:
    well = [[{"make": Validation, "at": 20_005, "el": field("vat"), "cleared": True}], stirred(20_010)]
    check([refused(0), refused(9_000), submitted(20_000), *well, refused(40_000)], ["early"], until=50_000)


def test_button_is_named() -> None:
    signals = failures(
        *thrice(lambda at: [click(at, "activate", label="Activate project"), request(at + 300, 402)])
    )
    assert signals[-1].struggle == "control:activate@/settings"
    assert signals[-1].reason == "“Activate project” failed 3 times in a row."
    assert control("x").fp == "x"


def test_evidence_begins_anew_after_a_success() -> None:
    well = [submitted(9_000), page(9_400, "/done"), page(12_000, "/settings")]
    (signal,) = failures(refused(0), *well, refused(20_000), refused(30_000))
    assert [e.at % 1_700_000_000_000 for e in signal.evidence] == [20_200, 30_200]
