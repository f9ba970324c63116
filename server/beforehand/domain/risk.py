"""How likely a session is to end in a ticket or abandonment, with the sum that led there."""

from __future__ import annotations

import msgspec


class Feature(msgspec.Struct, frozen=True):
    """One number the model saw; logged at prediction time, it is the training row of tomorrow."""

    name: str
    value: float


class Reason(msgspec.Struct, frozen=True):
    """points: what this feature added to the score (log-odds x 1); text: one sentence."""

    feature: str
    value: float
    points: float
    text: str


class Assessment(msgspec.Struct, frozen=True):
    """score: probability 0..1 within `horizon_h` hours of `label`; base: log-odds before any feature."""

    model: str
    score: float
    base: float
    features: tuple[Feature, ...]
    reasons: tuple[Reason, ...]
    label: str = "ticket_or_abandonment"
    horizon_h: int = 48
