"""The manual names every signal and every parameter, with the number that is in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from beforehand.friction.registry import FrictionRules
from beforehand.nudges.rules import NudgeRules
from beforehand.sessions import SessionRules

MANUAL = (Path(__file__).parents[2] / "docs" / "friction.md").read_text()


@pytest.mark.parametrize("kind", FrictionRules.__struct_fields__)
def test_every_parameter_stands_in_its_section(kind: str) -> None:
    section = MANUAL.split(f"(`{kind}`)\n", 1)[1].split("\n## ", 1)[0]
    rules = getattr(FrictionRules(), kind)
    for name in rules.__struct_fields__:
        if not name.startswith("max_"):
            assert f"| `{name}` | {getattr(rules, name)} |" in section


@pytest.mark.parametrize("name", ["settle_ms", "load_settle_ms", "late_ms", "try_settle_ms", "track_ms"])
def test_the_windows_of_a_submit(name: str) -> None:
    assert f"`{name}` ({getattr(SessionRules(), name)})" in MANUAL


@pytest.mark.parametrize("name", ["early_risk", "min_score"])
def test_the_thresholds_of_a_nudge(name: str) -> None:
    assert f"`{name}` ({getattr(NudgeRules(), name)})" in MANUAL
