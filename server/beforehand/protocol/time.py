"""When a document's page time began, in our clock."""

from __future__ import annotations

from typing import Final

MAX_SKEW_MS: Final = 120_000
"""A browser clock this far from ours is not believed: time-outs and travel explain less, a wrong clock more."""


def clock_origin(received_at: int, sent: int, page: int) -> tuple[int, bool]:
    """(ms UTC of page time 0, skewed). sent: the browser's wall clock, page: its page time at the same moment.

    Page time is monotonic and believed; the wall clock only says how long the frame was under way. Within
    MAX_SKEW_MS of our clock the browser's own time is kept (a queue sent late keeps its times); beyond it ours is.
    """
    if abs(received_at - sent) <= MAX_SKEW_MS:
        return sent - page, False
    return received_at - page, True
