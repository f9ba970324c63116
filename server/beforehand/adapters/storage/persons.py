"""Persons and accounts, known by verified claims only; and what was shown to a unit before."""

from __future__ import annotations

import msgspec

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Result, Writes
from beforehand.domain.person import AccountClaims, UserClaims
from beforehand.ports.stores import PersonRow


class PersonStore(Writes):
    def upsert(self, person: str, claims: UserClaims, at: int) -> Result[str]:
        account = self._recorder.ids.new() if claims.account else ""
        return self._do(_upsert, person, account, claims, at)


class PersonReader(Reads):
    async def by_external(self, external_id: str) -> str | None:
        return await self._ask(_by_external, external_id)

    async def facts(self, unit: str, since: int) -> PersonRow:
        return await self._ask(_facts, unit, since)


def _upsert(db: Db, workspace: str, person: str, account: str, claims: UserClaims, at: int) -> str:
    """A claim that a token leaves out erases nothing."""
    belongs = _account(db, workspace, account, claims.account, at) if claims.account else None
    traits = msgspec.json.encode(claims.traits).decode() if claims.traits else ""
    row = db.row(
        "INSERT INTO person (workspace_id, id, external_id, account, name, email, locale, zone, traits,"
        " created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, external_id) DO UPDATE SET"
        " account = COALESCE(excluded.account, person.account),"
        " name = COALESCE(NULLIF(excluded.name, ''), person.name),"
        " email = COALESCE(NULLIF(excluded.email, ''), person.email),"
        " locale = COALESCE(NULLIF(excluded.locale, ''), person.locale),"
        " zone = COALESCE(NULLIF(excluded.zone, ''), person.zone),"
        " traits = COALESCE(NULLIF(excluded.traits, ''), person.traits),"
        " updated = excluded.updated RETURNING id",
        (
            workspace, person, claims.sub, belongs, claims.name, claims.email, claims.locale, claims.zone,
            traits, at, at,
        ),
    )  # fmt: skip
    assert row is not None
    return str(row[0])


def _account(db: Db, workspace: str, account: str, claims: AccountClaims, at: int) -> str:
    row = db.row(
        "INSERT INTO account (workspace_id, id, external_id, name, plan, created, updated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, external_id) DO UPDATE SET"
        " name = COALESCE(NULLIF(excluded.name, ''), account.name),"
        " plan = COALESCE(NULLIF(excluded.plan, ''), account.plan),"
        " updated = excluded.updated RETURNING id",
        (workspace, account, claims.id, claims.name, claims.plan, at, at),
    )
    assert row is not None
    return str(row[0])


def _by_external(db: Db, workspace: str, external_id: str) -> str | None:
    row = db.row("SELECT id FROM person WHERE workspace_id = ? AND external_id = ?", (workspace, external_id))
    return str(row[0]) if row else None


def _facts(db: Db, workspace: str, unit: str, since: int) -> PersonRow:
    """A nudge that spent two caps has two rows with one time, so it counts once."""
    shown = db.rows(
        "SELECT DISTINCT at FROM cap_use WHERE workspace_id = ? AND unit = ? AND at >= ? ORDER BY at",
        (workspace, unit, since),
    )
    dismissed = db.rows(
        "SELECT struggle, at FROM dismissal WHERE workspace_id = ? AND unit = ? AND at >= ? ORDER BY at",
        (workspace, unit, since),
    )
    return PersonRow(unit, tuple(row[0] for row in shown), {row[0]: row[1] for row in dismissed})
