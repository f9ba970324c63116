"""One heap of wake-up times for all sessions: absence has no event, so somebody must look at the clock."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from beforehand.ports.clock import Clock

SLACK_MS = 20
"""A timer may fire this early; waking then would find nothing due and set it again."""


class Alarm:
    """Calls `ring(key)` in the event loop at or after the time set for `key`.

    Setting a later time than before costs nothing: the old timer fires, sees that it is early and
    moves on. So sessions may set theirs with every event.
    """

    def __init__(self, clock: Clock, ring: Callable[[str, int], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._due: dict[str, int] = {}
        self._queued: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0

    def set(self, key: str, at: int) -> None:
        """at: ms UTC; 0 clears."""
        if not at:
            self._due.pop(key, None)
            return
        self._due[key] = at
        queued = self._queued.get(key)
        if queued is None or at < queued:
            self._queued[key] = at
            heapq.heappush(self._heap, (at, key))
            if self._timer is None or at < self._timer_at:
                self._start(at)

    def due(self, key: str) -> int:
        return self._due.get(key, 0)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._heap.clear()
        self._due.clear()
        self._queued.clear()

    def _start(self, at: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        delay = max(0, at - self._clock.now()) / 1000
        self._timer = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        self._timer = None
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now + SLACK_MS:
            queued, key = heapq.heappop(self._heap)
            if self._queued.get(key) != queued:
                continue
            del self._queued[key]
            self._visit(key, now)
        if self._heap:
            self._start(self._heap[0][0])

    def _visit(self, key: str, now: int) -> None:
        due = self._due.get(key, 0)
        if not due:
            return
        if due > now + SLACK_MS:
            self.set(key, due)
            return
        del self._due[key]
        self._ring(key, max(now, due))
