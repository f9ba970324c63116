"""What becomes of a nudge after it was sent: reports of the browser, success, and absence."""

from __future__ import annotations

from beforehand.domain.command import (
    Command,
    Conclude,
    Expose,
    Remember,
    Tell,
    Withdraw,
)
from beforehand.domain.event import Closing, NudgeEvent, Page
from beforehand.domain.fact import Stamp
from beforehand.domain.outcome import Outcome, OutcomeKind
from beforehand.domain.session import Session
from beforehand.domain.struggle import Resolution
from beforehand.nudges.rules import NudgeRules
from beforehand.nudges.state import NudgeState, Watched

Commands = tuple[Command, ...]
NONE: Commands = ()
GONE = frozenset({"dismissed", "withdrawn", "stale", "unanchored", "left"})
EXPOSED = frozenset({"shown", "withdrawn", "stale", "unanchored", "why"})


def reported(state: NudgeState, session: Session, stamp: Stamp, event: NudgeEvent) -> Commands:
    """The browser says what became of a nudge. Reports on decisions of another session are not ours."""
    watched = state.watched.get(event.decision)
    if watched is None:
        return NONE
    if event.what in GONE:
        watched.up = False
    commands: list[Command] = []
    if event.what in EXPOSED:
        commands.append(Expose(event.decision, event.what, stamp.at, event.reason))
    if event.what == "clicked":
        commands.append(_conclude(watched, "clicked", stamp.at, "nudge", event.reason))
    if event.what == "dismissed":
        commands += _dismissed(state, session, watched, stamp.at, event.reason)
    if event.what in {"stale", "unanchored"}:
        del state.watched[event.decision]
    return tuple(commands)


def _dismissed(state: NudgeState, session: Session, watched: Watched, at: int, reason: str) -> Commands:
    state.dismissed.pop(watched.struggle, None)
    state.dismissed[watched.struggle] = at
    if len(state.dismissed) > MAX_DISMISSED:
        del state.dismissed[next(iter(state.dismissed))]
    concluded = _conclude(watched, "dismissed", at, "nudge", reason)
    if session.person is None:
        return (concluded,)
    return (concluded, Remember(session.person.unit, watched.struggle, at, reason))


MAX_DISMISSED = 64


def resolved(state: NudgeState, ended: Resolution) -> Commands:
    """The person got through: take the nudge away if it is up, and say so."""
    commands: list[Command] = []
    for watched in [w for w in state.watched.values() if w.struggle == ended.key]:
        if watched.up:
            commands.append(Withdraw(watched.tape, watched.decision, "succeeded"))
        commands.append(_conclude(watched, "succeeded", ended.at, ended.source))
        commands.append(Tell(ended.tape, watched.decision))
        del state.watched[watched.decision]
    return tuple(commands)


def moved(state: NudgeState, stamp: Stamp, event: Page | Closing) -> Commands:
    """A nudge belongs to one page of one document."""
    commands: list[Command] = []
    for watched in state.watched.values():
        if watched.tape != stamp.tape:
            if isinstance(event, Page):
                watched.gone_at = 0
        elif isinstance(event, Closing):
            watched.up, watched.gone_at = False, stamp.at
        elif event.how != "update" and event.route != watched.route and watched.up:
            watched.up = False
            commands.append(Withdraw(watched.tape, watched.decision, "left"))
    return tuple(commands)


def silenced(state: NudgeState, tape: str | None) -> Commands:
    """Consent was withdrawn, or the site asked for silence (on one document, or all: None)."""
    commands: list[Command] = []
    for watched in state.watched.values():
        if watched.up and tape in (None, watched.tape):
            watched.up = False
            commands.append(Withdraw(watched.tape, watched.decision, "cleared"))
    return tuple(commands)


def given_up(state: NudgeState, struggle: str, at: int) -> Commands:
    """Its form was abandoned: whatever was shown did not help."""
    return _left(state, [w for w in state.watched.values() if w.struggle == struggle], at, "form_abandonment")


def passed(state: NudgeState, session: Session, now: int, rules: NudgeRules) -> Commands:
    """Nothing more came: asks and reservations without an answer go, and waiting for an outcome ends."""
    for request in [r for r, wanted in state.asks.items() if now >= wanted.deadline + rules.find_ms]:
        del state.asks[request]
    for decision in [d for d, held in state.held.items() if now >= held.at + rules.ttl_ms]:
        del state.held[decision]
    over = [w for w in state.watched.values() if now >= _ends(w, session, rules)]
    return _left(state, over, now, "idle")


def wake_at(state: NudgeState, session: Session, rules: NudgeRules) -> int:
    """When passed() is next of use (ms UTC, 0: never)."""
    times = [wanted.deadline + rules.find_ms for wanted in state.asks.values()]
    times += [held.at + rules.ttl_ms for held in state.held.values()]
    times += [_ends(watched, session, rules) for watched in state.watched.values()]
    return min(times, default=0)


def _ends(watched: Watched, session: Session, rules: NudgeRules) -> int:
    idle = session.last_at + rules.idle_ms
    return min(idle, watched.gone_at + rules.left_ms) if watched.gone_at else idle


def _left(state: NudgeState, over: list[Watched], at: int, source: str) -> Commands:
    commands: list[Command] = []
    for watched in over:
        if watched.up:
            commands.append(Withdraw(watched.tape, watched.decision, "left"))
        commands.append(_conclude(watched, "left", at, source))
        del state.watched[watched.decision]
    return tuple(commands)


def _conclude(watched: Watched, kind: OutcomeKind, at: int, source: str, reason: str = "") -> Conclude:
    return Conclude(Outcome(watched.decision, kind, at, source, reason))


def reset(state: NudgeState, at: int) -> Commands:
    """The person logged out: nothing more will be learned of what was shown."""
    state.asks.clear()
    state.held.clear()
    return _left(state, list(state.watched.values()), at, "reset")
