"""Codes of authenticator apps: RFC 6238 with SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1  # one step either way, as RFC 6238 section 5.2 recommends at most
KEY_BYTES = 20  # the length of SHA-1's output, RFC 4226 section 4


def new_key() -> str:
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def code_at(key: str, step: int) -> str:
    """The code of the `step`-th 30 seconds since 1970."""
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(key: str, code: str, now: float, last: int) -> int | None:
    """The step whose code was entered, if it lies within the drift and after `last` (a code counts once)."""
    current = int(now // STEP_SECONDS)
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if step > last and hmac.compare_digest(code_at(key, step).encode(), code.strip().encode()):
            return step
    return None
