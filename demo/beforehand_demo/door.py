"""What every request passes: security headers, the check of the origin, the log-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .people import COOKIE, session
from .settings import Settings

OPEN_PATHS = ("/login", "/static/", "/healthz", "/start-over", "/favicon.ico")


def content_policy(settings: Settings) -> str:
    """Own files only, and the widget's origin where one is set (its socket included)."""
    widget = socket = ""
    if settings.has_widget and settings.widget_origin:
        widget = f" {settings.widget_origin}"
        socket = f"{widget} ws{settings.widget_origin.removeprefix('http')}"
    return (
        f"default-src 'none'; script-src 'self'{widget}; connect-src 'self'{socket}; style-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class Door:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        request = Request(scope, receive)
        answer = self.stop(request)
        await (answer or self.app)(scope, receive, with_headers)

    def stop(self, request: Request) -> Response | None:
        """The answer that ends the request here, or None to let it through."""
        if request.method == "POST" and not _same_origin(request):
            return JSONResponse({"alert": "This form was sent from another site."}, 403)
        if request.url.path.startswith(OPEN_PATHS):
            return None
        data = request.app.state.db
        found = session(data, request.cookies.get(COOKIE))
        if found is None or found["pending"]:
            return _to_login(request)
        request.state.person = data.one("select * from people where id=?", found["person_id"])
        request.state.session = found
        return None


def _same_origin(request: Request) -> bool:
    """Browsers send Origin with every POST; where it is absent no browser is involved."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _to_login(request: Request) -> Response:
    if "x-tallybrook" in request.headers:
        return JSONResponse({"alert": "Please log in again."}, 401)
    again = "" if request.url.path == "/" else "?again=1"
    return RedirectResponse(f"/login{again}", 303)
