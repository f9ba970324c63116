"""What the web floor is given, and the routes it offers under any prefix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Route, WebSocketRoute

from beforehand.adapters.web.door import Door
from beforehand.adapters.web.files import WidgetFiles
from beforehand.adapters.web.health import Health
from beforehand.adapters.web.post import Post
from beforehand.adapters.web.socket import Socket
from beforehand.adapters.web.tokens import ResumeTokens
from beforehand.loop.directory import Directory
from beforehand.loop.live import Live
from beforehand.ports.clock import Clock, Ids


@dataclass(frozen=True)
class WebServices:
    """signer_key: signs resume tokens. strict: refuse unknown fields and types. forwarded_for: trust the proxy."""

    live: Live
    directory: Directory
    clock: Clock
    ids: Ids
    signer_key: bytes = field(repr=False)
    health: Callable[[], dict[str, object]]
    ready: Callable[[], tuple[bool, dict[str, object]]]
    strict: bool = False
    forwarded_for: bool = False


def routes(services: WebServices) -> list[BaseRoute]:
    door = Door(services.directory, services.clock, services.forwarded_for)
    tokens = ResumeTokens(services.signer_key, services.clock)
    socket = Socket(services.live, door, tokens, services.clock, services.strict)
    post = Post(services.live, door, tokens, services.clock, services.strict)
    files = WidgetFiles()
    health = Health(services.health, services.ready)
    return [
        WebSocketRoute("/v1/socket", socket),
        Route("/v1/post", post.exchange, methods=["POST", "OPTIONS"]),
        Route("/v1/beacon", post.beacon, methods=["POST"]),
        Route("/v1/why", post.why, methods=["GET"]),
        Route("/v1/{name}", files.serve, methods=["GET"]),
        Route("/healthz", health.healthz, methods=["GET"]),
        Route("/readyz", health.readyz, methods=["GET"]),
    ]
