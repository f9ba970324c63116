"""Sources of a workspace. Their secrets are sealed before they reach a statement."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beforehand.adapters.storage.engine import Db, Row
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.adapters.storage.vault import Vault
from beforehand.domain.errors import Refused
from beforehand.domain.source import Source

COLUMNS = "s.id, s.workspace_id, s.name, s.key, s.origins, s.secrets, s.environment, s.honour_privacy_signals"


class SourceStore(Writes):
    def add(self, source: Source) -> None:
        self._do(_add, source, self._recorder.vault.seal(source.secrets, _place(source.workspace, source.id)))

    def set_origins(self, source: str, origins: Sequence[str]) -> None:
        self._do(_set_origins, source, tuple(origins))


class SourceReader(Reads):
    async def all(self) -> list[Source]:
        return await self._ask(_all, self._asker.vault)


def _place(workspace: str, source: str) -> str:
    return f"source/{workspace}/{source}"


def _add(db: Db, workspace: str, source: Source, sealed: bytes) -> None:
    if source.workspace != workspace:
        raise Refused("source belongs to another workspace")
    db.run(
        "INSERT INTO source (workspace_id, id, name, key, origins, secrets, environment,"
        " honour_privacy_signals) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            workspace, source.id, source.name, source.key, _json(source.origins), sealed, source.environment,
            source.honour_privacy_signals,
        ),
    )  # fmt: skip


def _set_origins(db: Db, workspace: str, source: str, origins: tuple[str, ...]) -> None:
    changed = db.run(
        "UPDATE source SET origins = ? WHERE workspace_id = ? AND id = ?",
        (_json(origins), workspace, source),
    )
    if not changed:
        raise Refused("no such source")


def _all(db: Db, workspace: str, vault: Vault) -> list[Source]:
    rows = db.rows(f"SELECT {COLUMNS} FROM source s WHERE s.workspace_id = ? ORDER BY s.id", (workspace,))
    return [source_of(row, vault) for row in rows]


def source_of(row: Row, vault: Vault) -> Source:
    """Raises Configuration where the secrets were sealed with another key."""
    source, workspace, name, key, origins, sealed, environment, honour = row
    return Source(
        id=source,
        workspace=workspace,
        name=name,
        key=key,
        origins=msgspec.json.decode(origins, type=tuple[str, ...]),
        secrets=vault.open(sealed, _place(workspace, source)),
        environment=environment,
        honour_privacy_signals=bool(honour),
    )


def _json(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()
