"""Invoices: list, form, detail, and what can be done to one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..countries import COUNTRIES, is_eu
from ..database import Database
from ..documents import (
    STATES,
    Invoice,
    load_invoice,
    load_invoices,
    load_lines,
    number_for,
    save_lines,
    use_number,
    write_credit_note,
)
from ..forms import FUTURE, Form
from ..money import Line, day
from ..people import allowed
from ..web import Missing, Refusal, db, done, invalid, page, read, row_id, today

LABELS = {
    "customer_id": "Customer",
    "country": "Country",
    "vat_number": "VAT number",
    "number": "Invoice number",
    "issued": "Issued",
    "term": "Payment term",
    "po": "Purchase order",
}
TERMS = [7, 14, 30, 60]
REMINDER_DAYS = 7


async def listing(request: Request) -> Response:
    state, search = request.query_params.get("status", ""), request.query_params.get("q", "").strip()
    found = [
        invoice for invoice in load_invoices(db(request), today(request)) if _is_shown(invoice, state, search)
    ]
    return page(
        request,
        "invoices.html",
        "Invoices",
        nav="invoices",
        invoices=found,
        state=state,
        search=search,
        states=STATES,
        context={"invoices_shown": len(found)},
    )


def _is_shown(invoice: Invoice, state: str, search: str) -> bool:
    words = f"{invoice.row['number']} {invoice.customer}".lower()
    right_state = not state or invoice.state == state or (state == "open" and invoice.state == "overdue")
    return right_state and search.lower() in words


@allowed("sell")
async def new(request: Request) -> Response:
    if request.method == "POST":
        return await _save(request, None)
    return _form(
        request,
        None,
        {
            "number": number_for(db(request), today(request)),
            "issued": day(today(request)),
            "term": db(request).get("invoicing")["term"],
            "vat_number": "",
            "country": "DE",
            "customer_id": 0,
            "po": "",
        },
        [],
    )


@allowed("sell")
async def edit(request: Request) -> Response:
    invoice = _load(request)
    if invoice.row["status"] not in ("draft", "ready"):
        raise Refusal(409, "Sent invoices cannot be changed.")
    if request.method == "POST":
        return await _save(request, invoice)
    values = {**dict(invoice.row), "issued": day(invoice.row["issued"])}
    return _form(request, invoice, values, load_lines(db(request), "invoice", invoice.row["id"]))


def _form(request: Request, invoice: Invoice | None, values: dict[str, Any], lines: list[Line]) -> Response:
    title = "Edit invoice" if invoice else "New invoice"
    customers = db(request).all("select * from customers where archived=0 order by name collate nocase")
    return page(
        request,
        "invoice_form.html",
        title,
        nav="invoices",
        values=values,
        lines=lines,
        customers=customers,
        terms=TERMS,
        invoice=invoice,
        context={"invoice_status": invoice.state if invoice else "new"},
    )


async def _save(request: Request, invoice: Invoice | None) -> Response:
    form = await read(request, LABELS)
    sending = form.text("do") == "send"
    values, lines = _check(form, db(request), today(request), invoice)
    number = form.text("number") or "without a number"
    if form.errors:
        return invalid(request, form, f"Invoice {number} was not {'sent' if sending else 'saved'}.")
    if not lines:
        raise Refusal(422, "Add at least one item.")
    saved_id = _store(db(request), values, lines, invoice)
    if not sending:
        return done(request, f"/invoices/{saved_id}", f"Invoice {number} was saved.", "invoice_saved")
    db(request).update("invoices", saved_id, status="ready")
    return _send(request, saved_id)


def _check(
    form: Form, data: Database, now: date, invoice: Invoice | None
) -> tuple[dict[str, Any], list[Line]]:
    customer = data.one("select * from customers where id=? and archived=0", form.whole("customer_id"))
    if customer is None:
        form.fail("customer_id", "Choose a customer.")
    country = form.choice("country", list(COUNTRIES), "DE")
    vat_number = form.vat_number("vat_number", country)
    expected = invoice.row["number"] if invoice else number_for(data, now)
    if form.text("number") != expected:
        form.fail("number", "This invoice number cannot be used.")
    issued = form.date("issued")
    if issued and issued.isoformat() < _newest_sent(data):
        form.fail("issued", "The issue date cannot be used.")
    po = form.text("po", limit=40)
    lines = form.lines()
    if not vat_number and country != "DE" and is_eu(country) and any(line.vat == 0 for line in lines):
        form.fail("vat_number", "A VAT number is needed for 0 % VAT.")
    values = {
        "customer_id": customer["id"] if customer else 0,
        "country": country,
        "vat_number": vat_number,
        "number": expected,
        "issued": issued.isoformat() if issued else "",
        "po": po,
        "term": form.whole("term") if form.whole("term") in TERMS else TERMS[1],
    }
    return values, lines


def _newest_sent(data: Database) -> str:
    return data.value("select max(issued) from invoices where status in ('open', 'paid')") or ""


def _store(data: Database, values: dict[str, Any], lines: list[Line], invoice: Invoice | None) -> int:
    if invoice:
        saved_id = int(invoice.row["id"])
        data.update("invoices", saved_id, **values)
    else:
        saved_id = data.insert("invoices", **values, status="draft")
        use_number(data)
    save_lines(data, "invoice", saved_id, lines)
    return saved_id


def _load(request: Request) -> Invoice:
    invoice = load_invoice(db(request), today(request), row_id(request))
    if invoice is None:
        raise Missing
    return invoice


async def detail(request: Request) -> Response:
    invoice = _load(request)
    payments = db(request).all(
        "select * from payments where invoice_id=? order by paid_on", invoice.row["id"]
    )
    customer = db(request).one("select * from customers where id=?", invoice.row["customer_id"])
    credit = db(request).one("select * from credit_notes where invoice_id=?", invoice.row["id"])
    return page(
        request,
        "invoice.html",
        f"Invoice {invoice.row['number']}",
        nav="invoices",
        invoice=invoice,
        states=STATES,
        lines=load_lines(db(request), "invoice", invoice.row["id"]),
        history=_history(invoice, payments, credit),
        customer=customer,
        sender=db(request).get("company"),
        tax=db(request).get("tax"),
        footer=db(request).get("invoicing")["footer"],
        context={"invoice_status": invoice.state, "invoice_total": invoice.sums.total / 100},
    )


def _history(invoice: Invoice, payments: list[Any], credit: Any) -> list[tuple[str, str, str, int | None]]:
    """(icon, what, day, cents or None), oldest first."""
    row = invoice.row
    happened: list[tuple[str, str, str, int | None]] = [("file", "Written", row["issued"], None)]
    happened += [("out", "Sent", row["sent_at"], None)] if row["sent_at"] else []
    happened += [("clock", "Reminder sent", row["reminded_on"], None)] if row["reminded_on"] else []
    happened += [("check", "Payment", one["paid_on"], one["amount"]) for one in payments]
    if credit:
        happened.append(("file", f"Credit note {credit['number']}", credit["day"], -credit["amount"]))
    return happened


@allowed("sell")
async def send(request: Request) -> Response:
    invoice = _load(request)
    if invoice.row["status"] not in ("draft", "ready"):
        raise Refusal(409, "This invoice was sent already.")
    return _send(request, int(invoice.row["id"]))


def _send(request: Request, saved_id: int) -> Response:
    """Sent when the customer has an address for invoices; otherwise it stays ready."""
    invoice = load_invoice(db(request), today(request), saved_id)
    assert invoice is not None
    number, address = invoice.row["number"], f"/invoices/{saved_id}"
    if not invoice.email:
        return done(request, address, f"Invoice {number} was saved.", "invoice_saved")
    db(request).update(
        "invoices", saved_id, status="open", sent_at=datetime.now().isoformat(timespec="minutes")
    )
    db(request).note(
        today(request).isoformat(), "file", f"Invoice {number} was sent to {invoice.customer}", address
    )
    return done(request, address, f"Invoice {number} was sent to {invoice.email}.", "invoice_sent")


@allowed("sell")
async def payment(request: Request) -> Response:
    invoice = _load(request)
    form = await read(request, {"amount": "Amount", "paid_on": "Paid on"})
    amount, paid_on = form.amount("amount"), form.date("paid_on")
    if amount is not None and amount > invoice.open:
        form.fail("amount", "The payment is larger than the open amount.")
    if paid_on and paid_on > today(request):
        form.fail("paid_on", FUTURE)
    if form.errors or amount is None or paid_on is None:
        return invalid(request, form, "The payment was not recorded.")
    db(request).insert("payments", invoice_id=invoice.row["id"], amount=amount, paid_on=paid_on.isoformat())
    if amount == invoice.open:
        db(request).update("invoices", invoice.row["id"], status="paid")
    return done(request, f"/invoices/{invoice.row['id']}", "The payment was recorded.", "payment_recorded")


@allowed("sell")
async def remind(request: Request) -> Response:
    invoice = _load(request)
    last = invoice.row["reminded_on"]
    if last and today(request) - date.fromisoformat(last) < timedelta(days=REMINDER_DAYS):
        raise Refusal(409, f"A reminder was sent less than {REMINDER_DAYS} days ago.")
    db(request).update("invoices", invoice.row["id"], reminded_on=today(request).isoformat())
    return done(
        request, f"/invoices/{invoice.row['id']}", f"A reminder was sent to {invoice.email}.", "reminder_sent"
    )


@allowed("sell")
async def cancel(request: Request) -> Response:
    invoice = _load(request)
    if invoice.state == "paid":
        raise Refusal(409, "Paid invoices cannot be cancelled.")
    if invoice.state == "cancelled":
        raise Refusal(409, "This invoice is cancelled already.")
    db(request).update("invoices", invoice.row["id"], status="cancelled")
    if invoice.row["sent_at"]:  # a draft was never with the customer: there is nothing to credit
        write_credit_note(db(request), invoice, today(request))
    return done(
        request,
        f"/invoices/{invoice.row['id']}",
        f"Invoice {invoice.row['number']} was cancelled.",
        "invoice_cancelled",
    )


routes = [
    Route("/invoices", listing),
    Route("/invoices/new", new, methods=["GET", "POST"]),
    Route("/invoices/{id:int}", detail),
    Route("/invoices/{id:int}/edit", edit, methods=["GET", "POST"]),
    Route("/invoices/{id:int}/send", send, methods=["POST"]),
    Route("/invoices/{id:int}/payment", payment, methods=["POST"]),
    Route("/invoices/{id:int}/remind", remind, methods=["POST"]),
    Route("/invoices/{id:int}/cancel", cancel, methods=["POST"]),
]
