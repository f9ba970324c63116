"""Small functions, small modules: the measured shape of livable code. ratchet.json may only shrink."""

from __future__ import annotations

import json
import statistics

from tests.house.tree import ROOT, function_lengths, modules

RATCHET = ROOT / "tests" / "house" / "ratchet.json"
MEDIAN_LINES = 10
"""Starlette has 5, httpx, river and import-linter 6 to 9."""
MOST_LINES = 35
"""Nine functions in ten are shorter there: 27 to 34."""


def test_most_functions_are_short() -> None:
    lengths = sorted(length for _, source in modules() for _, length in function_lengths(source))
    assert len(lengths) > 300, "the walk over the packages found next to nothing"
    assert statistics.median(lengths) < MEDIAN_LINES
    assert lengths[int(len(lengths) * 0.9)] < MOST_LINES


def test_no_module_grows_past_the_ratchet() -> None:
    ratchet = json.loads(RATCHET.read_text())
    limit, allowed = ratchet["longest_module_lines"], ratchet["longer"]
    lines = {name: len(source.splitlines()) for name, source in modules()}
    grown = {name: count for name, count in lines.items() if count > max(limit, allowed.get(name, 0))}
    assert not grown, f"longer than {limit} lines, or than ratchet.json lets them be: {grown}"


def test_the_ratchet_holds_nothing_that_is_short_again() -> None:
    ratchet = json.loads(RATCHET.read_text())
    lines = {name: len(source.splitlines()) for name, source in modules()}
    slack = {
        name: lines.get(name, 0) for name, count in ratchet["longer"].items() if lines.get(name, 0) < count
    }
    assert not slack, f"lower these entries of ratchet.json to what they are now, or take them out: {slack}"


def test_a_long_function_is_measured_without_its_docstring() -> None:
    source = 'def f():\n    """a\n    b\n    c"""\n    x = 1\n    return x\n'
    assert list(function_lengths(source)) == [("f", 3)]
