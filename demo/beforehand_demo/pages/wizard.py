"""New project: four steps; what was entered is kept per person until the project is created."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..database import Database
from ..forms import Form
from ..money import day, euro
from ..people import allowed
from ..web import FOUND, Missing, db, done, invalid, me, page, read
from .projects import BILLING

STEPS = ("basics", "billing", "people", "review")
TITLES = {"basics": "Basics", "billing": "Billing", "people": "People", "review": "Review"}
LABELS = {
    "name": "Project name",
    "customer_id": "Customer",
    "code": "Short code",
    "starts": "Starts",
    "ends": "Ends",
    "billing": "Billing",
    "price": "Fixed price",
    "budget": "Budget",
    "rate": "Hourly rate",
    "members": "Members",
    "lead": "Lead",
}
BLANK = {
    "name": "",
    "customer_id": "",
    "code": "",
    "starts": "",
    "ends": "",
    "billing": "hourly",
    "price": "",
    "budget": "",
    "rate": "",
    "members": [],
    "lead": "",
}
BUDGET = "This budget cannot be used."


def entered(data: Database, person: Any) -> dict[str, Any]:
    text = data.value("select entered from wizards where person_id=?", person["id"])
    return {**BLANK, **json.loads(text or "{}")}


def _keep(data: Database, person: Any, values: dict[str, Any]) -> None:
    data.run("insert or replace into wizards values(?,?)", person["id"], json.dumps(values))


async def first(_: Request) -> Response:
    return RedirectResponse("/projects/new/basics", FOUND)


@allowed("projects")
async def step(request: Request) -> Response:
    name = request.path_params["step"]
    if name not in STEPS:
        raise Missing
    return _show(request, name) if request.method == "GET" else await _next(request, name)


def _show(request: Request, name: str) -> Response:
    data, values = db(request), entered(db(request), me(request))
    shown: dict[str, Any] = {
        "customers": data.all("select id, name from customers where archived=0 order by name collate nocase"),
        "people": data.all("select * from people where state='active' order by id"),
        "billing": BILLING,
    }
    return page(
        request,
        "wizard.html",
        "New project",
        nav="projects",
        step=name,
        values=values,
        steps=TITLES,
        place=STEPS.index(name),
        review=_review(data, values) if name == "review" else [],
        **shown,
        context={"wizard_step": name},
    )


async def _next(request: Request, name: str) -> Response:
    form, data, person = await read(request, LABELS), db(request), me(request)
    values, place = entered(data, person), STEPS.index(name)
    if name == "review":
        return _create(request, values)
    checked = {"basics": _basics, "billing": _billing, "people": _people}[name](form, data)
    if form.errors:
        return invalid(request, form, f"Step {place + 1} is not complete.")
    _keep(data, person, {**values, **checked})
    return done(request, f"/projects/new/{STEPS[place + 1]}", "")


def _basics(form: Form, data: Database) -> dict[str, Any]:
    form.text("name", "Enter a project name.", limit=80)
    if not data.one("select 1 from customers where id=?", form.whole("customer_id")):
        form.fail("customer_id", "Choose a customer.")
    code = form.text("code")
    if not (code.isascii() and code.isalpha() and code.isupper() and 2 <= len(code) <= 5):
        form.fail("code", "Use two to five capital letters.")
    if data.one("select 1 from projects where code=?", code):
        form.fail("code", "Another project uses this code.")
    starts, ends = form.date("starts"), form.date("ends", optional=True)
    if starts and ends and ends < starts:
        form.fail("ends", "The end lies before the start.")
    return {name: form.text(name) for name in ("name", "customer_id", "code", "starts", "ends")}


def _billing(form: Form, _: Database) -> dict[str, Any]:
    billing = form.choice("billing", list(BILLING), "hourly")
    if billing == "fixed":
        form.amount("price")
    budget, rate = form.amount("budget", optional=True), form.amount("rate", optional=True)
    if billing == "hourly" and budget is not None and (not rate or budget < rate):
        form.fail("budget", BUDGET)
    return {"billing": billing, **{name: form.text(name) for name in ("price", "budget", "rate")}}


def _people(form: Form, data: Database) -> dict[str, Any]:
    known = {str(person["id"]) for person in data.all("select id from people where state='active'")}
    members, lead = [member for member in form.many("members") if member in known], form.text("lead")
    if not members:
        form.fail("members", "Choose at least one person.")
    elif lead not in members:
        form.fail("lead", "The lead is not part of the team.")
    return {"members": members, "lead": lead}


def _unfinished(values: dict[str, Any]) -> str | None:
    """The first step that was jumped over."""
    if not values["name"]:
        return "basics"
    return None if values["members"] else "people"


def _create(request: Request, values: dict[str, Any]) -> Response:
    gap = _unfinished(values)
    if gap:
        return done(request, f"/projects/new/{gap}", "This step is not complete yet.")
    from ..checks import parse_amount, parse_date

    data, cents = db(request), {name: parse_amount(values[name]) for name in ("price", "budget", "rate")}
    dates = {name: str(parse_date(values[name]) or "") for name in ("starts", "ends")}
    project_id = data.insert(
        "projects",
        code=values["code"],
        name=values["name"],
        customer_id=int(values["customer_id"]),
        status="Planned",
        billing=values["billing"],
        lead_id=int(values["lead"]),
        **cents,
        **dates,
    )
    for member in values["members"]:
        data.insert("project_people", project_id=project_id, person_id=int(member))
    data.run("delete from wizards where person_id=?", me(request)["id"])
    return done(request, f"/projects/{project_id}", f"{values['name']} was created.", "project_created")


def _review(data: Database, values: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(label, what was entered, step to change it)."""
    from ..checks import parse_amount, parse_date

    marks = ",".join("?" * len(values["members"]))
    names = [
        row["name"] for row in data.all(f"select name from people where id in ({marks})", *values["members"])
    ]
    customer = data.value("select name from customers where id=?", values["customer_id"]) or ""
    money = [
        (LABELS[name], euro(parse_amount(values[name])), "billing")
        for name in ("price", "rate", "budget")
        if values[name]
    ]
    return [
        ("Project", values["name"], "basics"),
        ("Customer", customer, "basics"),
        ("Short code", values["code"], "basics"),
        ("Starts", day(parse_date(values["starts"])), "basics"),
        ("Billing", BILLING[values["billing"]], "billing"),
        *money,
        ("People", ", ".join(names), "people"),
    ]


routes = [Route("/projects/new", first), Route("/projects/new/{step}", step, methods=["GET", "POST"])]
