"""The team: roles, seats, invitations."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people import allowed
from ..plans import plan_of, seats_used
from ..web import Missing, Refusal, db, done, invalid, me, page, read, row_id, today

LABELS = {"email": "E-mail", "role": "Role"}
ROLES = {
    "Owner": "Everything, plan and billing included",
    "Admin": "Everything but plan and billing",
    "Bookkeeper": "Invoices, quotes, customers, reports",
    "Member": "Own time and expenses",
}
GIVEN = ["Admin", "Bookkeeper", "Member"]  # an owner is made later, on the team page


async def team(request: Request) -> Response:
    people = db(request).all("select * from people where state in ('active', 'invited') order by state, id")
    used, seats = seats_used(db(request)), plan_of(db(request)).seats
    return page(
        request,
        "team.html",
        "Team",
        nav="team",
        people=people,
        used=used,
        seats=seats,
        roles=ROLES,
        context={"seats_used": used, "seats": seats},
    )


@allowed("team")
async def invite(request: Request) -> Response:
    used, seats = seats_used(db(request)), plan_of(db(request)).seats
    if request.method == "GET":
        return page(
            request,
            "invite.html",
            "Invite a person",
            nav="team",
            roles=ROLES,
            given=GIVEN,
            context={"seats_used": used, "seats": seats},
        )
    form = await read(request, LABELS)
    email, role = form.email("email"), form.choice("role", GIVEN, "Member")
    known = db(request).one("select * from people where email=?", email)
    if known and known["state"] != "removed":
        form.fail("email", "This person is already part of the team.")
    if form.errors:
        return invalid(request, form, "The invitation was not sent.")
    if used >= seats:
        raise Refusal(402, "You cannot invite more people.")
    if known:
        db(request).update("people", known["id"], state="invited", role=role)
    else:
        name = email.split("@")[0].replace(".", " ").title()
        db(request).insert(
            "people", name=name, email=email, role=role, state="invited", locale="en", zone="Europe/Berlin"
        )
    db(request).note(
        today(request).isoformat(),
        "user",
        f"{me(request)['name'].split()[0]} invited {email} as {role}",
        "/team",
    )
    return done(request, "/team", f"An invitation was sent to {email}.", "person_invited")


def _load(request: Request) -> Any:
    person = db(request).one("select * from people where id=? and state != 'removed'", row_id(request))
    if person is None:
        raise Missing
    return person


def _keep_an_owner(request: Request, person: Any) -> None:
    others = db(request).value(
        "select count(*) from people where role='Owner' and state='active' and id != ?", person["id"]
    )
    if person["role"] == "Owner" and not others:
        raise Refusal(409, "The last owner cannot be removed.")


@allowed("team")
async def remove(request: Request) -> Response:
    person = _load(request)
    _keep_an_owner(request, person)
    db(request).update("people", person["id"], state="removed")
    db(request).run("delete from sessions where person_id=?", person["id"])
    said = "The invitation was revoked." if person["state"] == "invited" else f"{person['name']} was removed."
    return done(request, "/team", said, "person_removed")


@allowed("team")
async def change_role(request: Request) -> Response:
    person, form = _load(request), await read(request, LABELS)
    role = form.choice("role", list(ROLES), person["role"])
    if role != "Owner":
        _keep_an_owner(request, person)
    db(request).update("people", person["id"], role=role)
    return done(request, "/team", f"{person['name']} is {role} now.", "role_changed")


routes = [
    Route("/team", team),
    Route("/team/invite", invite, methods=["GET", "POST"]),
    Route("/team/{id:int}/remove", remove, methods=["POST"]),
    Route("/team/{id:int}/role", change_role, methods=["POST"]),
]
