"""The built widget: only what the build made, told apart by name."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

STATIC = Path(__file__).parent / "static"
NAME = re.compile(r"widget\.js|(?:widget|locale)-[a-z]+\.js|(?:fallback|coview)\.js")
FRESH_S = 300
"""Seconds a browser uses its copy without asking; then one conditional request, so a fix is out in minutes."""
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": f"public, max-age={FRESH_S}, stale-while-revalidate=86400",
}


class WidgetFiles:
    """Reads each file once per change; ETag is the hash of its bytes."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[int, bytes, str]] = {}

    async def serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        found = self._read(name) if NAME.fullmatch(name) else None
        if found is None:
            sentence = f"{name}: there is no such file." if NAME.fullmatch(name) else "There is nothing here."
            return JSONResponse(
                {"code": "not_found", "sentence": sentence}, 404, {"Access-Control-Allow-Origin": "*"}
            )
        body, etag = found
        headers = {**HEADERS, "ETag": etag}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)

    def _read(self, name: str) -> tuple[bytes, str] | None:
        path = self._folder / name
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return None
        kept = self._kept.get(name)
        if kept is None or kept[0] != changed:
            body = path.read_bytes()
            kept = (changed, body, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
            self._kept[name] = kept
        return kept[1], kept[2]
