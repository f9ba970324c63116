"""Disk full, read-only, locked, server away: no acknowledgement, one sentence, reads go on, and it heals."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from beforehand.adapters.storage import sqlite as engine
from beforehand.adapters.storage import writer
from beforehand.domain.errors import Configuration, Unavailable
from beforehand.ports.stores import Batch, Storage
from tests import pg
from tests.storing import IDS, Place, batch, furnish, sqlite_place

pytestmark = pytest.mark.anyio

SMALL, LARGE = "size=2m", "size=64m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own; needs root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a disk that is full needs a tmpfs, and that needs root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def remount(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", disk], check=True)


async def append(storage: Storage, row: Batch) -> BaseException | None:
    told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
    storage.append("w1", row, told.set_result)
    return await told


def large(seq: int) -> Batch:
    """50 KB that don't compress."""
    return Batch("e1", seq - 1, 1, "t1", seq, seq, 1, os.urandom(50_000))


async def held(storage: Storage) -> int:
    """The mark, read; the rows under it are all there."""
    async with storage.read("w1") as tx:
        tape = await tx.tapes.get("t1")
        rows = await tx.tapes.entries("e1")
    assert tape is not None and [row.first_seq for row in rows] == list(range(1, tape.mark + 1))
    return int(tape.mark)


class Told:
    """Collects what callbacks are told and waits until all have been."""

    def __init__(self, expected: int) -> None:
        self.errors: list[BaseException | None] = []
        self._expected = expected
        self._all = asyncio.Event()

    def __call__(self, error: BaseException | None) -> None:
        self.errors.append(error)
        if len(self.errors) == self._expected:
            self._all.set()

    async def everyone(self) -> list[BaseException | None]:
        await self._all.wait()
        return self.errors


def assert_unavailable(error: BaseException | None) -> None:
    assert isinstance(error, Unavailable)
    assert error.sentence.endswith(".") and "\n" not in error.sentence


def assert_whole(place: Place) -> None:
    db = sqlite3.connect(place.url.removeprefix("sqlite:///"))
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


async def fill(storage: Storage) -> tuple[int, BaseException]:
    """(acknowledged rows, what ended it)."""
    for seq in range(1, 1_000):
        error = await append(storage, large(seq))
        if error is not None:
            return seq - 1, error
    raise AssertionError("the disk never filled")


async def test_a_full_disk(disk: Path) -> None:
    place = sqlite_place(disk)
    async with place.open() as storage:
        await furnish(storage, "w1")
        acked, error = await fill(storage)
        assert_unavailable(error)
        assert storage.health()["ok"] is False and storage.health()["last_error"]
        assert await held(storage) == acked > 0
        remount(disk, LARGE)
        assert await append(storage, large(acked + 1)) is None
        assert storage.health()["ok"] is True
        assert await held(storage) == acked + 1
    assert_whole(place)


async def test_a_disk_turned_read_only(disk: Path) -> None:
    """Only a file that nobody has open for writing can be made so; the writer finds it when it opens anew."""
    remount(disk, LARGE)
    place = sqlite_place(disk)
    async with place.open() as storage:
        await furnish(storage, "w1")
    remount(disk, "ro")
    with pytest.raises(Configuration, match="written"):
        await place.storage().start()
    remount(disk, "rw")
    async with place.open() as storage:
        assert await append(storage, batch(1)) is None
    assert_whole(place)


