"""What the risk model sees. Names are stable: logged at prediction time, they are tomorrow's training
rows."""

from __future__ import annotations

from math import log1p

from beforehand.domain.session import Session
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import Struggle

MINUTE_MS = 60_000


def features(session: Session, signal: Signal, at: int) -> dict[str, float]:
    """Name -> value for `signal` in `session` at `at` (ms UTC); the signal's struggle is already noticed.

    Counts are capped, so that one wild session cannot leave the range the weights were chosen for.
    """
    struggle = session.struggles[signal.struggle]
    return {
        "confirmed": float(struggle.confirmed),
        "strength": signal.strength,
        "failures": float(min(_failures(session, signal, struggle), 6)),
        "kinds": float(min(len(struggle.kinds) - 1, 3)),
        "unresponsive": float(any(kind in UNRESPONSIVE for kind in struggle.kinds)),
        "left_half_way": float("form_abandonment" in struggle.kinds and signal.tier == "confirmed"),
        "struggling": log1p(max(0, at - struggle.at) / MINUTE_MS),
        "other_struggles": float(min(_others(session, struggle), 4)),
        "solved": float(min(session.solved, 4)),
        "script_errors": log1p(min(session.faults, 50)),
        "failed_requests": log1p(min(session.failed_requests, 50)),
        "verified": float(session.person is not None and session.person.verified),
    }


UNRESPONSIVE = frozenset({"rage_click", "dead_click", "error_click"})


def _failures(session: Session, signal: Signal, struggle: Struggle) -> int:
    """Of this form, or of this action: how often it was refused."""
    if signal.kind == "repeated_failure":
        return signal.count
    return max(
        (f.failures for f in session.forms.values() if f.fp == struggle.form and f.route == struggle.route),
        default=0,
    )


def _others(session: Session, struggle: Struggle) -> int:
    return sum(1 for s in session.struggles.values() if s is not struggle and not s.resolved_at)
