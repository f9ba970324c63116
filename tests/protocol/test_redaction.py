"""The redactor's answers are the golden file's; the widget's units hold its twin to the same file."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from beforehand.domain.event import Event
from beforehand.protocol.redaction import FIELD_LIMITS, redact, redact_tree, suspect

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


def test_no_name_of_a_free_record_shields_its_value() -> None:
    secrets = dict.fromkeys(("source", "form", "type", "what", "fp", "t", "decision"), "mara@secret.example")
    for record in ("properties", "entries", "traits"):
        assert set(redact_tree({record: secrets})[record].values()) == {"[email]"}
    numbers = {"card": 4242424242424242, "when": 1_795_521_600_000, "share": 0.5, "on": True}
    assert redact_tree({"properties": numbers})["properties"] == {**numbers, "card": "[card]"}


def test_a_machine_word_must_look_like_one() -> None:
    tree = {
        "fp": "4242 4242 4242 4242",
        "form": "mara@secret.example",
        "type": "a@b.example",
        "decision": "0a" * 16,
    }
    assert redact_tree(tree) == {"fp": "[card]", "form": "[email]", "type": "[email]", "decision": "0a" * 16}


@given(st.from_regex(r"([?&#;a-c=.@: 0-9]|eyJ|sk_){1,64}", fullmatch=True))
def test_a_redacted_text_still_fits_its_field(text: str) -> None:
    tree = redact_tree({"label": text * 2, "properties": {text: text}})
    assert len(tree["label"]) <= 160
    assert all(len(key) <= 64 for key in tree["properties"])


def test_the_limits_of_fields_are_those_of_the_types() -> None:
    found = set(re.findall(r"max_length=(\d+), pattern", str(inspect.multi_type_info(get_args(Event)))))
    assert {int(limit) for limit in found} == set(FIELD_LIMITS)


HARD = ["a-", "aB-", "a", "eyJ-", "+1 ", "?a", "0-", "1.", "a:", "://a", "a.@", "AA00 ", "Bearer ", "a%40"]


@pytest.mark.parametrize("unit", HARD)
def test_the_cost_of_a_text_grows_with_its_length_only(unit: str) -> None:
    """Eight times the text may cost some sixteen times as much, not sixty-four: nothing here is quadratic for long."""
    short, long = (unit * 3_000)[:2_000], (unit * 24_000)[:16_000]
    assert _seconds(long) < 30 * _seconds(short) + 0.001


def _seconds(text: str) -> float:
    def once() -> float:
        began = time.thread_time()
        redact(text)
        return time.thread_time() - began

    return min(once() for _ in range(5))


def labelled(shared_dir: Path, kind: str) -> list[tuple[str, str]]:
    """(sentence, value) of every labelled value of a kind in a published corpus."""
    path = shared_dir / "corpora" / "pii" / "synth_dataset_v2.json"
    if not path.is_file():
        pytest.skip("the labelled sentences with personal data among the shared data sets")
    rows = json.loads(path.read_text())
    return [
        (row["full_text"], span["entity_value"])
        for row in rows
        for span in row["spans"]
        if span["entity_type"] == kind
    ]


@pytest.mark.parametrize("kind", ["CREDIT_CARD", "US_SSN", "EMAIL_ADDRESS"])
def test_labelled_values_of_a_published_corpus_do_not_pass(shared_dir: Path, kind: str) -> None:
    found = labelled(shared_dir, kind)
    passed = [value for text, value in found if value in redact(text)]
    assert found and len(passed) <= 0.01 * len(found), passed


def test_trees_keep_machine_words_and_clean_free_records() -> None:
    fingerprint = "a1b2c3d4" * 4
    tree = {
        "t": "track", "fp": fingerprint,
        "properties": {"mail": "a@b.example", "n": 3, "a@b.example": [fingerprint]},
    }  # fmt: skip
    assert redact_tree(tree) == {
        "t": "track", "fp": fingerprint, "properties": {"mail": "[email]", "n": 3, "[email]": ["[id]"]},
    }  # fmt: skip
