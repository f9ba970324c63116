"""Puts the product together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from . import support
from .database import Database
from .door import Door
from .pages import (
    account,
    bank,
    billing,
    customers,
    expenses,
    home,
    imports,
    integrations,
    invoices,
    login,
    projects,
    quotes,
    reports,
    settings_pages,
    team,
    time_pages,
    webhooks,
    wizard,
)
from .seed import seed
from .settings import Settings
from .web import HERE, Refusal, environment, on_failure, on_missing, on_refusal

_AREAS = (
    login,
    home,
    invoices,
    quotes,
    customers,
    imports,
    wizard,
    projects,
    time_pages,
    expenses,
    reports,
    team,
    integrations,
    bank,
    webhooks,
    billing,
    account,
    settings_pages,
    support,
)


async def healthz(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def create_app(settings: Settings) -> Starlette:
    """The product as an ASGI app, with its data seeded when there is none yet."""
    data = Database(settings.data)
    if data.get("account") is None:
        seed(data, settings.today())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        data.close()

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[Middleware(Door, settings=settings)],
        exception_handlers={Refusal: on_refusal, 404: on_missing, 405: on_missing, Exception: on_failure},
    )
    app.state.db, app.state.settings, app.state.templates = data, settings, environment()
    return app


def _routes() -> list[BaseRoute]:
    fixed: list[BaseRoute] = [
        Route("/healthz", healthz),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return fixed + [route for area in _AREAS for route in area.routes]
