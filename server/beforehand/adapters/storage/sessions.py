"""Sessions and their snapshots. A snapshot has its own table, so that a touch doesn't rewrite it."""

from __future__ import annotations

from beforehand.adapters.storage.engine import Db, Row
from beforehand.adapters.storage.packing import pack, unpack
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.domain.errors import Refused
from beforehand.ports.stores import SessionRow

_SELECT = (
    "SELECT s.id, s.visitor, s.person, s.source, s.started, s.last_at, s.fence, p.n, p.encoding, p.state"
    " FROM session s LEFT JOIN snapshot p ON p.workspace_id = s.workspace_id AND p.session = s.id"
    " WHERE s.workspace_id = ?"
)


class SessionStore(Writes):
    def create(self, row: SessionRow) -> None:
        self._do(_create, row)

    def touch(self, session: str, last_at: int) -> None:
        self._do(_touch, session, last_at)

    def snapshot(self, session: str, n: int, state: bytes) -> None:
        self._do(_snapshot, session, n, state)

    def link(self, session: str, person: str) -> None:
        self._do(_link, session, person)


class SessionReader(Reads):
    async def get(self, session: str) -> SessionRow | None:
        return await self._ask(_get, session)

    async def latest(self, visitor: str) -> SessionRow | None:
        return await self._ask(_latest, visitor)

    async def recent(self, limit: int) -> list[SessionRow]:
        return await self._ask(_recent, limit)


def _create(db: Db, workspace: str, row: SessionRow) -> None:
    db.run(
        "INSERT INTO session (workspace_id, id, visitor, person, source, started, last_at, fence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            workspace, row.id, row.visitor, row.person or None, row.source, row.started, row.last_at,
            row.fence,
        ),
    )  # fmt: skip
    if row.snapshot:
        _snapshot(db, workspace, row.id, row.snapshot_n, row.snapshot)


def _touch(db: Db, workspace: str, session: str, last_at: int) -> None:
    """last_at never goes back: of two writers the later time stands."""
    db.run(
        "UPDATE session SET last_at = ? WHERE workspace_id = ? AND id = ? AND last_at < ?",
        (last_at, workspace, session, last_at),
    )


def _snapshot(db: Db, workspace: str, session: str, n: int, state: bytes) -> None:
    encoding, stored = pack(state)
    db.run(
        "INSERT INTO snapshot (workspace_id, session, n, encoding, state) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, session) DO UPDATE"
        " SET n = excluded.n, encoding = excluded.encoding, state = excluded.state"
        " WHERE snapshot.n <= excluded.n",
        (workspace, session, n, encoding, stored),
    )


def _link(db: Db, workspace: str, session: str, person: str) -> None:
    linked = db.run(
        "UPDATE session SET person = ? WHERE workspace_id = ? AND id = ?",
        (person or None, workspace, session),
    )
    if not linked:
        raise Refused("no such session")


def _get(db: Db, workspace: str, session: str) -> SessionRow | None:
    row = db.row(f"{_SELECT} AND s.id = ?", (workspace, session))
    return _session(row) if row else None


def _latest(db: Db, workspace: str, visitor: str) -> SessionRow | None:
    row = db.row(
        f"{_SELECT} AND s.visitor = ? ORDER BY s.last_at DESC, s.id DESC LIMIT 1", (workspace, visitor)
    )
    return _session(row) if row else None


def _recent(db: Db, workspace: str, limit: int) -> list[SessionRow]:
    rows = db.rows(f"{_SELECT} ORDER BY s.last_at DESC, s.id DESC LIMIT ?", (workspace, limit))
    return [_session(row) for row in rows]


def _session(row: Row) -> SessionRow:
    session, visitor, person, source, started, last_at, fence, n, encoding, state = row
    kept = unpack(encoding, state) if state is not None else b""
    return SessionRow(session, visitor, person or "", source, started, last_at, kept, n or 0, fence)
