"""The door: Beforehand(settings) gives .app (an ASGI app to mount under any prefix) and .lifespan.

The only place that chooses adapters. Standing alone, .app runs its own lifespan; mounted inside another
ASGI app, the outer app must run .lifespan, since Starlette does not run those of mounted apps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette

from beforehand.adapters.embedding import open_embedder
from beforehand.adapters.search import open_search
from beforehand.adapters.web import WebServices, routes
from beforehand.domain.errors import Unavailable
from beforehand.installation import Installation
from beforehand.logs import set_up_logs
from beforehand.loop.directory import Directory
from beforehand.loop.live import Live
from beforehand.loop.publish import Publisher
from beforehand.loop.step import NudgeRules, Rules
from beforehand.ports.embedder import Embedder
from beforehand.resources import resource
from beforehand.settings import Settings

DAY_MS = 86_400_000
log = structlog.get_logger()


class Beforehand:
    """One server. Raises Configuration where the data folder isn't one."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        set_up_logs(self.settings.log_level, self.settings.log_format)
        installation = Installation(self.settings)
        self.clock = installation.clock
        self.storage = installation.storage()
        self.embedder, self._embedder_missing = _embedder(self.settings)
        self.search = open_search(self.settings.data / "index", self.embedder, self._embedder_missing)
        self.live = Live(self.storage, self.search, self.clock, installation.ids, rules_from(self.settings))
        self.publisher = Publisher(self.storage, self.search, self.clock)
        self.directory = Directory(self.storage, self.clock)
        self._ready = False
        services = WebServices(
            live=self.live,
            directory=self.directory,
            clock=self.clock,
            ids=installation.ids,
            signer_key=installation.secret_key,
            health=self.health,
            ready=self.ready,
            strict=self.settings.strict_wire,
            forwarded_for=self.settings.forwarded_for,
        )
        self.app = Starlette(routes=routes(services), lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """Opens the database, loads the index, and undoes both; everything taken is on disk afterwards."""
        await self.storage.start()
        try:
            await self.publisher.start()
            await self.live.start()
            self._ready = True
            log.info("ready", port=self.settings.port, data=str(self.settings.data))
            yield
        finally:
            self._ready = False
            await self.publisher.stop()
            await self.live.stop()
            await self.storage.stop()

    def health(self) -> dict[str, object]:
        """The parts and how they are; degraded names what is missing."""
        storage = self.storage.health()
        search = self.search.status("")
        degraded = [text for text in (search.degraded, str(storage.get("last_error") or "")) if text]
        return {
            "ok": bool(storage.get("ok")),
            "degraded": degraded,
            "storage": storage,
            "search": {"embedder": search.embedder, "passages": search.passages, "degraded": search.degraded},
            "live": {"sessions": self.live.sessions, "nudges": self.live.timing.summary()},
        }

    def ready(self) -> tuple[bool, dict[str, object]]:
        parts = self.health()
        return self._ready and bool(parts["ok"]), parts


def rules_from(settings: Settings) -> Rules:
    return Rules(
        nudges=NudgeRules(
            on=settings.nudges,
            cap_per_day=settings.nudge_cap_per_day,
            cooldown_ms=settings.nudge_cooldown_s * 1000,
            dismissed_ms=settings.nudge_dismissed_days * DAY_MS,
        )
    )


def _embedder(settings: Settings) -> tuple[Embedder | None, str]:
    """The model, or None and one sentence that says why search is by words only."""
    if settings.embedder == "none":
        return None, "The embedder is switched off (setting embedder); search is by words only."
    try:
        return open_embedder(settings.models or resource("models"), settings.embedder), ""
    except Unavailable as error:
        log.warning("embedder_missing", reason=error.sentence)
        return None, error.sentence


__all__ = ["Beforehand", "Installation", "rules_from"]
