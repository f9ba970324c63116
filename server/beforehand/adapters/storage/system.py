"""The one door without a workspace: workspaces themselves, and which one a public key belongs to."""

from __future__ import annotations

from beforehand.adapters.storage.engine import Db, Row
from beforehand.adapters.storage.readers import Readers
from beforehand.adapters.storage.sources import COLUMNS, source_of
from beforehand.adapters.storage.vault import Vault
from beforehand.adapters.storage.writer import Writer
from beforehand.domain.source import Source, Workspace

_WORKSPACE = "w.id, w.name, w.zone, w.epoch, w.holdout"


class SystemStore:
    """Named in a house test as the only store that needs no workspace."""

    def __init__(self, writer: Writer, readers: Readers, vault: Vault) -> None:
        self._writer = writer
        self._readers = readers
        self._vault = vault

    async def create_workspace(self, workspace: Workspace) -> None:
        """Raises Refused where its id is taken."""
        await self._writer.run([lambda db: _create(db, workspace)])

    async def workspaces(self) -> list[Workspace]:
        return await self._readers.ask(_workspaces)

    async def source_by_key(self, key: str) -> tuple[Workspace, Source] | None:
        return await self._readers.ask(lambda db: _by_key(db, key, self._vault))


def _create(db: Db, workspace: Workspace) -> None:
    db.run(
        "INSERT INTO workspace (id, name, zone, epoch, holdout, knowledge) VALUES (?, ?, ?, ?, ?, 0)",
        (workspace.id, workspace.name, workspace.zone, workspace.epoch, workspace.holdout),
    )


def _workspaces(db: Db) -> list[Workspace]:
    return [Workspace(*row) for row in db.rows(f"SELECT {_WORKSPACE} FROM workspace w ORDER BY w.id")]


def _by_key(db: Db, key: str, vault: Vault) -> tuple[Workspace, Source] | None:
    row: Row | None = db.row(
        f"SELECT {_WORKSPACE}, {COLUMNS} FROM source s JOIN workspace w ON w.id = s.workspace_id"
        " WHERE s.key = ?",
        (key,),
    )
    return (Workspace(*row[:5]), source_of(row[5:], vault)) if row else None


def check_vault(db: Db, vault: Vault) -> None:
    """Raises Configuration where the secrets of this database were sealed with another key."""
    row = db.row(f"SELECT {COLUMNS} FROM source s ORDER BY s.workspace_id, s.id LIMIT 1")
    if row is not None:
        source_of(row, vault)
