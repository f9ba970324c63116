"""The workspace as it stands on its first day: customers, half a year of invoices, projects, people.

Everything is dated back from `today`, so that the data is always fresh; only proportions are fixed.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache

from .database import Database
from .people import hash_password
from .seed_tables import CUSTOMERS, EXPENSES, INVOICES, PROJECTS, QUOTES, TIMES, WORK

PASSWORDS = {
    "mara@tallybrook.example": "harbour-Lamp-48",
    "jonas@tallybrook.example": "ledger-Oak-2217",
    "ines@tallybrook.example": "thermal-Kite-90",
}
_PEOPLE = [
    (1, "Mara Lindqvist", "mara@tallybrook.example", "Owner", "active", "en"),
    (2, "Jonas Petrak", "jonas@tallybrook.example", "Bookkeeper", "active", "en"),
    (3, "Ines Oduya", "ines@tallybrook.example", "Member", "active", "en"),
    (4, "Tomas Reyl", "tomas.reyl@osterfeld-wrenn.example", "Admin", "invited", "en"),
]
LAST_NUMBER = 417


def seed(db: Database, today: date) -> None:
    """Fills an empty database."""
    _workspace(db, today)
    for row in _PEOPLE:
        names = ("id", "name", "email", "role", "state", "locale")
        password = _hash_once(PASSWORDS[row[2]]) if row[2] in PASSWORDS else None
        db.insert("people", **dict(zip(names, row, strict=True)), zone="Europe/Berlin", password=password)
    for customer in CUSTOMERS:
        db.insert("customers", **customer)
    _invoices(db, today)
    _quotes(db, today)
    _projects(db, today)
    _expenses(db, today)
    _connections(db, today)
    _history(db, today)


@cache
def _hash_once(password: str) -> str:
    """Starting over would wait for the slow hash of each password again, to no one's good: they are printed."""
    return hash_password(password)


def closing_day(today: date) -> date:
    """The last day of the month before last."""
    first = today.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1) - timedelta(days=1)


def _workspace(db: Database, today: date) -> None:
    db.put("account", "acc_osterfeld")
    db.put("plan", "Starter")
    db.put("card", None)
    db.put(
        "company",
        {
            "name": "Osterfeld & Wrenn GmbH",
            "street": "Am Sandtorkai 62",
            "postcode": "20457",
            "city": "Hamburg",
            "country": "DE",
            "phone": "+49 40 5550180",
            "iban": "DE15200411550481900217",
            "bic": "HKTODEHHXXX",
        },
    )
    db.put(
        "invoicing",
        {
            "pattern": "{year}-{number}",
            "next_number": LAST_NUMBER + 1,
            "term": 14,
            "sender": "billing@osterfeld-wrenn.example",
            "footer": "Thank you for working with us.",
        },
    )
    db.put("tax", {"vat_number": "DE287401935", "small_business": False, "rate": 19, "period": "quarterly"})
    db.put("time", {"closed_until": closing_day(today).isoformat(), "round": 6})
    db.put(
        "billing",
        {
            "company": "Osterfeld & Wrenn GmbH",
            "billing_email": "accounts@osterfeld-wrenn.example",
            "vat_number": "DE287401935",
            "reference": "",
        },
    )


def _invoices(db: Database, today: date) -> None:
    for row_id, customer_id, age, term, status, work in INVOICES:
        issued = today - timedelta(days=age)
        customer = db.one("select country, vat_number from customers where id=?", customer_id)
        assert customer is not None
        sent = issued.isoformat() if status in ("open", "paid", "cancelled") else None
        db.insert(
            "invoices",
            id=row_id,
            number=f"{issued.year}-{row_id:04d}",
            customer_id=customer_id,
            country=customer["country"],
            vat_number=customer["vat_number"],
            issued=issued.isoformat(),
            term=term,
            po="",
            status=status,
            sent_at=sent,
        )
        total = _lines(db, "invoice", row_id, work, 0 if customer["country"] != "DE" else 19)
        if status == "paid":
            paid = min(today - timedelta(days=1), issued + timedelta(days=term - 2))
            db.insert("payments", invoice_id=row_id, amount=total, paid_on=paid.isoformat())
        if status == "cancelled":
            credited = (issued + timedelta(days=2)).isoformat()
            number = f"C-{issued.year}-{row_id:04d}"
            db.insert("credit_notes", invoice_id=row_id, number=number, day=credited, amount=total)


