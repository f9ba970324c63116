"""Who is in front of the page: visitor by secret, person by signed token, and what is known of both."""

from __future__ import annotations

import hashlib

import msgspec

from beforehand.domain.person import Consent, PersonFacts, UserClaims
from beforehand.domain.source import Workspace
from beforehand.ports.clock import Clock, Ids
from beforehand.ports.outlet import Arrival
from beforehand.ports.stores import Storage, VisitorRow

SECRET_BITS = 192
"""Of a visitor's secret: beyond guessing, 32 characters in base64url."""
DAY_MS = 86_400_000
LOOK_BACK_MS = DAY_MS
"""How far back shown nudges are read: the longest window a cap has."""


class Who(msgspec.Struct, frozen=True):
    """secret: what the browser keeps; the house stores only its hash."""

    visitor: VisitorRow
    secret: str
    facts: PersonFacts


def secret_hash(workspace: str, secret: str) -> str:
    return hashlib.sha256(f"{workspace}:{secret}".encode()).hexdigest()


def arm_of(workspace: Workspace, unit: str) -> tuple[str, float]:
    """(arm, propensity). Drawn by hash, so it is the same on every node, day and device of the unit."""
    if workspace.holdout <= 0:
        return "treatment", 1.0
    digest = hashlib.sha256(f"holdout:{workspace.id}:{unit}".encode()).digest()
    draw = int.from_bytes(digest[:8], "big") / 2**64
    if draw < workspace.holdout:
        return "control", workspace.holdout
    return "treatment", 1.0 - workspace.holdout


class Identity:
    """Finds or makes visitors and persons; opens its own transactions."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids

    async def who(self, workspace: Workspace, arrival: Arrival) -> Who:
        visitor, secret = await self._visitor(workspace, arrival.visitor_secret)
        person = ""
        if arrival.user is not None:
            person = await self.person(workspace, visitor, arrival.user)
        facts = await self.facts(workspace, visitor.id, person, arrival.consent, arrival.zone, arrival.locale)
        return Who(visitor, secret, facts)

    async def person(self, workspace: Workspace, visitor: VisitorRow, claims: UserClaims) -> str:
        """Stores the verified claims and links the visitor; returns the person's id."""
        now = self._clock.now()
        async with self._storage.work(workspace.id) as tx:
            stored = tx.persons.upsert(self._ids.new(), claims, now)
        person = stored.value
        if visitor.person != person:
            async with self._storage.work(workspace.id) as tx:
                tx.visitors.link(visitor.id, person, now)
        return person

    async def facts(
        self, workspace: Workspace, visitor: str, person: str, consent: Consent, zone: str, locale: str
    ) -> PersonFacts:
        unit = f"p:{person}" if person else f"v:{visitor}"
        arm, propensity = arm_of(workspace, unit)
        async with self._storage.read(workspace.id) as tx:
            row = await tx.persons.facts(unit, self._clock.now() - LOOK_BACK_MS)
        return PersonFacts(
            unit=unit,
            visitor=visitor,
            person=person,
            verified=bool(person),
            arm="control" if arm == "control" else "treatment",
            propensity=propensity,
            consent=consent,
            zone=zone or workspace.zone,
            locale=locale,
            shown=row.shown,
            dismissed=dict(row.dismissed),
        )

    async def _visitor(self, workspace: Workspace, secret: str) -> tuple[VisitorRow, str]:
        if secret:
            async with self._storage.read(workspace.id) as tx:
                known = await tx.visitors.by_secret(secret_hash(workspace.id, secret))
            if known is not None:
                return known, secret
        secret = self._ids.secret(SECRET_BITS)
        visitor = self._ids.new()
        row = VisitorRow(
            id=visitor,
            secret_hash=secret_hash(workspace.id, secret),
            arm=arm_of(workspace, f"v:{visitor}")[0],
            created=self._clock.now(),
        )
        async with self._storage.work(workspace.id) as tx:
            tx.visitors.create(row)
        return row, secret
