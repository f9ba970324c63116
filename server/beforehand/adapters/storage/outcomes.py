"""Outcomes: the labels everything learns from."""

from __future__ import annotations

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.domain.outcome import Outcome


class OutcomeStore(Writes):
    def add(self, outcome: Outcome) -> None:
        self._do(_add, outcome)


class OutcomeReader(Reads):
    async def of(self, session: str) -> list[Outcome]:
        return await self._ask(_of, session)


def _add(db: Db, workspace: str, outcome: Outcome) -> None:
    """`decision` repeats the subject where it is one, so that the database can refuse a stranger's."""
    decision = outcome.subject if outcome.subject_kind == "decision" else None
    db.run(
        "INSERT INTO outcome (workspace_id, subject_kind, subject, kind, decision, at, source, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, subject_kind, subject, kind) DO NOTHING",
        (
            workspace, outcome.subject_kind, outcome.subject, outcome.kind, decision, outcome.at,
            outcome.source, outcome.reason,
        ),
    )  # fmt: skip


def _of(db: Db, workspace: str, session: str) -> list[Outcome]:
    rows = db.rows(
        "SELECT o.subject, o.kind, o.at, o.source, o.reason, o.subject_kind FROM outcome o JOIN decision d"
        " ON d.workspace_id = o.workspace_id AND d.id = o.decision"
        " WHERE d.workspace_id = ? AND d.session = ? ORDER BY o.at, o.subject, o.kind",
        (workspace, session),
    )
    return [Outcome(*row) for row in rows]
