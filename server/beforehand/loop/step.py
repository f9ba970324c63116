"""The step: one entry of a session's mailbox in, what was noticed and what to do about it out.

    event -> session state -> friction signals -> risk -> decision -> commands

Deterministic: no I/O, no clock, no chance. Whatever a decision rests on came in as an entry, so that the
stored entries, taken again, give the same decisions. Order of rooms is known here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from beforehand import sessions
from beforehand.domain.article import Hit
from beforehand.domain.command import Command, FindHelp, Record
from beforehand.domain.event import Closing, Event, NudgeEvent, Page
from beforehand.domain.fact import (
    CapRefused,
    Fact,
    HelpFound,
    Opened,
    PersonChanged,
    Reserved,
    Scored,
    Stamp,
    Suppressed,
    TapeOpened,
    Tick,
)  # fmt: skip
from beforehand.domain.nudge import NudgeContent
from beforehand.domain.risk import Assessment
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import Resolution
from beforehand.friction import registry
from beforehand.knowledge.query import context_query
from beforehand.knowledge.tooltip import tooltip_content
from beforehand.loop.step_state import Rules, State, begin, dumps, loads
from beforehand.nudges import arbiter, follow
from beforehand.nudges.rules import NudgeRules
from beforehand.nudges.state import Ask
from beforehand.prediction import assess


class Step(NamedTuple):
    """signals, assessment: to be stored. commands: to be carried out, in order. wake_at: when a Tick is next
    of use, ms UTC, 0 for never; it replaces the one before. keep: a Tick that changed what is known, though
    it caused nothing yet; it must be stored like one that did, or replay would know something else."""

    signals: Sequence[Signal]
    assessment: Assessment | None
    commands: Sequence[Command]
    wake_at: int
    keep: bool = False


QUIET = Step((), None, (), 0)
_FOLLOWED = frozenset({NudgeEvent, Page, Closing})
"""Events that may concern a nudge that was shown."""


def on_event(state: State, stamp: Stamp, event: Event, rules: Rules) -> Step:
    """Take in what a browser reported. stamp.n must be the next position of the mailbox."""
    session = state.session
    ended = sessions.apply(session, stamp, event, rules.sessions)
    signals = registry.observe(state.friction, session, stamp, event, rules.friction)
    if not signals and not ended and not state.nudges.watched:
        at = _wake_at(state, rules)
        return Step((), None, (), at) if at else QUIET
    commands = _end(state, ended)
    if type(event) in _FOLLOWED:
        commands += _follow(state, stamp, event)
    return _finish(state, signals, commands, stamp.n, stamp.at, rules)


def on_fact(state: State, n: int, fact: Fact, rules: Rules) -> Step:
    """Take in what the world reported. A Tick with nothing to do changes nothing and need not be stored."""
    if type(fact) is Tick:
        return _tick(state, n, fact.at, rules)
    state.session.n = n
    handle = _FACTS[type(fact)]
    return _finish(state, (), list(handle(state, n, fact, rules)), n, fact.at, rules)


def _tick(state: State, n: int, now: int, rules: Rules) -> Step:
    session = state.session
    due = _wake_at(state, rules)
    if not due or now < due:
        return Step((), None, (), due) if due else QUIET
    ended = sessions.settle(session, now, rules.sessions)
    signals = registry.tick(state.friction, session, now, rules.friction)
    commands = _end(state, ended)
    for signal in signals:
        if signal.kind == "form_abandonment" and signal.tier == "confirmed":
            commands += follow.given_up(state.nudges, signal.struggle, now)
    commands += follow.passed(state.nudges, session, now, rules.nudges)
    return _finish(state, signals, commands, n, now, rules)._replace(keep=True)


def _end(state: State, ended: Sequence[Resolution]) -> list[Command]:
    """Ends come first: whoever got through with this entry gets no nudge because of it."""
    commands: list[Command] = []
    for resolution in ended:
        registry.forget(state.friction, resolution.key)
        commands += follow.resolved(state.nudges, resolution)
    return commands


def _finish(
    state: State, signals: Sequence[Signal], commands: list[Command], n: int, now: int, rules: Rules
) -> Step:
    assessment = _consider(state, signals, commands, n, now, rules) if signals else None
    return Step(signals, assessment, commands, _wake_at(state, rules))


def _consider(
    state: State, signals: Sequence[Signal], out: list[Command], n: int, now: int, rules: Rules
) -> Assessment:
    """Every signal renews its struggle; the strongest is assessed and may lead to a nudge."""
    for signal in signals:
        sessions.notice(state.session, signal, rules.sessions)
    signal = max(signals, key=lambda s: (s.tier == "confirmed", s.strength))
    assessment = assess(state.session, signal, now)
    answer = arbiter.propose(state.nudges, state.session, signal, assessment, n, now, rules.nudges)
    if isinstance(answer, Ask):
        out.append(_find_help(state.session, answer))
    elif isinstance(answer, Record):
        out.append(answer)
    return assessment


def _find_help(session: Session, wanted: Ask) -> FindHelp:
    signal, tape = wanted.signal, session.tapes.get(wanted.signal.tape)
    query = context_query(
        signal.route,
        tape.title if tape else "",
        signal.element,
        signal.message,
        signal.kind,
        _language(session, signal),
    )
    return FindHelp(wanted.request, query, wanted.deadline)


def _language(session: Session, signal: Signal) -> str:
    """Of the page, since its own words are searched; else the person's."""
    tape = session.tapes.get(signal.tape)
    locale = session.person.locale if session.person else ""
    return (tape.lang if tape and tape.lang else locale).split("-")[0].lower()


