"""Expenses with their receipts."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import checks
from ..forms import FUTURE, VAT_RATES, Form
from ..money import day
from ..people import allowed
from ..web import db, done, invalid, me, page, read, today

LABELS = {
    "supplier": "Supplier",
    "date": "Date",
    "category": "Category",
    "amount": "Amount",
    "km": "Distance",
    "vat": "VAT",
    "project_id": "Project",
    "receipt": "Receipt",
}
CATEGORIES = ["Travel", "Material", "Meals", "Software", "Mileage"]
KM_CENTS = 30  # German flat rate for one's own car, Bundesreisekostengesetz section 5
RECEIPT_OVER = 25_000  # cents; 250 euro is the limit for small-amount invoices, UStDV section 33
MAX_BYTES = 5_000_000


async def listing(request: Request) -> Response:
    rows = db(request).all(
        "select e.*, p.name as project from expenses e left join projects p on p.id=e.project_id "
        "order by day desc, e.id desc"
    )
    month = today(request).replace(day=1).isoformat()
    return page(
        request,
        "expenses.html",
        "Expenses",
        nav="expenses",
        rows=rows,
        total=sum(row["amount"] for row in rows if row["day"] >= month),
    )


@allowed("log")
async def new(request: Request) -> Response:
    if request.method == "GET":
        projects = db(request).all("select id, name from projects where status != 'Done' order by name")
        return page(
            request,
            "expense_form.html",
            "New expense",
            nav="expenses",
            categories=CATEGORIES,
            projects=projects,
            date=day(today(request)),
        )
    form = await read(request, LABELS)
    values = _check(form, request)
    content, receipt = await _receipt(form)
    if (receipt and not checks.is_receipt(content)) or len(content) > MAX_BYTES:
        form.fail("receipt", "This file cannot be used.")
    if not receipt and values["category"] != "Mileage" and (values["amount"] or 0) > RECEIPT_OVER:
        form.fail("receipt", "A receipt is needed for amounts over €250.00.")
    if form.errors:
        return invalid(request, form, "The expense was not saved.")
    db(request).insert("expenses", **values, receipt=receipt, person_id=me(request)["id"])
    return done(request, "/expenses", f"The expense of {values['supplier']} was saved.", "expense_saved")


def _check(form: Form, request: Request) -> dict[str, Any]:
    category = form.choice("category", CATEGORIES, CATEGORIES[0])
    supplier, on = form.text("supplier", "Enter a supplier."), form.date("date")
    if on and on > today(request):
        form.fail("date", FUTURE)
    vat = form.whole("vat", VAT_RATES[0])
    return {
        "supplier": supplier,
        "day": str(on),
        "category": category,
        "amount": _amount(form, category),
        "vat": vat if vat in VAT_RATES else VAT_RATES[0],
        "project_id": form.whole("project_id") or None,
    }


def _amount(form: Form, category: str) -> int | None:
    if category != "Mileage":
        return form.amount("amount")
    distance = checks.parse_quantity(form.text("km"))
    if distance is None:
        form.fail("km", "Enter the distance in km.")
        return None
    return round(distance * KM_CENTS)


async def _receipt(form: Form) -> tuple[bytes, str]:
    """(content, name); the content is looked at and not kept: this is a demonstration."""
    content, name = await form.content("receipt", MAX_BYTES)
    return content, name or ""


routes = [Route("/expenses", listing), Route("/expenses/new", new, methods=["GET", "POST"])]
