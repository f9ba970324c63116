"""Customers: list, form, detail, archive."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import checks
from ..countries import COUNTRIES
from ..database import Database
from ..documents import STATES, load_invoices
from ..forms import Form
from ..people import allowed
from ..web import Missing, Refusal, db, done, invalid, page, read, row_id, today
from .invoices import TERMS

LABELS = {
    "name": "Name",
    "email": "E-mail for invoices",
    "street": "Street",
    "postcode": "Postcode",
    "city": "City",
    "country": "Country",
    "vat_number": "VAT number",
    "routing_id": "Routing ID",
    "term": "Payment term",
    "credit_limit": "Credit limit",
    "iban": "IBAN for direct debit",
    "mandate": "Mandate reference",
}
BLANK = {
    "id": 0,
    "country": "DE",
    "term": 14,
    "credit_limit": None,
    **dict.fromkeys(
        ("name", "email", "street", "postcode", "city", "vat_number", "routing_id", "iban", "mandate"), ""
    ),
}


async def listing(request: Request) -> Response:
    search = request.query_params.get("q", "").strip()
    open_by: dict[int, int] = {}
    for invoice in load_invoices(db(request), today(request), "i.status='open'"):
        open_by[invoice.row["customer_id"]] = open_by.get(invoice.row["customer_id"], 0) + invoice.open
    found = db(request).all(
        "select * from customers where archived=0 and (name || city || email) like ? "
        "order by name collate nocase",
        f"%{search}%",
    )
    return page(
        request,
        "customers.html",
        "Customers",
        nav="customers",
        customers=found,
        open_by=open_by,
        search=search,
    )


def _load(request: Request) -> Any:
    customer = db(request).one("select * from customers where id=?", row_id(request))
    if customer is None:
        raise Missing
    return customer


@allowed("customers")
async def new(request: Request) -> Response:
    if request.method == "POST":
        return await _save(request, BLANK)
    return page(request, "customer_form.html", "New customer", nav="customers", customer=BLANK, terms=TERMS)


@allowed("customers")
async def edit(request: Request) -> Response:
    customer = _load(request)
    if request.method == "POST":
        return await _save(request, customer)
    return page(
        request, "customer_form.html", "Edit customer", nav="customers", customer=customer, terms=TERMS
    )


async def _save(request: Request, customer: Any) -> Response:
    form = await read(request, LABELS)
    values = check(form, db(request), customer["id"])
    if form.errors:
        return invalid(request, form, "The customer was not saved.")
    saved_id = customer["id"]
    if saved_id:
        db(request).update("customers", saved_id, **values)
    else:
        saved_id = db(request).insert("customers", **values, since=today(request).isoformat())
    return done(request, f"/customers/{saved_id}", f"{values['name']} was saved.", "customer_saved")


def check(form: Form, data: Database, customer_id: int) -> dict[str, Any]:
    """The columns of a customer; what is wrong is in form.errors."""
    values: dict[str, Any] = {
        "name": form.text("name", "Enter a name."),
        "email": form.email("email", optional=True),
        "street": form.text("street"),
        "country": form.choice("country", list(COUNTRIES), "DE"),
    }
    taken = data.value(
        "select id from customers where email=? and email != '' and id != ?", values["email"], customer_id
    )
    if taken:
        form.fail("email", "A customer with this e-mail already exists.")
    values["postcode"] = form.text("postcode").upper()
    if not checks.is_postcode(values["postcode"], values["country"]):
        form.fail("postcode", "Enter a valid postcode.")
    values["city"] = form.text("city", "Enter a city.")
    values["vat_number"] = form.vat_number("vat_number", values["country"])
    values["routing_id"] = form.text("routing_id").upper()
    if values["routing_id"] and not checks.is_routing_id(values["routing_id"]):
        form.fail("routing_id", "Enter a valid routing ID.")
    values |= {
        "term": form.whole("term", TERMS[1]),
        "credit_limit": form.amount("credit_limit", optional=True),
        "iban": form.iban("iban"),
        "mandate": form.text("mandate"),
    }
    if values["iban"] and not values["mandate"]:
        form.fail("mandate", "A mandate reference is needed for direct debit.")
    return values


async def detail(request: Request) -> Response:
    customer = _load(request)
    invoices = load_invoices(db(request), today(request), "i.customer_id=?", customer["id"])
    projects = db(request).all("select * from projects where customer_id=? order by id desc", customer["id"])
    return page(
        request,
        "customer.html",
        customer["name"],
        nav="customers",
        customer=customer,
        invoices=invoices,
        projects=projects,
        states=STATES,
        context={"customer_has_email": bool(customer["email"])},
    )


@allowed("customers")
async def delete(request: Request) -> Response:
    customer = _load(request)
    if db(request).value("select count(*) from invoices where customer_id=?", customer["id"]):
        raise Refusal(409, "This customer cannot be deleted.")
    db(request).run("delete from customers where id=?", customer["id"])
    return done(request, "/customers", f"{customer['name']} was deleted.", "customer_deleted")


@allowed("customers")
async def archive(request: Request) -> Response:
    customer = _load(request)
    db(request).update("customers", customer["id"], archived=1)
    return done(request, "/customers", f"{customer['name']} was archived.", "customer_archived")


routes = [
    Route("/customers", listing),
    Route("/customers/new", new, methods=["GET", "POST"]),
    Route("/customers/{id:int}", detail),
    Route("/customers/{id:int}/edit", edit, methods=["GET", "POST"]),
    Route("/customers/{id:int}/delete", delete, methods=["POST"]),
    Route("/customers/{id:int}/archive", archive, methods=["POST"]),
]
