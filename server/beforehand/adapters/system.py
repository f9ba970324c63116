"""The machine's clock and its randomness."""

from __future__ import annotations

import secrets
import time


class SystemClock:
    """Wall clock in whole milliseconds UTC; monotonic in seconds."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()


class SystemIds:
    """UUIDv7 (RFC 9562: 48 bits of milliseconds, then 74 random bits) and secrets from the OS."""

    def new(self) -> str:
        millis = time.time_ns() // 1_000_000
        value = (millis << 80) | secrets.randbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        value = (value & ~(0x3 << 62)) | (0x2 << 62)
        return f"{value:032x}"

    def secret(self, bits: int) -> str:
        return secrets.token_urlsafe(bits // 8)
