"""One's own security: password, devices, two-factor."""

from __future__ import annotations

import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import checks, people, totp
from ..web import db, done, invalid, is_fetch, me, page, read
from .login import WRONG_CODE

LABELS = {
    "current": "Current password",
    "new": "New password",
    "repeat": "Repeat",
    "code": "Code",
    "password": "Password",
}
WRONG_PASSWORD = "The current password is not right."
RECOVERY_CODES = 8


async def security(request: Request) -> Response:
    person, data = me(request), db(request)
    if request.method == "GET":
        devices = data.all(
            "select * from sessions where person_id=? and pending=0 order by created desc", person["id"]
        )
        return page(
            request,
            "security.html",
            "Security",
            nav="settings",
            tab="security",
            devices=devices,
            session=request.state.session,
            context={"two_factor": bool(person["totp_on"])},
        )
    form = await read(request, LABELS)
    current, new = form.raw("current"), form.raw("new")
    if not people.is_password(current, person["password"]):
        form.fail("current", WRONG_PASSWORD)
    if new == current or not checks.is_strong_password(new, _names(person, data.get("company")["name"])):
        form.fail("new", "Choose a stronger password.")
    if form.raw("repeat") != new:
        form.fail("repeat", "The passwords are not the same.")
    if form.errors:
        return invalid(request, form, "The password was not changed.")
    data.update("people", person["id"], password=people.hash_password(new))
    return done(request, "/settings/security", "The password was changed.", "password_changed")


def _names(person: Any, company: str) -> list[str]:
    """Words no password may hold; short ones ("&", "Dr.") would forbid too much."""
    words = [*person["name"].split(), *company.split(), person["email"].split("@")[0], "tallybrook"]
    return [word for word in words if len(word) > 3]


async def two_factor(request: Request) -> Response:
    person, data = me(request), db(request)
    if not person["totp_key"]:
        data.update("people", person["id"], totp_key=totp.new_key())
        person = data.one("select * from people where id=?", person["id"])
    if request.method == "GET":
        key = " ".join(
            person["totp_key"][place : place + 4] for place in range(0, len(person["totp_key"]), 4)
        )
        return page(
            request,
            "two_factor.html",
            "Two-factor log-in",
            nav="settings",
            key=key,
            on=bool(person["totp_on"]),
            context={"two_factor": bool(person["totp_on"])},
        )
    form = await read(request, LABELS)
    step = totp.matching_step(person["totp_key"], form.text("code"), time.time(), person["totp_last"])
    if step is None:
        form.fail("code", WRONG_CODE)
        return invalid(request, form, "Two-factor log-in is not on yet.")
    data.update("people", person["id"], totp_on=1, totp_last=step)
    return _recovery_codes(request, person["id"])


def _recovery_codes(request: Request, person_id: int) -> Response:
    codes = [f"{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(RECOVERY_CODES)]
    db(request).run("delete from recovery where person_id=?", person_id)
    for code in codes:
        db(request).insert("recovery", person_id=person_id, code=people.digest(code))
    if is_fetch(request):  # the only moment at which the codes can be read
        return JSONResponse(
            {
                "reveal": "\n".join(codes),
                "said": "Two-factor log-in is on. Keep these recovery codes.",
                "track": "two_factor_on",
            }
        )
    return Response("\n".join(codes), media_type="text/plain")


async def two_factor_off(request: Request) -> Response:
    form, person = await read(request, LABELS), me(request)
    if not people.is_password(form.raw("password"), person["password"]):
        form.fail("password", WRONG_PASSWORD)
        return invalid(request, form, "Two-factor log-in is still on.")
    db(request).update("people", person["id"], totp_on=0, totp_key=None, totp_last=0)
    return done(request, "/settings/security", "Two-factor log-in is off.", "two_factor_off")


routes = [
    Route("/settings/security", security, methods=["GET", "POST"]),
    Route("/settings/security/two-factor", two_factor, methods=["GET", "POST"]),
    Route("/settings/security/two-factor/off", two_factor_off, methods=["POST"]),
]
