"""Quotes: offered, accepted, turned into an invoice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..documents import load_lines, number_for, save_lines, use_number
from ..forms import PAST
from ..money import day, totals
from ..people import allowed
from ..web import Missing, Refusal, db, done, invalid, page, read, row_id, today

LABELS = {"customer_id": "Customer", "title": "Title", "valid_until": "Valid until"}
STATES = {
    "draft": "Draft",
    "sent": "Sent",
    "accepted": "Accepted",
    "declined": "Declined",
    "expired": "Run out",
    "invoiced": "Invoiced",
}
VALID_DAYS = 30
_SQL = """select q.*, c.name as customer, c.email as email, c.country as country, c.vat_number as vat_number,
  c.term as term from quotes q join customers c on c.id=q.customer_id"""


def _state(quote: Any, now: date) -> str:
    return (
        "expired"
        if quote["status"] == "sent" and quote["valid_until"] < now.isoformat()
        else str(quote["status"])
    )


async def listing(request: Request) -> Response:
    data, now = db(request), today(request)
    rows = [
        (quote, _state(quote, now), totals(load_lines(data, "quote", quote["id"])).total)
        for quote in data.all(f"{_SQL} order by q.id desc")
    ]
    return page(request, "quotes.html", "Quotes", nav="quotes", rows=rows, states=STATES)


@allowed("sell")
async def new(request: Request) -> Response:
    data = db(request)
    if request.method == "GET":
        customers = data.all("select * from customers where archived=0 order by name collate nocase")
        return page(
            request,
            "quote_form.html",
            "New quote",
            nav="quotes",
            customers=customers,
            lines=[],
            valid_until=day(today(request) + timedelta(days=VALID_DAYS)),
        )
    form = await read(request, LABELS)
    customer = data.one("select id from customers where id=?", form.whole("customer_id"))
    if customer is None:
        form.fail("customer_id", "Choose a customer.")
    title, until = form.text("title", "Enter a title."), form.date("valid_until")
    if until and until < today(request):
        form.fail("valid_until", PAST)
    lines = form.lines()
    if form.errors or customer is None or until is None:
        return invalid(request, form, "The quote was not saved.")
    if not lines:
        raise Refusal(422, "Add at least one item.")
    number = (data.value("select max(id) from quotes") or 0) + 1
    quote_id = data.insert(
        "quotes",
        number=f"Q-{number}",
        customer_id=customer["id"],
        title=title,
        status="draft",
        valid_until=until.isoformat(),
        created=today(request).isoformat(),
    )
    save_lines(data, "quote", quote_id, lines)
    return done(request, f"/quotes/{quote_id}", f"Quote Q-{number} was saved.", "quote_saved")


def _load(request: Request) -> Any:
    quote = db(request).one(f"{_SQL} where q.id=?", row_id(request))
    if quote is None:
        raise Missing
    return quote


async def detail(request: Request) -> Response:
    quote = _load(request)
    lines = load_lines(db(request), "quote", quote["id"])
    state = _state(quote, today(request))
    return page(
        request,
        "quote.html",
        f"Quote {quote['number']}",
        nav="quotes",
        quote=quote,
        state=state,
        lines=lines,
        sums=totals(lines),
        states=STATES,
        context={"quote_status": state},
    )


def _move(request: Request, quote: Any, status: str, said: str) -> Response:
    db(request).update("quotes", quote["id"], status=status)
    return done(request, f"/quotes/{quote['id']}", f"Quote {quote['number']} {said}", f"quote_{status}")


@allowed("sell")
async def send(request: Request) -> Response:
    return _move(request, _load(request), "sent", "was sent.")


@allowed("sell")
async def accept(request: Request) -> Response:
    quote = _load(request)
    if _state(quote, today(request)) == "expired":
        raise Refusal(409, "This quote has run out.")
    return _move(request, quote, "accepted", "is marked as accepted.")


@allowed("sell")
async def decline(request: Request) -> Response:
    return _move(request, _load(request), "declined", "is marked as declined.")


@allowed("sell")
async def extend(request: Request) -> Response:
    quote = _load(request)
    start = max(today(request), date.fromisoformat(quote["valid_until"]))
    db(request).update("quotes", quote["id"], valid_until=(start + timedelta(days=VALID_DAYS)).isoformat())
    return done(
        request,
        f"/quotes/{quote['id']}",
        f"Quote {quote['number']} is valid for {VALID_DAYS} days more.",
        "quote_extended",
    )


@allowed("sell")
async def convert(request: Request) -> Response:
    quote, data, now = _load(request), db(request), today(request)
    if quote["status"] != "accepted":
        raise Refusal(409, "Only an accepted quote can become an invoice.")
    invoice_id = data.insert(
        "invoices",
        number=number_for(data, now),
        customer_id=quote["customer_id"],
        country=quote["country"],
        vat_number=quote["vat_number"],
        issued=now.isoformat(),
        term=quote["term"],
        po=quote["number"],
        status="draft",
    )
    use_number(data)
    save_lines(data, "invoice", invoice_id, load_lines(data, "quote", quote["id"]))
    data.update("quotes", quote["id"], status="invoiced")
    return done(
        request,
        f"/invoices/{invoice_id}",
        f"Quote {quote['number']} became a draft invoice.",
        "quote_converted",
    )


routes = [
    Route("/quotes", listing),
    Route("/quotes/new", new, methods=["GET", "POST"]),
    Route("/quotes/{id:int}", detail),
    *(
        Route(f"/quotes/{{id:int}}/{verb}", handler, methods=["POST"])
        for verb, handler in (
            ("send", send),
            ("accept", accept),
            ("decline", decline),
            ("extend", extend),
            ("convert", convert),
        )
    ),
]