def _lines(db: Database, kind: str, owner_id: int, work: str, vat: int) -> int:
    """The gross total in cents."""
    from .documents import load_lines
    from .money import totals

    for item, qty, unit, price in WORK[work]:
        db.insert("lines", kind=kind, owner_id=owner_id, item=item, qty=qty, unit=unit, price=price, vat=vat)
    return totals(load_lines(db, kind, owner_id)).total


def _quotes(db: Database, today: date) -> None:
    for row_id, customer_id, title, age, valid, status, work in QUOTES:
        db.insert(
            "quotes",
            id=row_id,
            number=f"Q-{row_id}",
            customer_id=customer_id,
            title=title,
            status=status,
            created=(today - timedelta(days=age)).isoformat(),
            valid_until=(today + timedelta(days=valid)).isoformat(),
        )
        _lines(db, "quote", row_id, work, 19)


def _projects(db: Database, today: date) -> None:
    for project in PROJECTS:
        starts = today - timedelta(days=project["age"])
        db.insert(
            "projects",
            id=project["id"],
            code=project["code"],
            name=project["name"],
            customer_id=project["customer"],
            status=project["status"],
            billing=project["billing"],
            price=project["price"],
            budget=project["budget"],
            rate=project["rate"],
            starts=starts.isoformat(),
            ends="",
            lead_id=project["people"][0],
        )
        for person in project["people"]:
            db.insert("project_people", project_id=project["id"], person_id=person)
    for project_id, person_id, age, minutes, note in TIMES:
        db.insert(
            "times",
            project_id=project_id,
            person_id=person_id,
            minutes=minutes,
            note=note,
            day=(today - timedelta(days=age)).isoformat(),
        )


def _expenses(db: Database, today: date) -> None:
    for supplier, age, category, amount, vat, project_id, receipt in EXPENSES:
        db.insert(
            "expenses",
            supplier=supplier,
            day=(today - timedelta(days=age)).isoformat(),
            category=category,
            amount=amount,
            vat=vat,
            project_id=project_id,
            receipt=receipt,
            person_id=1,
        )


def _connections(db: Database, today: date) -> None:
    db.put(
        "bank",
        {
            "bank": "20041155",
            "iban": "DE15200411550481900217",
            "until": (today - timedelta(days=3)).isoformat(),
        },
    )
    db.put("ledger", None)
    db.insert(
        "api_keys",
        name="Website order form",
        scope="read",
        tail="c41f",
        digest="",
        created=(today - timedelta(days=212)).isoformat(),
    )
    db.insert(
        "webhooks",
        url="https://hooks.kontorbuch.example/tallybrook",
        events=json.dumps(["invoice.paid"]),
        secret="",
        last="",
    )


def _history(db: Database, today: date) -> None:
    told = [
        (1, "file", "Invoice {417} was sent to Praxis Dr. Adebayo", "/invoices/417"),
        (1, "wallet", "Payment of €2,142.00 recorded for {412}", "/invoices/412"),
        (2, "quote", "Quote Q-74 was sent to Stadtwerke Eichenau", "/quotes/74"),
        (3, "plug", "The bank connection has expired", "/integrations/bank"),
        (5, "user", "Mara invited Tomas Reyl as Admin", "/team"),
    ]
    for age, icon, words, href in reversed(told):
        for row_id in (417, 412):
            words = words.replace(f"{{{row_id}}}", db.value("select number from invoices where id=?", row_id))
        db.note((today - timedelta(days=age)).isoformat(), icon, words, href)
