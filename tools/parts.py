"""The parts of ./dev test: each runs, is counted and is timed, whatever became of the others."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import CACHE, ROOT
from tools.environment import PYTHON, VENV
from tools.machine import browser
from tools.running import listen
from tools.say import seconds

LIMIT_S = 900.0
"""No part takes a quarter of this; one that hangs must not hold up the verdict on the others."""
WORKERS = "2"
"""Python test processes: one a core of the smallest machine that this is meant for."""


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (
            f", {self.skipped} skipped" if self.skipped else ""
        )


@dataclass(frozen=True)
class Part:
    """argv in cwd; count(code, output) says how many tests that was. Its output is shown as it comes."""

    name: str
    argv: tuple[str, ...]
    count: Callable[[int, str], Count]
    cwd: Path = ROOT
    extra: Mapping[str, str] | None = None
    limit_s: float = LIMIT_S


@dataclass(frozen=True)
class Result:
    name: str
    count: Count
    took_s: float


def one(code: int, _said: str) -> Count:
    """A check that is one test as a whole."""
    return Count(passed=1) if code == 0 else Count(failed=1)


def node_tests(code: int, said: str) -> Count:
    """Node's own runner ends with "# pass 12" or "ℹ pass 12", by its reporter."""
    found = {
        key: int(number)
        for key, number in re.findall(r"^[#ℹ] (pass|fail|cancelled|skipped) (\d+)", said, re.M)
    }
    failed = found.get("fail", 0) + found.get("cancelled", 0)
    if not found.get("pass") or (code != 0 and failed == 0):
        failed += 1
    return Count(found.get("pass", 0), failed, found.get("skipped", 0))


def pytest_report(report: Path) -> Callable[[int, str], Count]:
    def count(code: int, _said: str) -> Count:
        try:
            suite = ET.parse(report).getroot().find("testsuite")
        except (OSError, ET.ParseError):
            return Count(failed=1)
        if suite is None:
            return Count(failed=1)
        total, skipped = int(suite.get("tests", "0")), int(suite.get("skipped", "0"))
        failed = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        if code != 0 and failed == 0:
            failed = 1
        return Count(max(total - failed - skipped, 0), failed, skipped)

    return count


def pytest(name: str, folder: str, *args: str) -> Part:
    report = CACHE / f"{folder.replace('/', '-')}.xml"
    report.unlink(missing_ok=True)
    argv = (str(PYTHON), "-m", "pytest", folder, "-q", f"--junitxml={report}", *args)
    return Part(name, argv, pytest_report(report), extra=_test_environment())


def _test_environment() -> dict[str, str]:
    """What ./dev test installed has to be there: a missing server or browser fails, it is not skipped."""
    found = {"HF_HUB_OFFLINE": "1", "BEFOREHAND_REQUIRE_POSTGRES": "1", "BEFOREHAND_REQUIRE_CHROMIUM": "1"}
    chromium = browser()
    return found | ({"BEFOREHAND_CHROMIUM": chromium} if chromium else {})


def lint() -> list[Part]:
    bin_ = VENV / "bin"
    return [
        Part("ruff", (str(bin_ / "ruff"), "check", "."), one),
        Part("types (mypy --strict)", (str(bin_ / "mypy"),), one),
        Part("contracts (import-linter)", (str(bin_ / "lint-imports"),), one),
    ]


def widget() -> list[Part]:
    folder = ROOT / "widget"
    if not (folder / "package.json").exists():
        return []
    return [
        Part("widget types and cycles", ("npm", "run", "--silent", "check"), one, folder),
        Part("widget units", ("npm", "test", "--silent"), node_tests, folder),
        Part("widget size", ("npm", "run", "--silent", "size"), one, folder),
    ]


def python(*args: str) -> list[Part]:
    return [pytest("python", "tests", "-n", WORKERS, "--dist", "load", *args)]


def stories() -> list[Part]:
    """A file stays in one process: its stories share a running server. They wait far more than they compute."""
    has_any = any((ROOT / "e2e").rglob("test_*.py"))
    return [pytest("stories in Chromium", "e2e", "-n", WORKERS, "--dist", "loadfile")] if has_any else []


def run(parts: list[Part]) -> list[Result]:
    return [_run(part) for part in parts]


def _run(part: Part) -> Result:
    print(f"\n== {part.name}", flush=True)
    started = time.monotonic()
    said: list[str] = []

    def show(line: str) -> None:
        said.append(line)
        sys.stdout.write(line)
        sys.stdout.flush()

    try:
        code = listen(
            part.argv, show, part.cwd, {"PYTHONUNBUFFERED": "1", **(part.extra or {})}, part.limit_s
        )
    except OSError as error:
        print(f"{part.argv[0]} did not start: {error}", flush=True)
        return Result(part.name, Count(failed=1), 0.0)
    took_s = time.monotonic() - started
    if code == -signal.SIGKILL and took_s >= part.limit_s:
        print(f"ended after {seconds(part.limit_s)}: it hangs", flush=True)
    return Result(part.name, part.count(code, "".join(said)), took_s)


def summary(results: list[Result], setup_s: float) -> int:
    """Prints a line a part and the closing line; returns the exit code."""
    total = sum((result.count for result in results), Count())
    print(f"\n== summary{' (CI)' if os.environ.get('CI') else ''}")
    for result in results:
        mark = "FAILED" if result.count.failed else "ok"
        print(f"  {mark:<7} {result.name:<28} {result.count!s:<36} {seconds(result.took_s)}")
    print(f"set-up took {seconds(setup_s)}, the tests {seconds(sum(result.took_s for result in results))}")
    if total.passed + total.failed == 0:
        total = Count(failed=1)
        print("no test ran, which counts as a failure")
    print(total, flush=True)
    return 1 if total.failed else 0
