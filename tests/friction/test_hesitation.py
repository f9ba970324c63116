from __future__ import annotations

from typing import Any

import pytest

from beforehand.domain.event import Closing, Scroll, Validation, Visibility
from beforehand.loop.step_example import click, edit, field, focus, page, tape

Part = list[dict[str, Any]]
BEGUN = edit(0, "name")


def blurred(at: int, name: str) -> Part:
    return focus(at, name, on=False)


def check(parts: list[Part], until: int, expected: list[str]) -> None:
    signals = [s for s in tape(*parts, until=until) if s.kind == "hesitation"]
    assert [s.tier for s in signals] == expected


@pytest.mark.parametrize(
    ("parts", "until", "expected"),
    [
        ([BEGUN, focus(1_000, "city")], 15_999, []),
        ([BEGUN, focus(1_000, "city")], 16_000, ["early"]),
        ([BEGUN, focus(1_000, "city")], 60_999, ["early"]),
        ([BEGUN, focus(1_000, "city")], 61_000, ["early", "confirmed"]),
        ([BEGUN, focus(1_000, "city")], 600_000, ["early", "confirmed"]),
        ([BEGUN, [{"make": Validation, "at": 500, "el": field("city"), "message": "No."}], focus(1_000,
            "city")],
         31_000, ["early", "confirmed"]),
        ([BEGUN, *[p for t in (1, 3, 5) for p in (focus(t * 1_000, "city"), blurred(t * 1_000 + 900,
            "city"))][:5]],
         35_000, ["early", "confirmed"]),
    ],
    ids=["not-yet", "early", "alone-not-yet", "alone", "once-a-stay", "with-a-message", "third-visit"],
)  # fmt: skip
def test_thresholds(parts: list[Part], until: int, expected: list[str]) -> None:
    check(parts, until, expected)


@pytest.mark.parametrize(
    ("why", "parts", "until"),
    [
        ("nobody began the form", [focus(1_000, "city")], 300_000),
        ("typing", [BEGUN, focus(1_000, "city"), edit(15_000, "city"), edit(29_000, "city")], 40_000),
        ("scrolling", [BEGUN, focus(1_000, "city"), [{"make": Scroll, "at": 15_000, "depth": 3}]], 29_000),
        ("clicking about", [BEGUN, focus(1_000, "city"), click(15_000, "help", answered=9)], 29_000),
        ("left the field", [BEGUN, focus(1_000, "city"), blurred(9_000, "city")], 300_000),
        ("left the page", [BEGUN, focus(1_000, "city"), page(9_000, "/x")], 25_000),
        (
            "tab hidden",
            [BEGUN, focus(1_000, "city"), [{"make": Visibility, "at": 5_000, "visible": False}]],
            300_000,
        ),
        ("closed", [BEGUN, focus(1_000, "city"), [{"make": Closing, "at": 5_000}]], 300_000),
        ("a long text takes its time", [BEGUN, focus(1_000, "note", tag="textarea", type="")], 45_000),
        ("a code is fetched elsewhere", [BEGUN, focus(1_000, "otp", label="Code")], 30_000),
        ("a password", [BEGUN, focus(1_000, "pw", type="password")], 30_000),
        ("a search box", [BEGUN, focus(1_000, "q", type="search")], 300_000),
        ("a check box", [BEGUN, focus(1_000, "ok", type="checkbox")], 300_000),
        ("filled by the browser only", [edit(0, "name", keys=0), focus(1_000, "city")], 300_000),
    ],
)
def test_not_hesitating(why: str, parts: list[Part], until: int) -> None:
    check(parts, until, [])


def test_what_it_says() -> None:
    signal = tape(BEGUN, focus(1_000, "city"), until=16_000)[0]
    assert signal.reason == "“city” has had the focus for 15 s without an entry."
    assert signal.struggle == "form:form@/settings"
