"""Who is logged in, and what each role may do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .database import Database
from .web import Refusal, me

COOKIE = "tallybrook_session"
FORBIDDEN = "You do not have permission to do this."
SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # RFC 7914's interactive parameters: about 50 ms and 16 MB a log-in
_OFFICE = frozenset({"Owner", "Admin", "Bookkeeper"})
_LEADS = frozenset({"Owner", "Admin"})
RIGHTS = {
    "sell": _OFFICE,
    "customers": _OFFICE,
    "projects": _LEADS,
    "log": _OFFICE | {"Member"},
    "team": _LEADS,
    "connect": _LEADS,
    "billing": frozenset({"Owner"}),
    "settings": _LEADS,
}

Handler = Callable[[Request], Awaitable[Response]]


def allowed(right: str) -> Callable[[Handler], Handler]:
    """Refuses the POST of whoever's role lacks `right`; reading stays open to everybody in the workspace."""
    roles = RIGHTS[right]

    def wrap(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: Request) -> Response:
            if request.method == "POST" and me(request)["role"] not in roles:
                raise Refusal(403, FORBIDDEN)
            return await handler(request)

        return guarded

    return wrap


def hash_password(password: str) -> str:
    salt = secrets.token_hex(16)
    return f"{salt}:{hashlib.scrypt(password.encode(), salt=salt.encode(), **SCRYPT).hex()}"


def is_password(password: str, stored: str | None) -> bool:
    if not stored:
        return False
    salt, digest = stored.split(":")
    made = hashlib.scrypt(password.encode(), salt=salt.encode(), **SCRYPT).hex()
    return hmac.compare_digest(made, digest)


def digest(token: str) -> str:
    """Only hashes of session tokens and API keys are kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(db: Database, person_id: int, device: str, pending: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    db.insert(
        "sessions",
        token=digest(token),
        person_id=person_id,
        device=device_name(device),
        created=datetime.now().isoformat(timespec="minutes"),
        pending=int(pending),
    )
    return token


def session(db: Database, token: str | None) -> Any:
    """The session row of a cookie, or None."""
    return db.one("select * from sessions where token=?", digest(token)) if token else None


def device_name(agent: str) -> str:
    """`Chrome on Linux`, from a User-Agent header."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("Android", "Android"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "A browser")
    return browser + next((f" on {name}" for mark, name in systems if mark in agent), "")
