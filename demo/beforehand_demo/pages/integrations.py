"""Integrations: the overview, the ledger export, API keys."""

from __future__ import annotations

import re
import secrets
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import checks
from ..people import allowed, digest
from ..plans import plan_of
from ..web import Refusal, db, done, invalid, is_fetch, page, read, row_id, today

LABELS = {
    "consultant": "Consultant number",
    "client": "Client number",
    "length": "Account length",
    "month": "First month",
    "name": "Name",
    "scope": "Scope",
}
LENGTHS = ["4", "5", "6", "7", "8"]
SCOPES = {"read": "Read only", "write": "Read and write"}


async def overview(request: Request) -> Response:
    data = db(request)
    bank = data.get("bank")
    expired = bool(bank) and date.fromisoformat(bank["until"]) < today(request)
    return page(
        request,
        "integrations.html",
        "Integrations",
        nav="integrations",
        bank=bank,
        expired=expired,
        ledger=data.get("ledger"),
        keys=data.value("select count(*) from api_keys"),
        hooks=data.all("select * from webhooks"),
    )


@allowed("connect")
async def ledger(request: Request) -> Response:
    if request.method == "GET":
        return page(
            request,
            "ledger.html",
            "Ledger export",
            nav="integrations",
            ledger=db(request).get("ledger"),
            lengths=LENGTHS,
        )
    form = await read(request, LABELS)
    consultant, client, month = form.text("consultant"), form.text("client"), form.text("month")
    if not re.fullmatch(r"\d{7}", consultant, re.ASCII):
        form.fail("consultant", "Enter a valid consultant number.")
    if not re.fullmatch(r"\d{1,5}", client, re.ASCII):
        form.fail("client", "Enter a valid client number.")
    if checks.parse_month(month) is None:
        form.fail("month", "Enter a month like 2026-01.")
    if form.errors:
        return invalid(request, form, "The ledger export was not connected.")
    db(request).put(
        "ledger",
        {
            "consultant": consultant,
            "client": client,
            "month": month,
            "length": form.choice("length", LENGTHS, "4"),
        },
    )
    return done(request, "/integrations", "The ledger export is connected.", "ledger_connected")


@allowed("connect")
async def api_keys(request: Request) -> Response:
    keys = db(request).all("select * from api_keys order by id desc")
    limit = plan_of(db(request)).keys
    if request.method == "GET":
        return page(
            request, "api_keys.html", "API keys", nav="integrations", keys=keys, limit=limit, scopes=SCOPES
        )
    form = await read(request, LABELS)
    name = form.text("name", "Give the key a name.", limit=40)
    if form.errors:
        return invalid(request, form, "The key was not made.")
    if len(keys) >= limit:
        raise Refusal(402, "You have reached the number of keys of your plan.")
    key = f"tb_{secrets.token_hex(20)}"
    db(request).insert(
        "api_keys",
        name=name,
        scope=form.choice("scope", list(SCOPES), "read"),
        tail=key[-4:],
        digest=digest(key),
        created=today(request).isoformat(),
    )
    if is_fetch(request):  # the only moment at which the key can be read
        return JSONResponse(
            {"reveal": key, "said": "Copy the key now. It is not shown again.", "track": "api_key_made"}
        )
    return Response(key, media_type="text/plain")


@allowed("connect")
async def revoke(request: Request) -> Response:
    db(request).run("delete from api_keys where id=?", row_id(request))
    return done(request, "/integrations/api-keys", "The key was revoked.", "api_key_revoked")


routes = [
    Route("/integrations", overview),
    Route("/integrations/ledger", ledger, methods=["GET", "POST"]),
    Route("/integrations/api-keys", api_keys, methods=["GET", "POST"]),
    Route("/integrations/api-keys/{id:int}/revoke", revoke, methods=["POST"]),
]
