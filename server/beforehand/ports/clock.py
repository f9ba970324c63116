"""Time and chance, so that a test can hold both still."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """Milliseconds UTC since the epoch."""

    def monotonic(self) -> float:
        """Seconds that never go back."""


class Ids(Protocol):
    def new(self) -> str:
        """A UUIDv7 as 32 hex digits."""

    def secret(self, bits: int) -> str:
        """`bits` of randomness, base64url without padding."""
