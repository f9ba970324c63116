from __future__ import annotations

from typing import Any

import pytest

from beforehand.domain.event import Activity, Closing, Visibility
from beforehand.loop.step_example import edit, focus, page, refused, submitted, tape

Part = list[dict[str, Any]]
BEGUN = [edit(0, "name"), edit(4_000, "city")]
CLOSED: Part = [{"make": Closing, "at": 9_000}]


def check(parts: list[Part], until: int, expected: list[str]) -> None:
    signals = [s for s in tape(*parts, until=until) if s.kind == "form_abandonment"]
    assert [s.tier for s in signals] == expected


@pytest.mark.parametrize(
    ("parts", "until", "expected"),
    [
        (BEGUN, 63_999, []),
        (BEGUN, 64_000, ["early"]),
        (BEGUN, 600_000, ["early"]),
        ([*BEGUN, page(9_000, "/x")], 38_999, []),
        ([*BEGUN, page(9_000, "/x")], 39_000, ["confirmed"]),
        ([*BEGUN, CLOSED], 39_000, ["confirmed"]),
        ([refused(0), edit(3_000, "vat"), page(9_000, "/x")], 39_000, ["confirmed"]),
    ],
    ids=["not-yet", "still", "once", "just-left", "left", "closed", "one-field-but-failed"],
)
def test_thresholds(parts: list[Part], until: int, expected: list[str]) -> None:
    check(parts, until, expected)


@pytest.mark.parametrize(
    ("why", "parts", "until"),
    [
        ("one stray field", [edit(0, "name"), page(9_000, "/x")], 600_000),
        ("filled by the browser", [edit(0, "a", keys=0), edit(10, "b", keys=0), page(9_000, "/x")], 600_000),
        ("sent", [*BEGUN, submitted(8_000), page(8_400, "/x")], 600_000),
        ("sent and answered in place",
         [*BEGUN, submitted(8_000), [{"make": Activity, "at": 8_100, "kind": "mutation", "of": "click"}],
          page(20_000, "/x")], 600_000),
        ("came back", [*BEGUN, page(9_000, "/x"), page(20_000, "/settings"), edit(21_000, "city"),
                       submitted(23_000), page(23_300, "/y")], 600_000),
        ("a search form", [edit(0, "q", type="search"), edit(2_000, "city"), page(9_000, "/x")], 600_000),
        ("still at it", [*BEGUN, *[focus(t * 30_000, f"f{t}") for t in range(1, 6)]], 200_000),
    ],
)  # fmt: skip
def test_not_abandoned(why: str, parts: list[Part], until: int) -> None:
    check(parts, until, [])


def test_a_hidden_tab_is_not_leaving() -> None:
    check([*BEGUN, [{"make": Visibility, "at": 9_000, "visible": False}]], 600_000, [])


def test_a_refused_form_that_is_left() -> None:
    story = tape(edit(0, "vat"), refused(2_000), edit(5_000, "vat"), page(9_000, "/x"), until=60_000)
    signals = [s for s in story if s.kind == "form_abandonment"]
    assert signals[0].message == "Enter a valid VAT number."
    assert signals[0].reason == "“Tax” with 1 filled field was left for 30 s, after 1 failed try."
