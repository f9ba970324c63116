"""A process whose disk will be made to fail: appends one row at a time and never gives up.

python -m tests.adapters.storage.stubborn URL FOLDER     prints "kept SEQ" or "no SENTENCE"
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from beforehand.ports.stores import Batch, Storage
from tests.storing import Place, batch, furnish

PAUSE_S = 0.01
"""Between tries while the disk fails."""


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


async def append(storage: Storage, row: Batch) -> BaseException | None:
    told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
    storage.append("w1", row, told.set_result)
    return await told


async def held(storage: Storage) -> int:
    async with storage.read("w1") as tx:
        tape = await tx.tapes.get("t1")
    assert tape is not None
    return tape.mark


async def main(url: str, folder: str) -> None:
    async with Place("sqlite", url, Path(folder)).open() as storage:
        await furnish(storage, "w1")
        while True:
            seq = await held(storage) + 1
            error = await append(storage, batch(seq))
            say(f"kept {seq}" if error is None else f"no {error}")
            if error is not None:
                await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
