"""Articles from a folder into the database, and from there into the search index of every process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from beforehand.domain.article import Article, Passage
from beforehand.domain.errors import BeforehandError
from beforehand.ports.clock import Clock
from beforehand.ports.search import Search
from beforehand.ports.stores import Storage

LOOK_EVERY_S = 2.0
"""Seconds after which a publication by another process reaches the index at the latest."""

log = structlog.get_logger()


async def publish(
    storage: Storage,
    workspace: str,
    articles: Sequence[Article],
    passages: Sequence[Passage],
    author: str,
    now: int,
) -> int:
    """Make these the published articles; returns how many changed."""
    async with storage.work(workspace) as tx:
        changed = tx.articles.replace(articles, passages, author, now)
    return changed.value


class Publisher:
    """Keeps the index of every workspace at its published version."""

    def __init__(self, storage: Storage, search: Search, clock: Clock) -> None:
        self._storage = storage
        self._search = search
        self._clock = clock
        self._versions: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """The first look is waited for: a ready server answers from the whole index."""
        await self.refresh()
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def refresh(self) -> None:
        for workspace in await self._storage.system.workspaces():
            async with self._storage.read(workspace.id) as tx:
                version = await tx.articles.version()
                if self._versions.get(workspace.id) == version:
                    continue
                passages = await tx.articles.passages()
            started = self._clock.monotonic()
            embedded = await asyncio.to_thread(self._search.publish, workspace.id, passages)
            self._versions[workspace.id] = version
            seconds = round(self._clock.monotonic() - started, 2)
            log.info("articles_indexed", passages=len(passages), embedded=embedded, seconds=seconds)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.refresh()
            except BeforehandError as error:
                log.warning("articles_not_refreshed", reason=error.sentence)
