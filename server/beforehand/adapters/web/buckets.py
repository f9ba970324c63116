"""Token buckets: a sustained rate with room for a burst."""

from __future__ import annotations

from beforehand.domain.errors import TooFast
from beforehand.ports.clock import Clock


class Bucket:
    """Holds up to `burst` and refills at `rate` per second."""

    __slots__ = ("_at", "_burst", "_clock", "_left", "_rate")

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left = burst
        self._at = clock.monotonic()

    def take(self, amount: float, what: str) -> None:
        """Raises TooFast with the seconds until `amount` is there; what: the noun for the sentence."""
        if self._left >= amount:
            self._left -= amount
            return
        now = self._clock.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < amount:
            wait = (min(amount, self._burst) - self._left) / self._rate
            raise TooFast(f"{what}: expected at most {self._rate:g} a second.", retry_after=round(wait, 3))
        self._left -= amount


class Buckets:
    """One bucket per key, the least recently made forgotten past a limit."""

    KEPT = 50_000
    """Keys; an attacker with more addresses than this gains a fresh bucket, not memory."""

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str, what: str) -> None:
        """Raises TooFast."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self.KEPT:
                del self._buckets[next(iter(self._buckets))]
            bucket = self._buckets[key] = Bucket(self._rate, self._burst, self._clock)
        bucket.take(1, what)
