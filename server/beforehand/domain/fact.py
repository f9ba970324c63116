"""Internal events: what the world told a session besides the browser. Stored like browser events, so
that replay needs no index, no model, no clock and no database."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from beforehand.domain.article import Hit
from beforehand.domain.decision import Decision
from beforehand.domain.person import Consent, PersonFacts


class _Fact(msgspec.Struct, tag_field="t", omit_defaults=True, kw_only=True):
    at: int
    """ms UTC, fixed on arrival."""


class Opened(_Fact, tag="opened"):
    """The session began, or was taken up again on another node: who is here and what versions apply."""

    person: PersonFacts
    models: dict[str, str] = {}
    rules: str = ""
    resumed: bool = False


class TapeOpened(_Fact, tag="tape_opened"):
    """A document joined the session. origin: ms UTC of its page time 0, after skew was taken out; skewed: the
    browser's clock was too far off to be believed and the server's was used."""

    tape: str
    origin: int
    locale: str = ""
    zone: str = ""
    touch: bool = False
    skewed: bool = False


class PersonChanged(_Fact, tag="person_changed"):
    """Identified, consent changed, or something another session of the person brought about."""

    person: PersonFacts
    why: Literal["identified", "consent", "reset", "other_session", "suppressed"]


class Suppressed(_Fact, tag="suppressed"):
    """The site asked for silence (or for its end) on this page view."""

    tape: str
    on: bool


class HelpFound(_Fact, tag="help_found"):
    """The answer to FindHelp `request`; degraded: words only, why. seed: for exploration, unused while one policy."""

    request: str
    hits: tuple[Hit, ...]
    degraded: str = ""
    seed: int = 0


class Scored(_Fact, tag="scored"):
    """A learned model's answer to Score `request`; the prior is computed in the step and needs none."""

    request: str
    model: str
    score: float


class Reserved(_Fact, tag="reserved"):
    """The caps of decision `decision` are spent on it."""

    decision: str


class CapRefused(_Fact, tag="cap_refused"):
    """A cap was already spent, perhaps in another tab."""

    decision: str
    reason: str


class Tick(_Fact, tag="tick"):
    """Time passed and nothing happened. Stored only if it caused a signal or a command."""


Fact = Opened | TapeOpened | PersonChanged | Suppressed | HelpFound | Scored | Reserved | CapRefused | Tick


class Stamp(msgspec.Struct, frozen=True):
    """Where and when a browser event lies. n: position in the session's mailbox; at: ms UTC (occurred_at)."""

    n: Annotated[int, msgspec.Meta(ge=0)]
    at: int
    tape: str
    skewed: bool = False


__all__ = [
    "CapRefused", "Consent", "Decision", "Fact", "HelpFound", "Opened", "PersonChanged", "Reserved", "Scored",
    "Stamp", "Suppressed", "TapeOpened", "Tick",
]  # fmt: skip
