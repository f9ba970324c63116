"""Opening storage in tests, and a workspace with enough in it to write events to."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from beforehand.adapters.storage import open_storage
from beforehand.adapters.storage.migrate import migrate_postgres
from beforehand.adapters.storage.sqlite import SqliteEngine
from beforehand.adapters.system import SystemClock, SystemIds
from beforehand.domain.decision import Decision, Gate
from beforehand.domain.signal import Signal
from beforehand.domain.source import Source, Workspace
from beforehand.ports.stores import Batch, SessionRow, Storage, TapeRow, VisitorRow
from tests import pg

SECRET_KEY = b"0123456789abcdef0123456789abcdef"
IDS = SystemIds()


@dataclass(frozen=True)
class Place:
    """A database: open() may be called several times, as several nodes would."""

    dialect: str
    url: str
    folder: Path

    def storage(self, secret_key: bytes = SECRET_KEY) -> Storage:
        return open_storage(self.url, self.folder, secret_key, SystemClock(), SystemIds())

    @asynccontextmanager
    async def open(self, secret_key: bytes = SECRET_KEY) -> AsyncIterator[Storage]:
        storage = self.storage(secret_key)
        await storage.start()
        try:
            yield storage
        finally:
            await storage.stop()


@lru_cache(1)
def _migrated_file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        SqliteEngine(path, path.parent, SystemClock()).migrate()
        return path.read_bytes()


@lru_cache(1)
def _migrated_template(server: pg.PostgresServer) -> str:
    name = "migrated"
    migrate_postgres(server.create(name))
    return name


def sqlite_place(folder: Path, *, migrated: bool = False) -> Place:
    """migrated: begin with empty tables (a copy, quicker than making them); else with nothing."""
    path = folder / "beforehand.db"
    if migrated:
        path.write_bytes(_migrated_file())
    return Place("sqlite", f"sqlite:///{path}", folder)


def postgres_place(folder: Path, *, migrated: bool = False) -> Place:
    """A new database on the shared private server; skips aloud where there is no PostgreSQL."""
    try:
        server = pg.shared()
    except pg.PostgresMissing as missing:
        if os.environ.get("BEFOREHAND_REQUIRE_POSTGRES"):
            raise
        pytest.skip(str(missing))
    template = _migrated_template(server) if migrated else "template1"
    return Place("postgresql", server.create(f"t{IDS.new()}", template), folder)


def batch(first: int, last: int = 0, *, n: int = -1, tape: str = "t1", session: str = "e1") -> Batch:
    """Rows first..last of a tape whose events sit at mailbox positions seq - 1."""
    last = last or first
    position = first - 1 if n < 0 else n
    body = b'[{"t":"closing","seq":%d,"at":0}]' % first
    return Batch(session, position, last - first + 1, tape, first, last, 1_000 + first, body, origin=500)


def signal(kind: str = "rage_click", struggle: str = "k1", at: int = 5) -> Signal:
    return Signal(
        kind=kind,  # type: ignore[arg-type]
        tier="confirmed",
        at=at,
        tape="t1",
        route="/r",
        struggle=struggle,
        strength=0.5,
        reason="Four clicks in a second.",
    )


def decision(key: str = "d1", session: str = "e1", n: int = 1) -> Decision:
    return Decision(
        id=key,
        session=session,
        n=n,
        at=10 + n,
        struggle="k1",
        signal="rage_click",
        action="show",
        gates=(Gate("consent", True, "given"),),
        candidates=(),
        arm="treatment",
        propensity=1.0,
        risk=0.4,
    )


async def furnish(storage: Storage, workspace: str, tag: str = "") -> None:
    """A workspace with source s1, visitor v1, session e1 and tape t1. tag: makes texts its own."""
    await storage.system.create_workspace(Workspace(workspace, f"Workspace {tag}"))
    async with storage.work(workspace) as tx:
        tx.sources.add(
            Source("s1", workspace, f"site{tag}", f"pk_{workspace}", ("https://app.example",), (f"shh{tag}",))
        )
        tx.visitors.create(VisitorRow("v1", "hash1", "treatment", 1))
        tx.sessions.create(SessionRow("e1", "v1", "", "s1", 1, 1))
        tx.tapes.open(TapeRow("t1", "v1", "e1", 0, 500))
