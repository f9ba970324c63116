"""The questions on the way to a nudge, one small function each, in the order they are asked.

EARLY is asked at the signal, before anything is searched; LATE again when the search has answered, on the
state of that moment. The arm is asked last, so that the held-out group is compared with people who would
have been shown the nudge, and with nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from beforehand.domain.article import Hit
from beforehand.domain.decision import Gate
from beforehand.domain.session import Session, TapeState
from beforehand.domain.signal import Signal
from beforehand.nudges.rules import DAY_MS, NudgeRules
from beforehand.nudges.state import NudgeState


class View(NamedTuple):
    """What a gate may look at. now: ms UTC. deadline, hits: once the search answered."""

    session: Session
    state: NudgeState
    signal: Signal
    risk: float
    now: int
    rules: NudgeRules
    deadline: int = 0
    hits: Sequence[Hit] = ()
    degraded: str = ""

    @property
    def tape(self) -> TapeState | None:
        return self.session.tapes.get(self.signal.tape)


def consent(view: View) -> Gate:
    person = view.session.person
    given = person.consent if person is not None else "pending"
    return Gate("consent", given == "granted", f"Consent is {given}.")


def switched_on(view: View) -> Gate:
    on = view.rules.on
    return Gate("switched_on", on, "Nudges are on." if on else "Nudges are switched off.")


def suppressed(view: View) -> Gate:
    silent = view.tape is not None and view.tape.suppressed
    return Gate(
        "suppressed", not silent, "The site asked for silence on this page." if silent else "Not suppressed."
    )


def visible(view: View) -> Gate:
    tape = view.tape
    there = tape is not None and tape.visible and not tape.closed
    return Gate("visible", there, "The page is in view." if there else "The page is closed or hidden.")


def still_struggling(view: View) -> Gate:
    struggle, tape = view.session.struggles.get(view.signal.struggle), view.tape
    if struggle is None or struggle.resolved_at:
        source = f" ({struggle.source})" if struggle is not None else ""
        return Gate("still_struggling", False, f"The struggle is over{source}.")
    element = view.signal.element
    if (
        view.signal.kind == "hesitation"
        and tape is not None
        and element is not None
        and tape.focused != element.fp
    ):
        return Gate("still_struggling", False, "The person has moved on from the field.")
    return Gate("still_struggling", True, "The struggle goes on.")


def surface(view: View) -> Gate:
    """A tooltip needs its element on the page in view."""
    tape = view.tape
    if view.signal.element is None:
        return Gate("surface", False, "The signal has no element to point at.")
    here = tape is not None and tape.route == view.signal.route
    return Gate("surface", here, "Its page is in view." if here else "The person is on another page by now.")


def tier(view: View) -> Gate:
    if view.signal.tier == "confirmed":
        return Gate("tier", True, f"The signal is confirmed; risk {view.risk:.2f}.")
    enough = view.risk >= view.rules.early_risk
    verb = "reaches" if enough else "is below"
    return Gate("tier", enough, f"An early signal; risk {view.risk:.2f} {verb} {view.rules.early_risk:.2f}.")


def dismissed(view: View) -> Gate:
    person, struggle = view.session.person, view.signal.struggle
    before = max(view.state.dismissed.get(struggle, 0), person.dismissed.get(struggle, 0) if person else 0)
    ago = view.now - before
    silent = bool(before) and ago < view.rules.dismissed_ms
    detail = f"It was dismissed {_span(ago)} ago." if silent else "Not dismissed lately."
    return Gate("dismissed", not silent, detail)


def _shown(view: View) -> set[int]:
    """Times of the person's nudges, here and in other sessions."""
    person = view.session.person
    return set(view.state.shown) | set(person.shown if person is not None else ())


def cool_down(view: View) -> Gate:
    last = max(_shown(view), default=0)
    ago = view.now - last
    waiting = bool(last) and ago < view.rules.cooldown_ms
    detail = f"The last nudge was {_span(ago)} ago." if waiting else "No nudge just before."
    return Gate("cool_down", not waiting, detail)


def cap(view: View) -> Gate:
    """The facts of this session and of others; the reservation has the last word."""
    today = sum(1 for at in _shown(view) if at // DAY_MS == view.now // DAY_MS)
    return Gate(
        "cap", today < view.rules.cap_per_day, f"{today} of {view.rules.cap_per_day} nudges used today."
    )


def one_at_a_time(view: View) -> Gate:
    up = any(w.up and view.now - w.at < view.rules.up_ms for w in view.state.watched.values())
    coming = any(held.signal.struggle != view.signal.struggle for held in view.state.held.values())
    detail = (
        "Another nudge is on the screen."
        if up
        else "Another nudge is on its way."
        if coming
        else "None is up."
    )
    return Gate("one_at_a_time", not (up or coming), detail)


def deadline(view: View) -> Gate:
    late = view.now - view.deadline
    if late > 0:
        return Gate("deadline", False, f"The answer came {_span(late)} too late.")
    return Gate("deadline", True, "The answer came in time.")


def relevance(view: View) -> Gate:
    note = f" {view.degraded}" if view.degraded else ""
    if not view.hits:
        return Gate("relevance", False, f"No passage was found.{note}")
    best, least = view.hits[0].score, view.rules.min_score
    verb = "reaches" if best >= least else "is below"
    return Gate(
        "relevance", best >= least, f"The best passage scores {best:.3f}, which {verb} {least:.2f}.{note}"
    )


def arm(view: View) -> Gate:
    person = view.session.person
    held_out = person is not None and person.arm == "control"
    return Gate("arm", not held_out, "Held out, to measure the effect." if held_out else "In treatment.")


EARLY: tuple[Callable[[View], Gate], ...] = (
    consent, switched_on, suppressed, visible, still_struggling, surface, tier, dismissed, cool_down, cap,
    one_at_a_time,
)  # fmt: skip
LATE = (*EARLY, deadline, relevance, arm)
STILL = (consent, suppressed, visible, still_struggling, surface, deadline)
"""Asked once more when the caps are spent: what may have changed meanwhile."""


def ask(gates: Sequence[Callable[[View], Gate]], view: View) -> tuple[tuple[Gate, ...], bool]:
    """The answers up to the first closed gate, and whether all are open."""
    answers: list[Gate] = []
    for gate in gates:
        answers.append(gate(view))
        if not answers[-1].open:
            return tuple(answers), False
    return tuple(answers), True


def _span(ms: int) -> str:
    if ms < 10_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms // 1000} s" if ms < 120_000 else f"{ms // 60_000} min"
