"""Decisions, their exposures, the caps they spend, and what was waved away."""

from __future__ import annotations

import msgspec

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.domain.decision import Decision
from beforehand.domain.errors import Refused

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Decision).decode


class DecisionStore(Writes):
    def add(self, decision: Decision) -> None:
        self._do(_add, decision)

    def expose(self, decision: str, state: str, at: int, reason: str) -> None:
        self._do(_expose, decision, state, at, reason)

    def reserve_cap(self, unit: str, cap: str, window: str, limit: int, at: int) -> None:
        self._do(_reserve_cap, unit, cap, window, limit, at)

    def dismiss(self, unit: str, struggle: str, at: int, reason: str) -> None:
        self._do(_dismiss, unit, struggle, at, reason)


class DecisionReader(Reads):
    async def of(self, session: str) -> list[Decision]:
        return await self._ask(_of, session)

    async def exposures(self, session: str) -> list[tuple[str, str, int, str]]:
        return await self._ask(_exposures, session)


def _add(db: Db, workspace: str, decision: Decision) -> None:
    d = decision
    db.run(
        "INSERT INTO decision (workspace_id, id, session, n, at, struggle, signal, action, arm, propensity,"
        " risk, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, id) DO NOTHING",
        (
            workspace, d.id, d.session, d.n, d.at, d.struggle, d.signal, d.action, d.arm, d.propensity,
            d.risk, _encode(d).decode(),
        ),
    )  # fmt: skip


def _expose(db: Db, workspace: str, decision: str, state: str, at: int, reason: str) -> None:
    db.run(
        "INSERT INTO exposure (workspace_id, decision, state, at, reason) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, decision, state) DO NOTHING",
        (workspace, decision, state, at, reason),
    )


def _reserve_cap(db: Db, workspace: str, unit: str, cap: str, window: str, limit: int, at: int) -> None:
    """Slots are never given back, so the count is the first that may be free; on PostgreSQL the insert waits
    for a rival that has not committed yet, and the unique key decides."""
    spent = db.row(
        "SELECT COUNT(*) FROM cap_use WHERE workspace_id = ? AND unit = ? AND cap = ? AND period = ?",
        (workspace, unit, cap, window),
    )
    for slot in range(spent[0] if spent else 0, limit):
        taken = db.run(
            "INSERT INTO cap_use (workspace_id, unit, cap, period, slot, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (workspace_id, unit, cap, period, slot) DO NOTHING",
            (workspace, unit, cap, window, slot, at),
        )
        if taken:
            return
    raise Refused(f"cap {cap}")


def _dismiss(db: Db, workspace: str, unit: str, struggle: str, at: int, reason: str) -> None:
    db.run(
        "INSERT INTO dismissal (workspace_id, unit, struggle, at, reason) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, unit, struggle) DO UPDATE SET at = excluded.at, reason = excluded.reason"
        " WHERE dismissal.at <= excluded.at",
        (workspace, unit, struggle, at, reason),
    )


def _of(db: Db, workspace: str, session: str) -> list[Decision]:
    rows = db.rows(
        "SELECT body FROM decision WHERE workspace_id = ? AND session = ? ORDER BY n, at, id",
        (workspace, session),
    )
    return [_decode(row[0]) for row in rows]


def _exposures(db: Db, workspace: str, session: str) -> list[tuple[str, str, int, str]]:
    rows = db.rows(
        "SELECT e.decision, e.state, e.at, e.reason FROM exposure e JOIN decision d"
        " ON d.workspace_id = e.workspace_id AND d.id = e.decision"
        " WHERE d.workspace_id = ? AND d.session = ? ORDER BY e.at, e.decision, e.state",
        (workspace, session),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
