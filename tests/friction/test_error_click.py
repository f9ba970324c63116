from __future__ import annotations

from typing import Any

import pytest

from beforehand.loop.step_example import click, error, page, tape

Part = list[dict[str, Any]]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([click(0, "pay"), error(50)], ["early"]),
        ([click(0, "pay"), error(2_000)], ["early"]),
        ([click(0, "pay"), error(2_001)], []),
        ([click(0, "pay"), error(50), error(60)], ["early"]),
        ([click(0, "pay"), error(50), click(60_000, "pay"), error(60_050)], ["early", "confirmed"]),
        ([click(0, "pay"), error(50), click(60_001, "pay"), error(60_051)], ["early", "early"]),
        ([click(0, "pay"), error(50), click(4_000, "other"), error(4_050)], ["early", "early"]),
        ([error(50)], []),
        ([click(0, "pay"), error(50, kind="console")], []),
        ([click(0, "pay"), page(30, "/done"), error(50)], []),
        ([click(0, "pay", answered=10)], []),
    ],
    ids=["one", "at-limit", "past-limit", "two-errors-one-click", "again", "long-after", "two-controls",
        "no-cause",
         "console", "navigated-all-the-same", "no-error"],
)  # fmt: skip
def test_error_click(parts: list[Part], expected: list[str]) -> None:
    signals = [s for s in tape(*parts) if s.kind == "error_click"]
    assert [s.tier for s in signals] == expected


def test_it_carries_the_message_and_both_events() -> None:
    signal = tape(click(0, "pay", label="Pay"), error(50, "total is undefined"))[0]
    assert signal.message == "total is undefined"
    assert [e.seq for e in signal.evidence] == [2, 3]
    assert signal.reason == "A script failed 50 ms after “Pay” was clicked."
