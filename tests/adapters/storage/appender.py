"""A process to be killed: appends to many tapes without end and prints "tape seq" for what was acknowledged.

python -m tests.adapters.storage.appender URL FOLDER MODE     MODE: honest (prints after the commit) or
early (prints when it hands the row over: the defence switched off).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from functools import partial
from pathlib import Path

from beforehand.ports.stores import Storage, TapeRow
from tests.storing import Place, batch, furnish

TAPES = 20
UNDER_WAY = 400
"""Rows handed over and not yet acknowledged."""


def say(tape: str, seq: int) -> None:
    os.write(1, f"{tape} {seq}\n".encode())


async def main(url: str, folder: str, mode: str) -> None:
    async with Place(url.partition(":")[0], url, Path(folder)).open() as storage:
        await furnish(storage, "w1")
        async with storage.work("w1") as tx:
            for i in range(TAPES):
                tx.tapes.open(TapeRow(f"tape{i}", "v1", "e1", 0))
        await append_for_ever(storage, early=mode == "early")


async def append_for_ever(storage: Storage, *, early: bool) -> None:
    room = asyncio.Semaphore(UNDER_WAY)

    def done(tape: str, seq: int, error: BaseException | None) -> None:
        assert error is None, error
        room.release()
        if not early:
            say(tape, seq)

    for n in itertools.count():
        await room.acquire()
        tape, seq = f"tape{n % TAPES}", n // TAPES + 1
        storage.append("w1", batch(seq, n=n, tape=tape), partial(done, tape, seq))
        if early:
            say(tape, seq)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
