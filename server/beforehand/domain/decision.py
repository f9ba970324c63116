"""A decision to help or to hold back, with everything it rested on."""

from __future__ import annotations

from typing import Literal

import msgspec

from beforehand.domain.nudge import Nudge

Action = Literal["show", "withhold"]
Arm = Literal["treatment", "control"]


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One passage that could have been shown, best first."""

    passage: str
    slug: str
    score: float
    revision: str = ""


class Gate(msgspec.Struct, frozen=True):
    """A question asked on the way, in order; the first closed one withholds. detail: one sentence."""

    name: str
    open: bool
    detail: str


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """n: mailbox position of the event that led here. key: the struggle. propensity: chance of this
    arm under the policy in force. models, definitions: name -> version used."""

    id: str
    session: str
    n: int
    at: int
    struggle: str
    signal: str
    action: Action
    gates: tuple[Gate, ...]
    candidates: tuple[Candidate, ...]
    arm: Arm
    propensity: float
    risk: float
    nudge: Nudge | None = None
    reasons: tuple[str, ...] = ()
    models: dict[str, str] = {}
