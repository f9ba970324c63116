"""A signal: something a detector noticed, with the evidence to show for it."""

from __future__ import annotations

from typing import Literal

import msgspec

from beforehand.domain.element import Element

SignalKind = Literal[
    "rage_click", "dead_click", "error_click", "hesitation", "repeated_failure", "form_abandonment"
]  # B1 B2 B3 B4 B5 B7; later issues add theirs
Tier = Literal["early", "confirmed"]


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event that speaks for the signal: where it lies and what it showed."""

    tape: str
    seq: int
    at: int
    what: str


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """kind noticed at `at` (ms UTC) on `route`; struggle: the key that ties signals about one trouble.

    strength: 0 to 1, how far past its threshold. reason: one sentence a person can check against
    the evidence. message: what the page said (redacted), if it said something. tape: the document it
    happened in. count: how often, where the kind counts.
    """

    kind: SignalKind
    tier: Tier
    at: int
    tape: str
    route: str
    struggle: str
    strength: float
    reason: str
    element: Element | None = None
    message: str = ""
    count: int = 0
    evidence: tuple[Evidence, ...] = ()
