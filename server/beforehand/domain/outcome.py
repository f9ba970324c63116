"""What became of a decision or a struggle: the labels everything learns from."""

from __future__ import annotations

from typing import Literal

import msgspec

OutcomeKind = Literal["succeeded", "dismissed", "clicked", "left"]
"""succeeded: the same form or control was answered without message or error in that session, or a track()
event named for it arrived; left: the session ended without; "gave up" is never counted as a win."""


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """subject: id of a decision. source: what told us (event type, idle)."""

    subject: str
    kind: OutcomeKind
    at: int
    source: str
    reason: str = ""
    subject_kind: Literal["decision", "struggle"] = "decision"
