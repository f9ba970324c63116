"""GET /support-token: tells the support widget who is logged in, signed so that nobody else can."""

from __future__ import annotations

import time

from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .database import Database
from .settings import Settings
from .web import Missing, db, me

LIFETIME_SECONDS = 15 * 60  # short, because a copied token names a person; the page fetches a new one in time


def make_token(data: Database, person: dict[str, str], settings: Settings, now: float) -> str:
    """A JWT (HS256): sub, iat, exp, name, email, locale, zone, account {id, name, plan}."""
    claims = {
        "sub": f"person-{person['id']}",
        "iat": int(now),
        "exp": int(now) + LIFETIME_SECONDS,
        "name": person["name"],
        "email": person["email"],
        "locale": person["locale"],
        "zone": person["zone"],
        "account": {"id": data.get("account"), "name": data.get("company")["name"], "plan": data.get("plan")},
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(settings.widget_secret or ""))


async def token(request: Request) -> Response:
    settings: Settings = request.app.state.settings
    if not settings.can_identify:
        raise Missing
    made = make_token(db(request), me(request), settings, time.time())
    return JSONResponse(
        {"token": made, "expires_in": LIFETIME_SECONDS}, headers={"Cache-Control": "no-store"}
    )


routes = [Route("/support-token", token)]
