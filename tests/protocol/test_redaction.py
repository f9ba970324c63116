"""The redactor's answers are the golden file's; the widget's units hold its twin to the same file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.protocol.redaction import redact, redact_tree, suspect

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "redaction.json").read_text())


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["in"][:30] or "empty")
def test_golden(case: dict[str, str]) -> None:
    assert redact(case["in"]) == case["out"]
    assert redact(case["out"]) == case["out"], "redacting twice changes nothing"


def test_there_are_enough_cases_of_both_kinds() -> None:
    changed = [case for case in GOLDEN if case["in"] != case["out"]]
    assert len(GOLDEN) >= 80 and len(changed) >= 50 and len(GOLDEN) - len(changed) >= 25


@given(st.text(max_size=200) | st.from_regex(r"[\w .@:/+-]{0,60}", fullmatch=True))
def test_the_quick_look_misses_nothing(text: str) -> None:
    if redact(text) != text:
        assert suspect(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["in"][:30] or "empty")
def test_the_quick_look_sees_every_golden_case(case: dict[str, str]) -> None:
    if case["in"] != case["out"]:
        assert suspect(json.dumps(case["in"], ensure_ascii=False).encode())
        assert suspect(json.dumps(case["in"]).encode()), "escapes hide nothing"


def test_trees_keep_machine_words_and_clean_free_records() -> None:
    fingerprint = "a1b2c3d4" * 4
    tree = {
        "t": "track", "fp": fingerprint,
        "properties": {"mail": "a@b.example", "n": 3, "a@b.example": [fingerprint]},
    }  # fmt: skip
    assert redact_tree(tree) == {
        "t": "track", "fp": fingerprint, "properties": {"mail": "[email]", "n": 3, "[email]": ["[id]"]},
    }  # fmt: skip
