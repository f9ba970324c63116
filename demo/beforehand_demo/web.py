"""Between request and page: rendering, answers to forms, refusals.

A page is asked for whole, or (header `X-Tallybrook: fragment`) as its `main` alone, by the navigation in the
browser. A form is answered in JSON when it came by fetch (`X-Tallybrook: form`):
  200 {"to": address, "said": sentence, "track": event name or null}
  422 {"subject", "errors": [{"id", "label", "message"}]}
  other 4xx, 5xx {"alert": sentence, "detail": sentence or ""}
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from . import countries, money
from .database import Database
from .forms import VAT_RATES, Form

HERE = Path(__file__).parent
FOUND = 303  # a form that succeeded leads to the page of what it made
INVALID = 422
MAX_FORM_FILES = 1


class Refusal(Exception):
    """The product says no: status and the sentence for the alert bar."""

    def __init__(self, status: int, alert: str, detail: str = "") -> None:
        super().__init__(alert)
        self.status, self.alert, self.detail = status, alert, detail


class Missing(Refusal):
    def __init__(self) -> None:
        super().__init__(404, "This page does not exist.")


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        euro=money.euro, plain=money.plain, day=money.day, hours=money.hours, number=money.number
    )
    made.globals.update(
        countries=countries.CHOICES, country_names=dict(countries.CHOICES), vat_rates=VAT_RATES
    )
    return made


def db(request: Request) -> Database:
    found: Database = request.app.state.db
    return found


def today(request: Request) -> date:
    found: date = request.app.state.settings.today()
    return found


def me(request: Request) -> Any:
    """The row of who is logged in; the door middleware lets nobody else through."""
    return request.state.person


def is_fetch(request: Request) -> bool:
    return "x-tallybrook" in request.headers


def row_id(request: Request) -> int:
    return int(request.path_params["id"])


async def read(request: Request, labels: dict[str, str]) -> Form:
    return Form(await request.form(max_files=MAX_FORM_FILES), labels)


def page(
    request: Request,
    template: str,
    title: str,
    *,
    nav: str = "",
    status: int = 200,
    context: dict[str, object] | None = None,
    **values: object,
) -> Response:
    """`context` is what the support widget may know of this page, typed entries."""
    shared = {
        "title": title,
        "nav": nav,
        "me": me(request),
        "settings": request.app.state.settings,
        "fragment": request.headers.get("x-tallybrook") == "fragment",
        "today": today(request),
        "company": db(request).get("company")["name"],
        "counts": _counts(db(request)),
        "context": json.dumps({"plan": db(request).get("plan"), **(context or {})}),
    }
    text = request.app.state.templates.get_template(template).render({**shared, **values})
    return HTMLResponse(text, status, headers={"Vary": "X-Tallybrook", "Cache-Control": "no-store"})


def _counts(data: Database) -> dict[str, int]:
    return {
        "invoices": data.value("select count(*) from invoices where status in ('open', 'ready')"),
        "quotes": data.value("select count(*) from quotes where status='sent'"),
    }


def bare(request: Request, template: str, title: str, status: int = 200, **values: object) -> Response:
    """A page for somebody who is not logged in."""
    text = request.app.state.templates.get_template(template).render(
        {"title": title, "settings": request.app.state.settings, **values}
    )
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def done(request: Request, to: str, said: str, track: str | None = None) -> Response:
    """The form was right: where to go, what to say there, and the event's name for the widget."""
    if is_fetch(request):
        return JSONResponse({"to": to, "said": said, "track": track})
    return RedirectResponse(to, FOUND)


def invalid(request: Request, form: Form, subject: str) -> Response:
    """The form was wrong: each field's message; the sentence for the bar is put together by `summary`."""
    errors = [
        {"id": field, "label": form.labels.get(field, field), "message": message}
        for field, message in form.errors.items()
    ]
    if is_fetch(request):
        return JSONResponse({"subject": subject, "errors": errors}, INVALID)
    return bare(request, "refused.html", "Not saved", INVALID, alert=summary(subject, form), errors=errors)


def summary(subject: str, form: Form) -> str:
    """As the browser's script writes it, too."""
    labels = ", ".join(form.labels.get(field, field) for field in form.errors)
    if len(form.errors) == 1:
        return f"{subject} One field needs your attention: {labels}."
    return f"{subject} {len(form.errors)} fields need your attention: {labels}."


async def on_refusal(request: Request, why: Exception) -> Response:
    assert isinstance(why, Refusal)
    if request.headers.get("x-tallybrook") == "form":
        return JSONResponse({"alert": why.alert, "detail": why.detail}, why.status)
    if not hasattr(request.state, "person"):
        return bare(request, "refused.html", "Not possible", why.status, alert=why.alert, errors=[])
    title = "This page does not exist" if why.status == 404 else "Not possible"
    return page(request, "refusal.html", title, status=why.status, why=why)


async def on_missing(request: Request, _: Exception) -> Response:
    return await on_refusal(request, Missing())


async def on_failure(request: Request, _: Exception) -> Response:
    return await on_refusal(request, Refusal(500, "Something went wrong on our side."))