def _follow(state: State, stamp: Stamp, event: Event) -> Sequence[Command]:
    if isinstance(event, NudgeEvent):
        return follow.reported(state.nudges, state.session, stamp, event)
    assert isinstance(event, Page | Closing)
    return follow.moved(state.nudges, stamp, event)


def _wake_at(state: State, rules: Rules) -> int:
    """The soonest of: a submit to settle, a detector, an ask or outcome that runs out."""
    at = state.session.settle_at
    wakes = state.friction.wakes
    if wakes:
        soonest = min(wakes.values())
        if not at or soonest < at:
            at = soonest
    nudges = state.nudges
    if nudges.watched or nudges.asks or nudges.held:
        due = follow.wake_at(nudges, state.session, rules.nudges)
        if due and (not at or due < at):
            at = due
    return at


def _opened(state: State, n: int, fact: Opened, rules: Rules) -> Sequence[Command]:
    session = state.session
    session.person, session.rules = fact.person, fact.rules
    session.models = {**fact.models, "rules": rules.version}
    return ()


def _tape_opened(state: State, n: int, fact: TapeOpened, rules: Rules) -> Sequence[Command]:
    sessions.enter(state.session, fact.tape, fact.origin, fact.touch, rules.sessions)
    return ()


def _person_changed(state: State, n: int, fact: PersonChanged, rules: Rules) -> Sequence[Command]:
    state.session.person = fact.person
    if fact.why == "reset":
        return follow.reset(state.nudges, fact.at)
    return () if fact.person.consent == "granted" else follow.silenced(state.nudges, None)


def _suppressed(state: State, n: int, fact: Suppressed, rules: Rules) -> Sequence[Command]:
    tape = state.session.tapes.get(fact.tape)
    if tape is not None:
        tape.suppressed = fact.on
    return follow.silenced(state.nudges, fact.tape) if fact.on else ()


def _help_found(state: State, n: int, fact: HelpFound, rules: Rules) -> Sequence[Command]:
    return arbiter.decide(state.nudges, state.session, fact, n, rules.nudges, _write)


def _write(hit: Hit, hint: str, why: tuple[str, ...]) -> NudgeContent:
    return tooltip_content(hit, hint, why)


def _reserved(state: State, n: int, fact: Reserved, rules: Rules) -> Sequence[Command]:
    return arbiter.reserved(state.nudges, state.session, fact, rules.nudges)


def _cap_refused(state: State, n: int, fact: CapRefused, rules: Rules) -> Sequence[Command]:
    return arbiter.refused(state.nudges, state.session, fact, n, rules.nudges)


def _scored(state: State, n: int, fact: Scored, rules: Rules) -> Sequence[Command]:
    """No learned model is asked yet, so no answer is waited for."""
    return ()


_FACTS: dict[type, Callable[[State, int, Any, Rules], Sequence[Command]]] = {
    Opened: _opened, TapeOpened: _tape_opened, PersonChanged: _person_changed, Suppressed: _suppressed,
    HelpFound: _help_found, Reserved: _reserved, CapRefused: _cap_refused, Scored: _scored,
}  # fmt: skip

__all__ = ["QUIET", "NudgeRules", "Rules", "State", "Step", "begin", "dumps", "loads", "on_event", "on_fact"]
