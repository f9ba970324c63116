"""fsync says EIO: nothing is acknowledged until it works again, reads go on, and no restart is needed."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storing import Place, sqlite_place

pytestmark = pytest.mark.anyio

POINTS = ("posix/io/sync/fsync", "posix/io/sync/fdatasync")
"""SQLite on Linux calls fdatasync: failing fsync alone would prove nothing."""
LINES = 50
PATIENCE = 20_000
"""Lines: more than a pipe holds (64 KiB of some 8 bytes each)."""


@pytest.fixture
def sqlite(tmp_path: Path) -> Place:
    if shutil.which("fiu-run") is None:
        pytest.skip("fiu-run is not installed (apt install fiu-utils): a failing fsync can't be injected")
    return sqlite_place(tmp_path, migrated=True)


@pytest.fixture
def child(sqlite: Place) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [
            "fiu-run", "-x", "-f", str(sqlite.folder / "fiu"), sys.executable, "-m",
            "tests.adapters.storage.stubborn", sqlite.url, str(sqlite.folder),
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def control(place: Place, process: subprocess.Popen[str], verb: str) -> None:
    commands = [part for point in POINTS for part in ("-c", f"{verb} name={point}" + errno(verb))]
    folder = str(place.folder / "fiu")
    subprocess.run(["fiu-ctrl", "-f", folder, *commands, str(process.pid)], check=True, capture_output=True)


def errno(verb: str) -> str:
    return ",failinfo=5" if verb == "enable" else ""


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def await_line(process: subprocess.Popen[str], start: str) -> None:
    """What was under way when the disk changed may still come first."""
    assert any(lines(process, 1)[0].startswith(start) for _ in range(PATIENCE)), (
        f"no line began with {start!r}"
    )


async def test_no_acknowledgement_while_fsync_fails(sqlite: Place, child: subprocess.Popen[str]) -> None:
    before = [line for line in lines(child, 200) if line.startswith("kept")]
    assert len(before) >= 199
    control(sqlite, child, "enable")
    await_line(child, "no ")
    failing = lines(child, LINES)
    assert all(line.startswith("no The database can't be used now: disk I/O error") for line in failing)
    control(sqlite, child, "disable")
    await_line(child, "kept")
    after = lines(child, LINES)
    assert all(line.startswith("kept") for line in after)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = int(after[-1].split()[1])
    async with sqlite.open() as storage, storage.read("w1") as tx:
        rows = [row.first_seq for row in await tx.tapes.entries("e1")]
    assert rows[:kept] == list(range(1, kept + 1))
