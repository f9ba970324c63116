"""A tooltip at the element the trouble is about: the failing field, or the control that does not answer."""

from __future__ import annotations

from beforehand.domain.nudge import Nudge, NudgeContent
from beforehand.domain.signal import Signal


def build(decision: str, signal: Signal, content: NudgeContent, ttl_ms: int) -> Nudge:
    """decision: id of the decision that shows it. The widget finds the element again by its fingerprint."""
    return Nudge(
        decision=decision,
        surface="tooltip",
        tape=signal.tape,
        route=signal.route,
        content=content,
        anchor=signal.element,
        ttl_ms=ttl_ms,
    )


def title_hint(signal: Signal) -> str:
    """The problem in the page's own words: its message, else the control's name."""
    return signal.message or (signal.element.label if signal.element else "")
