"""Bytes on their way into a column and back."""

from __future__ import annotations

import zlib

PLAIN, ZLIB = 0, 1
"""Values of the `encoding` column."""
PACK_FROM_BYTES = 1_024
"""Shorter bodies stay plain: a frame of one event is about 300 bytes and would gain little for its 20 µs."""
ZLIB_LEVEL = 1
"""The fastest; level 6 saves another few per cent for twice the time."""


def pack(body: bytes) -> tuple[int, bytes]:
    """(encoding, bytes to store)."""
    if len(body) < PACK_FROM_BYTES:
        return PLAIN, body
    return ZLIB, zlib.compress(body, ZLIB_LEVEL)


def unpack(encoding: int, stored: bytes) -> bytes:
    return zlib.decompress(stored) if encoding == ZLIB else bytes(stored)
