"""Bytes on their way into a column and back."""

from __future__ import annotations

import zlib

PLAIN, DEFLATE = 0, 1
"""Values of the `encoding` column. DEFLATE is raw, without header and checksum: the database has its own."""
PACK_FROM_BYTES = 1_024
"""Shorter bodies stay plain: a frame of one event is about 200 bytes, of which packing would save 40.
A frame of twenty is about 3,800 bytes and becomes 1,030 for some 40 µs, outside the interpreter lock."""
LEVEL = 1
"""The fastest; level 6 saves a tenth more for half as much time again."""
WINDOW_BITS = -13
MEMORY = 6
"""Fitting texts of 8 KB: the default work space of 256 KB takes longer to fetch than to use."""


def pack(body: bytes) -> tuple[int, bytes]:
    """(encoding, bytes to store)."""
    if len(body) < PACK_FROM_BYTES:
        return PLAIN, body
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW_BITS, MEMORY)
    return DEFLATE, packer.compress(body) + packer.flush()


def unpack(encoding: int, stored: bytes) -> bytes:
    return zlib.decompress(stored, WINDOW_BITS) if encoding == DEFLATE else bytes(stored)
