"""Projects: list and detail; the wizard for a new one is in wizard.py."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people import allowed
from ..plans import plan_of
from ..web import Missing, Refusal, db, done, page, row_id

BILLING = {"hourly": "By the hour", "fixed": "Fixed price", "none": "Not billed"}
_SQL = """select p.*, c.name as customer, (select coalesce(sum(minutes), 0) from times where project_id=p.id) as minutes
  from projects p join customers c on c.id=p.customer_id"""


def used(project: Any) -> int | None:
    """Percent of the budget, or of the fixed price at the company's usual 92 euro an hour; None without either."""
    rate = project["rate"] or 9200
    whole = project["budget"] or project["price"]
    return round(project["minutes"] / 60 * rate / whole * 100) if whole else None


async def listing(request: Request) -> Response:
    rows = db(request).all(
        f"{_SQL} order by case p.status when 'Active' then 0 when 'Planned' then 1 else 2 end, p.name"
    )
    return page(
        request,
        "projects.html",
        "Projects",
        nav="projects",
        rows=[(row, used(row)) for row in rows],
        billing=BILLING,
        limit=plan_of(db(request)).projects,
        active=sum(row["status"] == "Active" for row in rows),
    )


def _load(request: Request) -> Any:
    project = db(request).one(f"{_SQL} where p.id=?", row_id(request))
    if project is None:
        raise Missing
    return project


async def detail(request: Request) -> Response:
    project = _load(request)
    people = db(request).all(
        "select p.* from people p join project_people m on m.person_id=p.id where m.project_id=?",
        project["id"],
    )
    times = db(request).all(
        "select t.*, p.name as person from times t join people p on p.id=t.person_id "
        "where t.project_id=? order by day desc, t.id desc limit 10",
        project["id"],
    )
    return page(
        request,
        "project.html",
        project["name"],
        nav="projects",
        project=project,
        people=people,
        times=times,
        used=used(project),
        billing=BILLING,
        context={"project_status": project["status"]},
    )


@allowed("projects")
async def activate(request: Request) -> Response:
    project, limit = _load(request), plan_of(db(request)).projects
    if db(request).value("select count(*) from projects where status='Active'") >= limit:
        raise Refusal(402, f"Your plan allows {limit} active projects.")
    db(request).update("projects", project["id"], status="Active")
    return done(request, f"/projects/{project['id']}", f"{project['name']} is active.", "project_activated")


@allowed("projects")
async def finish(request: Request) -> Response:
    project = _load(request)
    db(request).update("projects", project["id"], status="Done")
    return done(request, f"/projects/{project['id']}", f"{project['name']} is done.", "project_finished")


routes = [
    Route("/projects", listing),
    Route("/projects/{id:int}", detail),
    Route("/projects/{id:int}/activate", activate, methods=["POST"]),
    Route("/projects/{id:int}/finish", finish, methods=["POST"]),
]
