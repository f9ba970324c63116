"""Tapes and their rows."""

from __future__ import annotations

from beforehand.adapters.storage.engine import Db, Row
from beforehand.adapters.storage.packing import unpack
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.domain.errors import Refused
from beforehand.ports.stores import Batch, TapeRow

BATCH_COLUMNS = (
    "workspace_id, session, n, count, tape, first_seq, last_seq, received_at, origin, schema, encoding, body"
)


class TapeStore(Writes):
    def open(self, tape: TapeRow) -> None:
        self._do(_open, tape)

    def append(self, batch: Batch) -> None:
        self._do(_append, batch)

    def skip(self, tape: str, first: int, last: int) -> None:
        self._do(_skip, tape, first, last)

    def assign(self, tape: str, session: str) -> None:
        self._do(_assign, tape, session)


class TapeReader(Reads):
    async def get(self, tape: str) -> TapeRow | None:
        return await self._ask(_get, tape)

    async def entries(self, session: str, from_n: int = 0, limit: int = 10_000) -> list[Batch]:
        return await self._ask(_entries, session, from_n, limit)


def _open(db: Db, workspace: str, tape: TapeRow) -> None:
    made = db.run(
        "INSERT INTO tape (workspace_id, id, visitor, session, mark_seq, origin) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, id) DO NOTHING",
        (workspace, tape.id, tape.visitor, tape.session, tape.mark, tape.origin),
    )
    if made:
        return
    known = db.row("SELECT visitor FROM tape WHERE workspace_id = ? AND id = ?", (workspace, tape.id))
    if known is None or known[0] != tape.visitor:
        raise Refused("tape belongs to another visitor")


def _append(db: Db, workspace: str, batch: Batch) -> None:
    db.append([(workspace, batch)])


def _skip(db: Db, workspace: str, tape: str, first: int, last: int) -> None:
    moved = db.run(
        "UPDATE tape SET mark_seq = ? WHERE workspace_id = ? AND id = ? AND mark_seq = ?",
        (last, workspace, tape, first - 1),
    )
    if not moved:
        raise Refused("gap")


def _assign(db: Db, workspace: str, tape: str, session: str) -> None:
    moved = db.run(
        "UPDATE tape SET session = ? WHERE workspace_id = ? AND id = ?", (session, workspace, tape)
    )
    if not moved:
        raise Refused("no such tape")


def _get(db: Db, workspace: str, tape: str) -> TapeRow | None:
    row = db.row(
        "SELECT id, visitor, session, mark_seq, origin FROM tape WHERE workspace_id = ? AND id = ?",
        (workspace, tape),
    )
    return TapeRow(*row) if row else None


def _entries(db: Db, workspace: str, session: str, from_n: int, limit: int) -> list[Batch]:
    """The last row that begins at or before from_n is where to start: it alone may hold from_n."""
    rows = db.rows(
        f"SELECT {BATCH_COLUMNS} FROM tape_batch WHERE workspace_id = ? AND session = ? AND n >= COALESCE("
        "(SELECT MAX(n) FROM tape_batch WHERE workspace_id = ? AND session = ? AND n <= ?), 0)"
        " ORDER BY n LIMIT ?",
        (workspace, session, workspace, session, from_n, limit + 1),
    )
    batches = [_batch(row) for row in rows]
    return [batch for batch in batches if batch.n + batch.count > from_n][:limit]


def _batch(row: Row) -> Batch:
    _, session, n, count, tape, first, last, received_at, origin, schema, encoding, body = row
    return Batch(
        session, n, count, tape or "", first, last, received_at, unpack(encoding, body), origin, schema
    )
