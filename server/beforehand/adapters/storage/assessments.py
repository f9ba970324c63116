"""Assessments: the features of a prediction, written down when it was made."""

from __future__ import annotations

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Writes


class AssessmentStore(Writes):
    def add(self, session: str, n: int, at: int, body: bytes) -> None:
        self._do(_add, session, n, at, body)


class AssessmentReader(Reads):
    async def of(self, session: str) -> list[tuple[int, int, bytes]]:
        return await self._ask(_of, session)


def _add(db: Db, workspace: str, session: str, n: int, at: int, body: bytes) -> None:
    db.run(
        "INSERT INTO assessment (workspace_id, session, n, at, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, session, n) DO NOTHING",
        (workspace, session, n, at, body.decode()),
    )


def _of(db: Db, workspace: str, session: str) -> list[tuple[int, int, bytes]]:
    rows = db.rows(
        "SELECT n, at, body FROM assessment WHERE workspace_id = ? AND session = ? ORDER BY n",
        (workspace, session),
    )
    return [(n, at, body.encode()) for n, at, body in rows]
