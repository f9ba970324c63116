"""Settings of the workspace: company, invoicing, tax, time; and each person's notifications."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .. import checks
from ..forms import FUTURE, VAT_RATES, Form
from ..people import allowed
from ..web import FOUND, db, done, invalid, me, page, read, today
from .invoices import TERMS

LABELS = {
    "name": "Company name",
    "street": "Street",
    "postcode": "Postcode",
    "city": "City",
    "phone": "Phone",
    "iban": "IBAN",
    "bic": "BIC",
    "pattern": "Number format",
    "next_number": "Next number",
    "sender": "Sender e-mail",
    "term": "Payment term",
    "footer": "Footer",
    "vat_number": "VAT number",
    "small_business": "Small business without VAT",
    "rate": "Default rate",
    "period": "VAT period",
    "closed_until": "Closed until",
    "round": "Round to",
    "quiet_from": "Quiet from",
    "quiet_to": "Quiet to",
}
NOTICES = {
    "paid": "Invoice paid",
    "overdue": "Invoice overdue",
    "accepted": "Quote accepted",
    "weekly": "Weekly summary",
}
PERIODS = ["monthly", "quarterly", "yearly"]
ROUNDS = [1, 6, 15]  # minutes
SUBJECT = "The settings were not saved."
Check = Callable[[Form, Request], dict[str, Any]]


async def index(_: Request) -> Response:
    return RedirectResponse("/settings/company", FOUND)


def _area(name: str, title: str, check: Check, **more: Any) -> Route:
    """The page and form of one group of settings, kept under `name`."""

    @allowed("settings")
    async def handler(request: Request) -> Response:
        if request.method == "GET":
            return page(
                request,
                f"settings_{name}.html",
                title,
                nav="settings",
                tab=name,
                values=db(request).get(name),
                **more,
            )
        form = await read(request, LABELS)
        values = check(form, request)
        if form.errors:
            return invalid(request, form, SUBJECT)
        db(request).put(name, {**db(request).get(name), **values})
        return done(request, f"/settings/{name}", "The settings were saved.", f"{name}_settings_saved")

    return Route(f"/settings/{name}", handler, methods=["GET", "POST"])


def _company(form: Form, _: Request) -> dict[str, Any]:
    values = {
        "name": form.text("name", "Enter a name."),
        "street": form.text("street"),
        "postcode": form.text("postcode"),
        "city": form.text("city", "Enter a city."),
        "phone": form.text("phone"),
        "iban": form.iban("iban"),
        "bic": form.text("bic").upper(),
    }
    if not checks.is_postcode(values["postcode"], "DE"):
        form.fail("postcode", "Enter a valid postcode.")
    if values["phone"] and not checks.is_phone(values["phone"]):
        form.fail("phone", "Enter a valid phone number.")
    if values["bic"] and not checks.is_bic(values["bic"]):
        form.fail("bic", "Enter a valid BIC.")
    return values


def _invoicing(form: Form, request: Request) -> dict[str, Any]:
    pattern, sender = form.text("pattern"), form.email("sender")
    if "{number}" not in pattern or not re.fullmatch(
        r"[A-Za-z0-9/-]*", pattern.replace("{number}", "").replace("{year}", "")
    ):
        form.fail("pattern", "This format cannot be used.")
    lowest = int(db(request).value("select max(id) from invoices") or 0) + 1
    if form.whole("next_number") < lowest:
        form.fail("next_number", "The next number cannot be used.")
    if sender.rpartition("@")[2] in checks.FREE_MAIL:
        form.fail("sender", "This sender address cannot be used.")
    return {
        "pattern": pattern,
        "next_number": form.whole("next_number"),
        "sender": sender,
        "term": form.whole("term", TERMS[1]),
        "footer": form.text("footer", limit=300),
    }


def _tax(form: Form, _: Request) -> dict[str, Any]:
    small, rate = form.ticked("small_business"), form.whole("rate")
    if small and rate > 0:
        form.fail("rate", "This rate cannot be used.")
    return {
        "vat_number": form.vat_number("vat_number", "DE"),
        "small_business": small,
        "rate": rate if rate in VAT_RATES else VAT_RATES[0],
        "period": form.choice("period", PERIODS, "quarterly"),
    }


def _time(form: Form, request: Request) -> dict[str, Any]:
    until = form.date("closed_until")
    if until and until > today(request):
        form.fail("closed_until", FUTURE)
    return {
        "closed_until": str(until),
        "round": form.whole("round") if form.whole("round") in ROUNDS else ROUNDS[0],
    }


async def notifications(request: Request) -> Response:
    """Each person's own; open to every role."""
    person = me(request)
    if request.method == "GET":
        default = {"on": ["paid", "overdue"], "quiet_from": "18:00", "quiet_to": "08:00"}
        return page(
            request,
            "settings_notifications.html",
            "Notifications",
            nav="settings",
            tab="notifications",
            notices=NOTICES,
            values={**default, **json.loads(person["notices"])},
        )
    form = await read(request, LABELS)
    for name in ("quiet_from", "quiet_to"):
        if not checks.is_clock(form.text(name)):
            form.fail(name, "Enter a time like 18:00.")
    if form.errors:
        return invalid(request, form, SUBJECT)
    values = {
        "on": [name for name in form.many("on") if name in NOTICES],
        "quiet_from": form.text("quiet_from"),
        "quiet_to": form.text("quiet_to"),
    }
    db(request).update("people", person["id"], notices=json.dumps(values))
    return done(
        request, "/settings/notifications", "The settings were saved.", "notifications_settings_saved"
    )


routes = [
    Route("/settings", index),
    _area("company", "Company", _company),
    _area("invoicing", "Invoicing", _invoicing, terms=TERMS),
    _area("tax", "Tax", _tax, periods=PERIODS),
    _area("time", "Time settings", _time, rounds=ROUNDS),
    Route("/settings/notifications", notifications, methods=["GET", "POST"]),
]
