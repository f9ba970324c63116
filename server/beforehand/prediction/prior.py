"""The prior risk: a logistic sum over a handful of features, before anything was learned.

It is a prior in the plain sense: a stated opinion. No published study was found that relates these signals to
tickets, so no weight claims one; each says what it was chosen for, and the score must not be read as a
measured frequency. Outcomes are stored from the first nudge on, and a learned model replaces it where there
are enough.

    score = 1 / (1 + exp(-(BASE + sum of weight * value)))
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

from beforehand.domain.risk import Assessment, Feature, Reason
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal
from beforehand.prediction.features import features

MODEL = "prior-1"

BASE = -3.0
"""Log-odds before any feature: 4.7 %. Chosen so that a first early signal alone stays below 15 %."""


class Weight(NamedTuple):
    """points: log-odds for each unit of the feature. why: where the number comes from. text: the reason
    shown; {v} is the value."""

    points: float
    why: str
    text: str


WEIGHTS: dict[str, Weight] = {
    "confirmed": Weight(
        1.6, "chosen so that a third failure of one form, and nothing else, comes to just over one half",
        "The trouble is confirmed."),
    "strength": Weight(
        0.8, "chosen so that twice the confirming count adds half as much as confirmation itself",
        "The signal is {v:.0%} of the way to twice its threshold."),
    "failures": Weight(
        0.35, "chosen so that two more failed tries double the odds (2 x 0.35 = ln 2)",
        "It failed {v:.0f} times."),
    "kinds": Weight(
        0.5, "chosen: independent detectors that agree are worth more than one that repeats itself",
        "{v:.0f} other kinds of signal point at the same place."),
    "unresponsive": Weight(
        0.4, "chosen: a page that does not answer leaves the person without any message to act on",
        "The page did not answer."),
    "left_half_way": Weight(
        1.0, "chosen: leaving is itself one of the two outcomes the score speaks of",
        "The form was left half-way."),
    "struggling": Weight(
        0.3, "chosen so that ten minutes at one place double the odds (0.3 x ln 11 = 0.72)",
        "It has gone on for a while."),
    "other_struggles": Weight(
        0.4, "chosen so that two other open struggles roughly double the odds",
        "{v:.0f} other struggles of this session are open."),
    "solved": Weight(
        -0.4, "chosen as the counterpart of an open struggle: somebody who got through alone may again",
        "{v:.0f} struggles of this session ended well."),
    "script_errors": Weight(
        0.25, "chosen small: errors are common on pages that work",
        "Scripts failed on the page."),
    "failed_requests": Weight(
        0.2, "chosen small: a refused form already counts under failures",
        "Requests failed."),
    "verified": Weight(
        0.0, "no opinion: logged so that a learned model can have one",
        "The person is signed in."),
}  # fmt: skip


def assess(session: Session, signal: Signal, at: int) -> Assessment:
    """The risk that this session ends in a ticket or in giving up, as far as `signal` and its struggle tell.

    at: ms UTC. Reasons hold what moved the score, strongest first; features hold everything the model saw.
    """
    values = features(session, signal, at)
    reasons = [
        Reason(name, value, round(WEIGHTS[name].points * value, 4), WEIGHTS[name].text.format(v=value))
        for name, value in values.items()
        if WEIGHTS[name].points * value
    ]
    reasons.sort(key=lambda reason: (-abs(reason.points), reason.feature))
    logit = BASE + sum(reason.points for reason in reasons)
    return Assessment(
        model=MODEL,
        score=round(1 / (1 + exp(-logit)), 4),
        base=BASE,
        features=tuple(Feature(name, round(value, 4)) for name, value in values.items()),
        reasons=tuple(reasons),
    )
