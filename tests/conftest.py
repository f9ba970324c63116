"""What every test may ask for; what is missing on this machine is skipped, and said aloud at the end."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Large public data sets, kept beside the repository: BEFOREHAND_SHARED, else a folder of that name."""
    named = os.environ.get("BEFOREHAND_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared data sets (BEFOREHAND_SHARED)")
    return folder


def skip_reasons(skipped: list[pytest.TestReport]) -> Counter[str]:
    """How many tests were skipped for each reason."""
    reasons: Counter[str] = Counter()
    for report in skipped:
        if isinstance(report.longrepr, tuple):
            reasons[re.sub(r"^Skipped: ", "", str(report.longrepr[2]))] += 1
    return reasons


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, number in skip_reasons(terminalreporter.stats.get("skipped", [])).items():
        terminalreporter.write_line(f"skipped for want of {reason}: {number}", yellow=True)
