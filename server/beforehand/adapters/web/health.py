"""Is the process alive, and may traffic come."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse


class Health:
    """/healthz always answers 200 with the parts; /readyz 200 or 503 with the same."""

    def __init__(
        self, health: Callable[[], dict[str, object]], ready: Callable[[], tuple[bool, dict[str, object]]]
    ) -> None:
        self._health = health
        self._ready = ready

    async def healthz(self, request: Request) -> JSONResponse:
        return JSONResponse(self._health(), headers={"Cache-Control": "no-store"})

    async def readyz(self, request: Request) -> JSONResponse:
        ready, parts = self._ready()
        headers = {"Cache-Control": "no-store"}
        return JSONResponse({"ready": ready, **parts}, status_code=200 if ready else 503, headers=headers)
