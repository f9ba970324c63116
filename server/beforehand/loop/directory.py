"""Which source a public key belongs to; asked at every connection, so it is kept for a moment."""

from __future__ import annotations

from beforehand.domain.errors import UnknownKey
from beforehand.domain.source import Source, Workspace
from beforehand.ports.clock import Clock
from beforehand.ports.stores import Storage

KEPT_S = 5.0
"""Seconds an answer is reused: a changed allow-list or rotated secret counts after that at the latest."""
KEPT_KEYS = 1_000
"""Answers kept; a flood of invented keys cannot grow it further."""


class Directory:
    """Sources by public key, for one process."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._kept: dict[str, tuple[float, tuple[Workspace, Source] | None]] = {}

    async def source(self, key: str) -> tuple[Workspace, Source]:
        """Raises UnknownKey."""
        now = self._clock.monotonic()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] > KEPT_S:
            kept = (now, await self._storage.system.source_by_key(key))
            if len(self._kept) >= KEPT_KEYS:
                self._kept.clear()
            self._kept[key] = kept
        if kept[1] is None:
            raise UnknownKey(
                "No source has this key; copy data-key from the tag that `beforehand init` printed."
            )
        return kept[1]
