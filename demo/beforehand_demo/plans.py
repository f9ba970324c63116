"""The three plans and what each allows."""

from __future__ import annotations

from dataclasses import dataclass

from .database import Database


@dataclass(frozen=True)
class Plan:
    """price in euro a month; seats, active projects and API keys are upper limits."""

    name: str
    price: int
    seats: int
    projects: int
    keys: int
    says: str


PLANS = {
    plan.name: plan
    for plan in (
        Plan("Starter", 12, 4, 5, 2, "For one office that writes its own invoices."),
        Plan("Team", 39, 15, 50, 10, "For several people who log time and bill projects."),
        Plan("Business", 99, 100, 500, 50, "For companies with their own accounting."),
    )
}


def plan_of(db: Database) -> Plan:
    return PLANS[db.get("plan")]


def seats_used(db: Database) -> int:
    """People and open invitations: an invitation holds its seat until it is accepted or revoked."""
    return int(db.value("select count(*) from people where state in ('active', 'invited')"))
