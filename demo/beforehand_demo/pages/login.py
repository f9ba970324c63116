"""Logging in, with the second step where two-factor is on, and logging out."""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .. import people, totp
from ..database import Database
from ..seed import PASSWORDS, seed
from ..web import FOUND, Refusal, bare, db, done, invalid, is_fetch, read, today

MAX_ATTEMPTS = 5  # wrong passwords in a row for one e-mail
LOCK_SECONDS = 15 * 60
LABELS = {"email": "E-mail", "password": "Password", "code": "Code"}
WRONG_CODE = "That code is not right."


async def login(request: Request) -> Response:
    if request.method == "GET":
        again = "Please log in again." if "again" in request.query_params else ""
        first_names = [email.split("@")[0].title() for email in PASSWORDS]
        return bare(
            request, "login.html", "Log in", again=again, demo=list(zip(first_names, PASSWORDS, strict=True))
        )
    form = await read(request, LABELS)
    email = form.text("email", "Enter your e-mail address.").lower()
    password = form.raw("password")
    if not password:
        form.fail("password", "Enter your password.")
    if form.errors:
        return invalid(request, form, "You are not logged in.")
    return _enter(request, _person(db(request), email, password))


def _person(data: Database, email: str, password: str) -> Any:
    _count_attempts(data, email)
    person = data.one("select * from people where email=? and state='active'", email)
    if person is None or not people.is_password(password, person["password"]):
        data.insert("attempts", email=email, at=time.time())
        raise Refusal(401, "E-mail or password is not right.")
    data.run("delete from attempts where email=?", email)
    return person


def _count_attempts(data: Database, email: str) -> None:
    data.run("delete from attempts where at < ?", time.time() - LOCK_SECONDS)
    if data.value("select count(*) from attempts where email=?", email) >= MAX_ATTEMPTS:
        raise Refusal(429, "Too many attempts. Try again in 15 minutes.")


def _enter(request: Request, person: Any) -> Response:
    needs_code = bool(person["totp_on"])
    token = people.open_session(db(request), person["id"], request.headers.get("user-agent", ""), needs_code)
    answer = done(request, "/login/code" if needs_code else "/", "")
    answer.set_cookie(people.COOKIE, token, httponly=True, samesite="lax")
    return answer


async def code(request: Request) -> Response:
    """The second step; the session exists already, but opens nothing yet."""
    found = people.session(db(request), request.cookies.get(people.COOKIE))
    if found is None:
        return RedirectResponse("/login?again=1", FOUND)
    if request.method == "GET":
        return bare(request, "login_code.html", "Enter your code")
    form = await read(request, LABELS)
    person = db(request).one("select * from people where id=?", found["person_id"])
    assert person is not None
    _count_attempts(db(request), person["email"])
    if not _is_code(db(request), person, form.text("code")):
        db(request).insert("attempts", email=person["email"], at=time.time())
        form.fail("code", WRONG_CODE)
        return invalid(request, form, "You are not logged in.")
    db(request).run("update sessions set pending=0 where token=?", found["token"])
    return done(request, "/", "")


def _is_code(data: Database, person: Any, entered: str) -> bool:
    step = totp.matching_step(person["totp_key"], entered, time.time(), person["totp_last"])
    if step is not None:
        data.update("people", person["id"], totp_last=step)
        return True
    recovery = people.digest(entered.lower())
    known = (
        data.one("select 1 from recovery where person_id=? and code=?", person["id"], recovery) is not None
    )
    data.run("delete from recovery where person_id=? and code=?", person["id"], recovery)
    return known


async def demo_login(request: Request) -> Response:
    """ "Continue as Mara": the demo's short way in, without a password."""
    email = f"{request.path_params['name']}@tallybrook.example"
    person = db(request).one("select * from people where email=? and state='active'", email)
    if person is None:
        raise Refusal(404, "This person is no longer in the workspace.")
    return _enter(request, person)


async def logout(request: Request) -> Response:
    db(request).run("delete from sessions where token=?", request.state.session["token"])
    answer: Response = (
        JSONResponse({"to": "/login"}) if is_fetch(request) else RedirectResponse("/login", FOUND)
    )
    answer.delete_cookie(people.COOKIE)
    return answer


async def start_over(request: Request) -> Response:
    """Puts the demo's data back to its first day."""
    db(request).clear()
    seed(db(request), today(request))
    return done(request, "/login", "")


routes = [
    Route("/login", login, methods=["GET", "POST"]),
    Route("/login/code", code, methods=["GET", "POST"]),
    Route("/login/as/{name}", demo_login, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
    Route("/start-over", start_over, methods=["POST"]),
]
