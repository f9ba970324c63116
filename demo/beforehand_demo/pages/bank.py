"""The bank feed: an IBAN at one of three banks; the consent lasts 90 days, as PSD2 had it."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people import allowed
from ..web import Refusal, db, done, invalid, page, read, today

LABELS = {"bank": "Bank", "iban": "IBAN"}
BANKS = {"20041155": "Hansekontor Bank", "85050300": "Elbtal Sparbank", "20130600": "Nordlicht Direktbank"}
CONSENT_DAYS = 90
BANK_CODE = slice(4, 12)  # where a German IBAN carries it


@allowed("connect")
async def bank(request: Request) -> Response:
    if request.method == "GET":
        linked = db(request).get("bank")
        expired = bool(linked) and date.fromisoformat(linked["until"]) < today(request)
        return page(
            request,
            "bank.html",
            "Bank feed",
            nav="integrations",
            linked=linked,
            banks=BANKS,
            expired=expired,
            context={"bank_consent_expired": expired},
        )
    form = await read(request, LABELS)
    code, iban = form.choice("bank", list(BANKS), next(iter(BANKS))), form.iban("iban", optional=False)
    if form.errors:
        return invalid(request, form, "The bank feed was not connected.")
    if not iban.startswith("DE") or iban[BANK_CODE] != code:
        raise Refusal(502, "The bank refused the connection.")
    until = today(request) + timedelta(days=CONSENT_DAYS)
    db(request).put("bank", {"bank": code, "iban": iban, "until": until.isoformat()})
    return done(request, "/integrations", f"{BANKS[code]} is connected.", "bank_connected")


routes = [Route("/integrations/bank", bank, methods=["GET", "POST"])]
