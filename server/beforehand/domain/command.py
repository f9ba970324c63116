"""What a step asks the world to do. loop/ carries it out and brings the answer back as a fact."""

from __future__ import annotations

import msgspec

from beforehand.domain.article import HelpQuery
from beforehand.domain.decision import Decision
from beforehand.domain.nudge import Nudge
from beforehand.domain.outcome import Outcome


class FindHelp(msgspec.Struct, frozen=True, tag=True):
    """Search `query`; an answer after `deadline` (ms UTC) is of no use."""

    request: str
    query: HelpQuery
    deadline: int


class Reserve(msgspec.Struct, frozen=True, tag=True):
    """Spend the caps and store `decision` in one transaction, or nothing. caps: (name, window, limit)."""

    decision: Decision
    unit: str
    caps: tuple[tuple[str, str, int], ...]


class Show(msgspec.Struct, frozen=True, tag=True):
    """Send the nudge to its document. Its decision is already stored."""

    nudge: Nudge


class Withdraw(msgspec.Struct, frozen=True, tag=True):
    """Take a shown nudge away. reason: succeeded, left, cleared."""

    tape: str
    decision: str
    reason: str


class Record(msgspec.Struct, frozen=True, tag=True):
    """Store a decision that was withheld."""

    decision: Decision


class Expose(msgspec.Struct, frozen=True, tag=True):
    """Store a state of a shown decision: shown, withdrawn, stale, unanchored, why, late."""

    decision: str
    state: str
    at: int
    reason: str = ""


class Conclude(msgspec.Struct, frozen=True, tag=True):
    """Store an outcome (once per subject and kind)."""

    outcome: Outcome


class Remember(msgspec.Struct, frozen=True, tag=True):
    """Keep with the person that `struggle` was waved away at `at`, across sessions."""

    unit: str
    struggle: str
    at: int
    reason: str = ""


class Tell(msgspec.Struct, frozen=True, tag=True):
    """Tell the page that a struggle was resolved (the widget's 'resolved' event)."""

    tape: str
    decision: str


Command = FindHelp | Reserve | Show | Withdraw | Record | Expose | Conclude | Remember | Tell
