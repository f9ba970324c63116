"""Webhooks: where Tallybrook tells other programs what happened."""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import checks
from ..delivery import Undelivered, deliver_test
from ..people import allowed
from ..web import Missing, Refusal, db, done, invalid, page, read, row_id

LABELS = {"url": "Endpoint URL", "events": "Events"}
EVENTS = {
    "invoice.sent": "Invoice sent",
    "invoice.paid": "Invoice paid",
    "quote.accepted": "Quote accepted",
    "customer.created": "Customer created",
}


@allowed("connect")
async def webhooks(request: Request) -> Response:
    if request.method == "GET":
        hooks = [
            (hook, json.loads(hook["events"]))
            for hook in db(request).all("select * from webhooks order by id")
        ]
        return page(request, "webhooks.html", "Webhooks", nav="integrations", hooks=hooks, events=EVENTS)
    form = await read(request, LABELS)
    url, chosen = form.text("url"), [event for event in form.many("events") if event in EVENTS]
    if not checks.is_webhook_url(url):
        form.fail("url", "Enter a valid URL.")
    if not chosen:
        form.fail("events", "Choose at least one event.")
    if form.errors:
        return invalid(request, form, "The webhook was not saved.")
    db(request).insert("webhooks", url=url, events=json.dumps(chosen), secret=secrets.token_hex(16), last="")
    return done(request, "/integrations/webhooks", "The webhook was saved.", "webhook_saved")


@allowed("connect")
async def test(request: Request) -> Response:
    hook = db(request).one("select * from webhooks where id=?", row_id(request))
    if hook is None:
        raise Missing
    at = f"{datetime.now():%H:%M}"
    try:
        status = await deliver_test(hook["url"], hook["secret"])
    except Undelivered as why:
        db(request).update("webhooks", hook["id"], last=f"Failed {at}. {why}")
        raise Refusal(502, "Test delivery failed.", str(why)) from why
    db(request).update("webhooks", hook["id"], last=f"Delivered {at}, status {status}")
    return done(
        request, "/integrations/webhooks", f"The test was delivered, status {status}.", "webhook_tested"
    )


@allowed("connect")
async def delete(request: Request) -> Response:
    db(request).run("delete from webhooks where id=?", row_id(request))
    return done(request, "/integrations/webhooks", "The webhook was deleted.", "webhook_deleted")


routes = [
    Route("/integrations/webhooks", webhooks, methods=["GET", "POST"]),
    Route("/integrations/webhooks/{id:int}/test", test, methods=["POST"]),
    Route("/integrations/webhooks/{id:int}/delete", delete, methods=["POST"]),
]