async def test_a_group_that_meets_a_full_database_is_not_acknowledged(
    sqlite: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs without root: SQLite itself refuses to grow past a number of pages, with the same error."""
    async with sqlite.open() as storage:
        await furnish(storage, "w1")
    monkeypatch.setattr(engine, "WRITER_PRAGMAS", (*engine.WRITER_PRAGMAS, "max_page_count=200"))
    async with sqlite.open() as storage:
        told: list[BaseException | None] = []
        for seq in range(1, 41):
            storage.append("w1", large(seq), told.append)
        with pytest.raises(Unavailable):
            async with storage.work("w1"):
                pass
        acked = sum(error is None for error in told)
        assert len(told) == 40 and acked < 40
        assert await held(storage) == acked
        monkeypatch.undo()
        assert await append(storage, large(acked + 1)) is None
    assert_whole(sqlite)


async def test_a_database_locked_by_another_process(sqlite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = tuple(p if "busy" not in p else "busy_timeout=20" for p in engine.WRITER_PRAGMAS)
    monkeypatch.setattr(engine, "WRITER_PRAGMAS", patient)
    async with sqlite.open() as storage:
        await furnish(storage, "w1")
        other = sqlite3.connect(sqlite.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert_unavailable(await append(storage, batch(1)))
        assert await held(storage) == 0
        other.execute("ROLLBACK")
        assert await append(storage, batch(1)) is None
        other.close()


async def test_a_full_queue_turns_away(sqlite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "QUEUE_BLOCKS", 10)
    async with sqlite.open() as storage:
        await furnish(storage, "w1")
        other = sqlite3.connect(sqlite.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = Told(30)
        for seq in range(1, 31):
            storage.append("w1", batch(seq), told)
        await asyncio.sleep(0)
        turned_away = len(told.errors)
        assert 19 <= turned_away <= 20
        assert all(isinstance(error, Unavailable) for error in told.errors)
        other.execute("ROLLBACK")
        other.close()
        assert (await told.everyone())[turned_away:] == [None] * (30 - turned_away)
        assert await held(storage) == 30 - turned_away


async def test_a_queue_full_of_bytes_turns_away(sqlite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "QUEUE_BYTES", 120_000)
    async with sqlite.open() as storage:
        await furnish(storage, "w1")
        other = sqlite3.connect(sqlite.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = Told(10)
        for seq in range(1, 11):
            storage.append("w1", large(seq), told)
        await asyncio.sleep(0)
        assert told.errors and all(isinstance(error, Unavailable) for error in told.errors)
        other.execute("ROLLBACK")
        other.close()
        kept = sum(error is None for error in await told.everyone())
        assert await held(storage) == kept >= 3
        assert await append(storage, large(kept + 1)) is None


@pytest.mark.parametrize("spoil", ["folder", "text"])
async def test_a_file_that_is_no_database(tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "beforehand.db"
    if spoil == "folder":
        path.mkdir()
    else:
        path.write_text("This is no database. " * 100)
    with pytest.raises(Configuration, match=r"beforehand\.db"):
        await sqlite_place(tmp_path).storage().start()


async def test_the_database_is_for_its_owner_only(sqlite: Place) -> None:
    async with sqlite.open() as storage:
        await furnish(storage, "w1")
        for file in sqlite.folder.glob("beforehand.db*"):
            assert file.stat().st_mode & 0o077 == 0, file


async def test_secrets_are_not_in_the_files(sqlite: Place) -> None:
    async with sqlite.open() as storage:
        await furnish(storage, "w1", tag="-canary-9f31")
        files = b"".join(file.read_bytes() for file in sqlite.folder.glob("beforehand.db*"))
    assert b"site-canary-9f31" in files
    assert b"shh-canary-9f31" not in files


async def test_postgres_goes_away_and_comes_back(tmp_path: Path) -> None:
    try:
        server = pg.PostgresServer()
    except pg.PostgresMissing as missing:
        pytest.skip(str(missing))
    try:
        server.start()
        place = Place("postgresql", server.create(f"t{IDS.new()}"), tmp_path)
        async with place.open() as storage:
            await furnish(storage, "w1")
            assert await append(storage, batch(1)) is None
            server.stop()
            assert_unavailable(await append(storage, batch(2)))
            assert storage.health()["ok"] is False
            with pytest.raises(Unavailable):
                await held(storage)
            with pytest.raises(Configuration, match="PostgreSQL"):
                await place.storage().start()
            server.start()
            assert await held(storage) == 1
            assert await append(storage, batch(2)) is None
            assert storage.health()["ok"] is True
    finally:
        server.close()
