"""Home: where the money stands and what needs attention."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..database import Database
from ..documents import Invoice, load_invoices
from ..money import euro
from ..web import db, me, page, today

SOON_DAYS = 7  # a quote that runs out within a week needs attention
SHOWN_EVENTS = 6


async def home(request: Request) -> Response:
    data, day = db(request), today(request)
    invoices = load_invoices(data, day)
    events = data.all("select * from events order by id desc limit ?", SHOWN_EVENTS)
    first_name = me(request)["name"].split()[0]
    return page(
        request,
        "home.html",
        "Home",
        nav="home",
        greeting=f"{_greeting(datetime.now().hour)}, {first_name}",
        figures=_figures(invoices, data, day),
        attention=_attention(data, invoices, day),
        events=events,
        steps=_steps(data),
    )


def _greeting(hour: int) -> str:
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _figures(invoices: list[Invoice], data: Database, day: date) -> list[tuple[str, str, str, str]]:
    """(label, amount, remark, address) of each figure."""

    def of(*states: str) -> list[Invoice]:
        return [invoice for invoice in invoices if invoice.state in states]

    paid = data.value(
        "select coalesce(sum(amount), 0) from payments where paid_on >= ?", day.replace(day=1).isoformat()
    )
    rows = [
        ("Open", of("open", "overdue"), "open"),
        ("Overdue", of("overdue"), "overdue"),
        ("Ready to send", of("ready"), "ready"),
    ]
    made = [
        (label, euro(sum(invoice.open for invoice in found)), _count(len(found)), f"/invoices?status={state}")
        for label, found, state in rows
    ]
    return [*made, ("Paid this month", euro(paid), f"since 1 {day:%b}", "/invoices?status=paid")]


def _count(number: int) -> str:
    return f"{number} invoice{'' if number == 1 else 's'}"


def _attention(data: Database, invoices: list[Invoice], day: date) -> list[dict[str, Any]]:
    """Overdue and unsent invoices, quotes about to run out, the bank connection."""
    rows = [
        {
            "icon": "clock",
            "words": f"{invoice.row['number']}, {invoice.customer}",
            "href": f"/invoices/{invoice.row['id']}",
            "why": f"{(day - invoice.due).days} days overdue",
            "amount": euro(invoice.open),
            "tone": "bad",
        }
        for invoice in reversed(invoices)
        if invoice.state == "overdue"
    ]
    rows += [
        {
            "icon": "file",
            "words": f"{invoice.row['number']}, {invoice.customer}",
            "href": f"/invoices/{invoice.row['id']}",
            "why": "Ready, not sent",
            "amount": euro(invoice.open),
            "tone": "",
        }
        for invoice in invoices
        if invoice.state == "ready"
    ]
    rows += [
        {
            "icon": "quote",
            "words": f"{quote['number']}, {quote['title']}",
            "href": f"/quotes/{quote['id']}",
            "why": "Runs out within a week",
            "amount": "",
            "tone": "warn",
        }
        for quote in _quotes_running_out(data, day)
    ]
    bank = data.get("bank")
    if bank and date.fromisoformat(bank["until"]) < day:
        rows.append(
            {
                "icon": "plug",
                "words": "Bank feed",
                "href": "/integrations/bank",
                "why": "Consent has expired",
                "amount": "",
                "tone": "warn",
            }
        )
    return rows


def _quotes_running_out(data: Database, day: date) -> list[Any]:
    return data.all(
        "select * from quotes where status='sent' and valid_until between ? and ?",
        day.isoformat(),
        (day + timedelta(days=SOON_DAYS)).isoformat(),
    )


def _steps(data: Database) -> list[tuple[bool, str, str]]:
    """(done, words, address) of "Getting started"."""
    return [
        (True, "Enter your company's details", "/settings/company"),
        (True, "Send the first invoice", "/invoices"),
        (
            data.value("select count(*) from customers where iban != ''") > 1,
            "Set up direct debit for two customers",
            "/customers",
        ),
        (data.get("ledger") is not None, "Connect the ledger export", "/integrations/ledger"),
        (
            bool(data.value("select count(*) from people where totp_on=1")),
            "Turn on two-factor log-in",
            "/settings/security/two-factor",
        ),
    ]


routes = [Route("/", home)]
