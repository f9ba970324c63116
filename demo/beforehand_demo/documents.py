"""What invoices and quotes share: their items, their totals, the state an invoice is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .database import Database
from .money import Line, Totals, totals

STATES = {
    "draft": "Draft",
    "ready": "Ready",
    "open": "Open",
    "overdue": "Overdue",
    "paid": "Paid",
    "cancelled": "Cancelled",
}


@dataclass(frozen=True)
class Invoice:
    """An invoice with what is computed from it. state is one of STATES; due and paid in cents of `sums`."""

    row: Any
    customer: str
    email: str
    sums: Totals
    paid: int
    due: date
    state: str

    @property
    def open(self) -> int:
        return self.sums.total - self.paid


def load_lines(db: Database, kind: str, owner_id: int) -> list[Line]:
    rows = db.all("select * from lines where kind=? and owner_id=? order by id", kind, owner_id)
    return [Line(row["item"], Decimal(row["qty"]), row["unit"], row["price"], row["vat"]) for row in rows]


def save_lines(db: Database, kind: str, owner_id: int, lines: list[Line]) -> None:
    db.run("delete from lines where kind=? and owner_id=?", kind, owner_id)
    for line in lines:
        db.insert(
            "lines",
            kind=kind,
            owner_id=owner_id,
            item=line.item,
            qty=str(line.qty),
            unit=line.unit,
            price=line.price,
            vat=line.vat,
        )


_INVOICES = """select i.*, c.name as customer, c.email as email,
  (select coalesce(sum(amount), 0) from payments where invoice_id=i.id) as paid
  from invoices i join customers c on c.id=i.customer_id"""


def load_invoices(db: Database, today: date, where: str = "1", *values: object) -> list[Invoice]:
    """Newest first."""
    rows = db.all(f"{_INVOICES} where {where} order by i.id desc", *values)
    return [_invoice(db, row, today) for row in rows]


def load_invoice(db: Database, today: date, row_id: int) -> Invoice | None:
    found = load_invoices(db, today, "i.id=?", row_id)
    return found[0] if found else None


def _invoice(db: Database, row: Any, today: date) -> Invoice:
    due = date.fromisoformat(row["issued"]) + timedelta(days=row["term"])
    state = "overdue" if row["status"] == "open" and due < today else row["status"]
    return Invoice(
        row,
        row["customer"],
        row["email"] or "",
        totals(load_lines(db, "invoice", row["id"])),
        row["paid"],
        due,
        state,
    )


def write_credit_note(db: Database, invoice: Invoice, on: date) -> None:
    """Credits what is still open; the credit note carries the invoice's number behind a C."""
    number = f"C-{invoice.row['number']}"
    db.insert(
        "credit_notes", invoice_id=invoice.row["id"], number=number, day=on.isoformat(), amount=invoice.open
    )


def number_for(db: Database, today: date) -> str:
    """The next invoice number, as the format in the settings writes it."""
    rules = db.get("invoicing")
    return (
        str(rules["pattern"])
        .replace("{year}", str(today.year))
        .replace("{number}", f"{rules['next_number']:04d}")
    )


def use_number(db: Database) -> None:
    rules = db.get("invoicing")
    db.put("invoicing", {**rules, "next_number": rules["next_number"] + 1})
