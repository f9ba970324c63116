"""Visitors, the aliases that link them to persons, and what they consented to."""

from __future__ import annotations

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.domain.person import Consent
from beforehand.ports.stores import VisitorRow

_SELECT = (
    "SELECT v.id, v.secret_hash, v.arm, v.created, (SELECT a.person FROM alias a"
    " WHERE a.workspace_id = v.workspace_id AND a.visitor = v.id AND a.undone IS NULL"
    " ORDER BY a.at DESC, a.person DESC LIMIT 1) FROM visitor v WHERE v.workspace_id = ?"
)


class VisitorStore(Writes):
    def create(self, row: VisitorRow) -> None:
        self._do(_create, row)

    def link(self, visitor: str, person: str, at: int) -> None:
        self._do(_link, visitor, person, at)

    def consent(self, visitor: str, value: Consent, at: int, purpose: str = "help", text: str = "") -> None:
        self._do(_consent, visitor, value, at, purpose, text)


class VisitorReader(Reads):
    async def by_secret(self, secret_hash: str) -> VisitorRow | None:
        return await self._ask(_find, "v.secret_hash", secret_hash)

    async def get(self, visitor: str) -> VisitorRow | None:
        return await self._ask(_find, "v.id", visitor)

    async def consent(self, visitor: str, purpose: str = "help") -> str:
        return await self._ask(_consented, visitor, purpose)


def _create(db: Db, workspace: str, row: VisitorRow) -> None:
    db.run(
        "INSERT INTO visitor (workspace_id, id, secret_hash, arm, created) VALUES (?, ?, ?, ?, ?)",
        (workspace, row.id, row.secret_hash, row.arm, row.created),
    )
    if row.person:
        _link(db, workspace, row.id, row.person, row.created)


def _link(db: Db, workspace: str, visitor: str, person: str, at: int) -> None:
    db.run(
        "INSERT INTO alias (workspace_id, visitor, person, at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, visitor, person, at) DO NOTHING",
        (workspace, visitor, person, at),
    )


def _consent(db: Db, workspace: str, visitor: str, value: str, at: int, purpose: str, text: str) -> None:
    db.run(
        "INSERT INTO consent (workspace_id, visitor, purpose, at, value, text_version)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, visitor, purpose, at) DO UPDATE"
        " SET value = excluded.value, text_version = excluded.text_version",
        (workspace, visitor, purpose, at, value, text),
    )


def _find(db: Db, workspace: str, column: str, value: str) -> VisitorRow | None:
    row = db.row(f"{_SELECT} AND {column} = ?", (workspace, value))
    if row is None:
        return None
    visitor, secret_hash, arm, created, person = row
    return VisitorRow(visitor, secret_hash, arm, created, person or "")


def _consented(db: Db, workspace: str, visitor: str, purpose: str) -> str:
    row = db.row(
        "SELECT value FROM consent WHERE workspace_id = ? AND visitor = ? AND purpose = ?"
        " ORDER BY at DESC LIMIT 1",
        (workspace, visitor, purpose),
    )
    return str(row[0]) if row else ""
