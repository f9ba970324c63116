"""Rage click: what fires, at which tier, and everything that only looks like anger."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.loop.step_example import click, error, submitted, tape

Part = list[dict[str, Any]]


def burst(count: int, gap: int, name: str = "save", **more: Any) -> list[Part]:
    return [click(1_000 + i * gap, name, **more) for i in range(count)]


def check(parts: list[Part], expected: list[str], until: int = 0) -> None:
    signals = [s for s in tape(*parts, until=until) if s.kind == "rage_click"]
    assert [s.tier for s in signals] == expected


@pytest.mark.parametrize(
    ("parts", "until", "expected"),
    [
        (burst(2, 200), 10_000, []),
        (burst(3, 200), 0, ["early"]),
        (burst(3, 200), 2_299, ["early"]),
        (burst(3, 200), 2_300, ["early", "confirmed"]),
        (burst(4, 200), 0, ["early", "confirmed"]),
        (burst(8, 200), 10_000, ["early", "confirmed"]),
        (burst(4, 1_000), 0, ["early", "confirmed"]),
        (burst(4, 1_001), 10_000, []),
        (burst(4, 100), 0, ["early"]),
        (burst(4, 100), 1_399, ["early"]),
        (burst(4, 100), 1_400, ["early", "confirmed"]),
        (burst(5, 100), 0, ["early", "confirmed"]),
        (burst(8, 700), 0, ["early", "confirmed"]),
    ],
    ids=["double-click", "three", "three-before-quiet", "three-then-quiet", "four", "once-per-burst",
        "gap-at-limit",
         "gap-past-limit", "too-fast-to-have-waited", "fast-not-yet",
         "fast-then-waited", "fast-but-waited", "slow-anger"],
)  # fmt: skip
def test_thresholds(parts: list[Part], until: int, expected: list[str]) -> None:
    check(parts, expected, until)


@pytest.mark.parametrize(
    ("why", "parts"),
    [
        ("each click is answered", burst(8, 150, answered=20)),
        ("a late answer still is one", burst(4, 600, answered=500)),
        ("a stepper that answers", burst(6, 200, label="+", answered=10)),
        ("a stepper at its end needs more", burst(4, 200, label="+")),
        ("pagination", burst(4, 200, label="Next")),
        ("a carousel's arrow", burst(4, 200, label="›")),
        ("a keypad's digit", burst(4, 200, label="7")),
        ("a text field takes a caret", burst(5, 200, tag="input", type="text", role="textbox")),
        ("a text area", burst(5, 200, tag="textarea", role="")),
        ("a select opens by itself", burst(5, 200, tag="select", role="combobox")),
        ("a canvas answers unseen", burst(5, 200, tag="canvas", role="")),
        ("a video", burst(5, 200, tag="video", role="")),
        ("triple click on a paragraph", burst(3, 150, tag="p", role="", interactive=False)),
        ("selecting text", burst(5, 150, tag="p", role="", interactive=False, answered=5, kind="selection")),
        ("a held key repeats", burst(12, 30)),
        ("drift over a large surface", [click(i * 200, "save", x=150 * i) for i in range(5)]),
        ("two buttons in turn", [click(i * 200, "ab"[i % 2]) for i in range(8)]),
        ("an answer in the middle starts anew", [click(1_000, "save"), click(1_200, "save", answered=10),
                                                 click(1_400, "save"), click(1_600, "save")]),
        ("an error follows: error_click's", [*burst(4, 200),
            *[error(1_000 + i * 200 + 10) for i in range(4)]]),
        ("its form is being sent", [submitted(900), *burst(4, 200, form="form")]),
    ],
)  # fmt: skip
def test_not_anger(why: str, parts: list[Part]) -> None:
    check(parts, [])


def test_a_stepper_that_never_answers_is_anger_in_the_end() -> None:
    check(burst(6, 200, label="+"), ["early", "confirmed"])


def test_silence_alone_confirms_only_on_a_plain_control() -> None:
    check(burst(5, 200, label="Next"), ["early"], until=10_000)
    check(burst(4, 200, tag="div", role="", interactive=False), ["early"], until=10_000)


def test_hammering_on_what_is_no_control() -> None:
    check(burst(5, 200, tag="div", role="", interactive=False), ["early", "confirmed"])


def test_focus_of_itself_is_no_answer() -> None:
    check(burst(4, 200, answered=1, kind="focus"), ["early", "confirmed"])


def test_a_second_burst_speaks_again() -> None:
    second = [click(9_000 + i * 200, "save") for i in range(4)]
    check([*burst(4, 200), *second], ["early", "confirmed", "early", "confirmed"])


def test_what_it_says() -> None:
    signal = tape(*burst(4, 200, label="Send"))[-1]
    assert signal.reason == "“Send” was clicked 4 times within 0.6 s and nothing happened."
    assert signal.struggle == "control:save@/settings"
    assert signal.count == 4
    assert [e.seq for e in signal.evidence] == [2, 3, 4, 5]
    assert signal.element is not None and signal.element.fp == "save"
