"""The wire's limits, one table for both sides (generated into TypeScript)."""

from __future__ import annotations

from typing import Final

MAX_FRAME_BYTES: Final = 65_536
"""Of one frame, as uvicorn is told too: larger ones close the socket with 1009."""
MAX_DEPTH: Final = 12
"""Of nested JSON; the deepest valid frame needs 7."""
MAX_BATCH_EVENTS: Final = 200
FLUSH_MS: Final = 1_000
"""Ordinary events wait at most this long in the browser."""
URGENT_FLUSH_MS: Final = 50
"""After a submit, error, validation message or burst click."""
MAX_QUEUE_BYTES: Final = 1_048_576
"""Of unacknowledged events a browser keeps; the oldest telemetry is dropped first, and counted."""
FRAMES_PER_SECOND: Final = 20.0
"""Sustained rate per connection (a widget sends at most 1 ordinary and a few urgent frames a second)."""
FRAME_BURST: Final = 200
EVENTS_PER_SECOND: Final = 200.0
EVENT_BURST: Final = 2_000
"""A resumed queue of 1 MiB holds about as many."""
BYTES_PER_SECOND: Final = 65_536.0
BYTE_BURST: Final = 1_310_720
"""A resumed queue of 1 MiB and what happened meanwhile; afterwards at most one full frame a second, which bounds what
the redaction of hostile text can cost."""
LONG_POLL_S: Final = 25.0
SUBPROTOCOL: Final = "beforehand.v1"
