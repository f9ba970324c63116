"""Acknowledged means durable: a process is killed in mid-flight and nothing it said was kept is missing."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from beforehand.ports.stores import Storage
from tests.adapters.storage.appender import TAPES
from tests.storing import Place

pytestmark = pytest.mark.anyio

ACKS = 2_000
"""Lines read before the kill: some dozens of commits."""


def killed(place: Place, mode: str) -> dict[str, int]:
    """tape -> highest number the process said was kept, up to its death."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.storage.appender", place.url, str(place.folder), mode],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said: dict[str, int] = {}
    try:
        for count, line in enumerate(process.stdout):
            if count == ACKS:
                process.kill()
            if line.startswith("tape") and line.endswith("\n"):
                tape, seq = line.split()
                said[tape] = int(seq)
    finally:
        process.kill()
        process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    assert len(said) == TAPES
    return said


async def missing(storage: Storage, said: dict[str, int]) -> int:
    """How many acknowledged rows are not there; checks marks against rows, too."""
    async with storage.read("w1") as tx:
        rows = await tx.tapes.entries("e1", limit=1_000_000)
        marks = {tape: await tx.tapes.get(tape) for tape in said}
    held = {(row.tape, row.first_seq) for row in rows}
    for tape, row in marks.items():
        assert row is not None
        assert {seq for name, seq in held if name == tape} == set(range(1, row.mark + 1))
    return sum((tape, seq) not in held for tape, last in said.items() for seq in range(1, last + 1))


async def test_nothing_acknowledged_is_lost_by_a_kill(place: Place) -> None:
    said = killed(place, "honest")
    async with place.open() as storage:
        assert await missing(storage, said) == 0


async def test_control_an_early_acknowledgement_is_found_out(place: Place) -> None:
    said = killed(place, "early")
    async with place.open() as storage:
        assert await missing(storage, said) > 0
