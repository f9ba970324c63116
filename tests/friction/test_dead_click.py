"""Dead click: absence of an answer, and the many things that are one."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.domain.event import Closing, Copy, Visibility
from beforehand.loop.step_example import click, control, error, page, submitted, tape

Part = list[dict[str, Any]]


def check(parts: list[Part], expected: list[str], until: int = 20_000) -> None:
    signals = [s for s in tape(*parts, until=until) if s.kind == "dead_click"]
    assert [s.tier for s in signals] == expected


@pytest.mark.parametrize(
    ("parts", "until", "expected"),
    [
        ([click(0, "send")], 3_699, []),
        ([click(0, "send")], 3_700, ["early"]),
        ([click(0, "send"), click(5_000, "send")], 20_000, ["early", "confirmed"]),
        ([click(0, "send"), click(999, "send")], 20_000, ["early"]),
        ([click(0, "send"), click(1_000, "send")], 20_000, ["early", "confirmed"]),
        ([click(0, "send"), click(60_000, "send")], 90_000, ["early", "confirmed"]),
        ([click(0, "send"), click(60_001, "send")], 90_000, ["early", "early"]),
        ([click(0, "send"), click(5_000, "other")], 20_000, ["early", "early"]),
    ],
    ids=["not-yet", "after-window-and-flush", "again", "double-click-is-one", "second-press",
        "within-a-minute",
         "after-a-minute", "two-controls"],
)  # fmt: skip
def test_thresholds(parts: list[Part], until: int, expected: list[str]) -> None:
    check(parts, expected, until)


def test_a_later_click_settles_it_without_waiting_for_a_tick() -> None:
    check([click(0, "send"), click(2_501, "other")], ["early"], until=0)
    check([click(0, "send"), click(2_500, "other")], [], until=0)


@pytest.mark.parametrize(
    ("why", "parts"),
    [
        ("answered at once", [click(0, "send", answered=1)]),
        ("answered at the end of the window", [click(0, "send", answered=2_500)]),
        ("answered by a navigation", [click(0, "send"), page(400, "/other")]),
        ("a slow page is not dead", [click(0, "send", answered=1_500)]),
        ("it submits a form", [click(0, "send", form="form"), submitted(5)]),
        ("an error follows: error_click's", [click(0, "send"), error(100)]),
        ("copied", [click(0, "copy"), [{"make": Copy, "at": 20, "el": control("copy")}]]),
        ("a mail program opens", [click(0, "mail"), [{"make": Visibility, "at": 700, "visible": False}]]),
        ("the document closes", [click(0, "link", tag="a"), [{"make": Closing, "at": 90}]]),
        ("closes later: nobody can tell", [click(0, "link", tag="a"), [{"make": Closing, "at": 2_000}]]),
        ("not a control", [click(0, "text", tag="p", role="", interactive=False)]),
        ("a text field", [click(0, "name", tag="input", type="text", role="textbox")]),
        ("a select", [click(0, "country", tag="select", role="combobox")]),
        ("a canvas", [click(0, "chart", tag="canvas", role="")]),
        ("its form is being sent", [submitted(0), click(500, "save", form="form")]),
    ],
)
def test_not_dead(why: str, parts: list[Part]) -> None:
    check(parts, [])


def test_a_check_box_is_a_control() -> None:
    check([click(0, "agree", tag="input", type="checkbox", role="checkbox")], ["early"])


def test_what_it_says() -> None:
    signals = tape(click(0, "send", label="Send"), click(5_000, "send", label="Send"), until=20_000)
    assert [s.reason for s in signals] == [
        "“Send” was clicked and nothing happened for 2.5 s.",
        "“Send” was clicked for the second time and nothing happened for 2.5 s.",
    ]
    assert {s.struggle for s in signals} == {"control:send@/settings"}
