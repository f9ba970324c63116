"""What goes into a column comes out of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beforehand.adapters.storage.packing import DEFLATE, PACK_FROM_BYTES, PLAIN, pack, unpack


@given(st.binary(max_size=3 * PACK_FROM_BYTES))
def test_round_trip(body: bytes) -> None:
    assert unpack(*pack(body)) == body


def test_long_texts_get_smaller_and_short_ones_stay() -> None:
    short, long = b'{"t":"click"}', b'{"t":"click"}' * 1_000
    assert pack(short) == (PLAIN, short)
    encoding, packed = pack(long)
    assert encoding == DEFLATE
    assert len(packed) < len(long) / 10
