"""Time: the week's entries, the form, the timer."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import checks
from ..money import day, hours
from ..people import allowed
from ..web import db, done, invalid, me, page, read, today

LABELS = {"project_id": "Project", "date": "Date", "hours": "Hours", "note": "Note"}
DAY_MINUTES = 24 * 60
SHOWN_DAYS = 14


async def times(request: Request) -> Response:
    data, now = db(request), today(request)
    since = (now - timedelta(days=SHOWN_DAYS)).isoformat()
    rows = data.all(
        "select t.*, p.name as project, p.code as code, w.name as person from times t "
        "join projects p on p.id=t.project_id "
        "join people w on w.id=t.person_id where t.day >= ? order by t.day desc, t.id desc",
        since,
    )
    projects = data.all("select id, name, status from projects where status != 'Done' order by name")
    timer = data.one(
        "select t.*, p.name as project from timers t join projects p on p.id=t.project_id where person_id=?",
        me(request)["id"],
    )
    return page(
        request,
        "time.html",
        "Time",
        nav="time",
        days=_days(rows),
        projects=projects,
        timer=timer,
        week=_week(rows, now),
        closed=data.get("time")["closed_until"],
        date=day(now),
        context={"timer_running": timer is not None},
    )


def _days(rows: list[Any]) -> list[tuple[str, str, list[Any]]]:
    """(day, sum, entries), newest first."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["day"], []).append(row)
    return [
        (day(name), hours(sum(row["minutes"] for row in entries)), entries) for name, entries in found.items()
    ]


def _week(rows: list[Any], now: date) -> str:
    monday = (now - timedelta(days=now.weekday())).isoformat()
    return hours(sum(row["minutes"] for row in rows if row["day"] >= monday))


@allowed("log")
async def log(request: Request) -> Response:
    form, data = await read(request, LABELS), db(request)
    project = data.one("select * from projects where id=?", form.whole("project_id"))
    if project is None:
        form.fail("project_id", "Choose a project.")
    on, minutes = form.date("date"), checks.parse_hours(form.text("hours"))
    if minutes is None:
        form.fail("hours", "Enter hours like 1:30 or 1.5.")
    if on and on.isoformat() <= data.get("time")["closed_until"]:
        form.fail("date", "This day is closed.")
    already = data.value(
        "select coalesce(sum(minutes), 0) from times where person_id=? and day=?", me(request)["id"], str(on)
    )
    if minutes and already + minutes > DAY_MINUTES:
        form.fail("hours", "A day has 24 hours.")
    note = form.text("note", limit=200)
    if form.errors or project is None or on is None or minutes is None:
        return invalid(request, form, "The time was not saved.")
    _store(request, project["id"], on, minutes, note)
    return done(request, "/time", f"{hours(minutes)} h on {project['name']} were saved.", "time_logged")


def _store(request: Request, project_id: int, on: date, minutes: int, note: str) -> None:
    step = db(request).get("time")["round"]
    rounded = -(-minutes // step) * step
    db(request).insert(
        "times",
        project_id=project_id,
        person_id=me(request)["id"],
        day=on.isoformat(),
        minutes=rounded,
        note=note,
    )


@allowed("log")
async def start(request: Request) -> Response:
    """Starts the timer on an active project; on any other one there is nothing to start."""
    form, data = await read(request, LABELS), db(request)
    project = data.one("select * from projects where id=? and status='Active'", form.whole("project_id"))
    if project is None:
        return done(request, "/time", "")
    data.run("insert or replace into timers values(?,?,?)", me(request)["id"], project["id"], time.time())
    return done(request, "/time", f"The timer runs on {project['name']}.", "timer_started")


@allowed("log")
async def stop(request: Request) -> Response:
    data, person = db(request), me(request)["id"]
    timer = data.one("select * from timers where person_id=?", person)
    if timer is not None:
        minutes = max(1, round((time.time() - timer["started"]) / 60))
        _store(request, timer["project_id"], today(request), minutes, "Timer")
        data.run("delete from timers where person_id=?", person)
    return done(request, "/time", "The timer was stopped.", "timer_stopped")


routes = [
    Route("/time", times),
    Route("/time/log", log, methods=["POST"]),
    Route("/time/start", start, methods=["POST"]),
    Route("/time/stop", stop, methods=["POST"]),
]
