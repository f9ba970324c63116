"""The one arbiter: every surface and every signal pass through here, and each answer is a whole Decision.

propose   at a signal: ask for help, stay silent (stored), or nothing since it is under way
decide    when help was found: reserve the caps, or stay silent
reserved  when the caps are spent: show, unless it is too late
refused   when a cap was gone: stay silent
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from beforehand.domain.article import Hit
from beforehand.domain.command import Command, Expose, Record, Reserve, Show
from beforehand.domain.decision import Arm, Candidate, Decision, Gate
from beforehand.domain.fact import CapRefused, HelpFound, Reserved
from beforehand.domain.nudge import Nudge, NudgeContent
from beforehand.domain.risk import Assessment
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal
from beforehand.nudges.gates import EARLY, LATE, STILL, View, ask
from beforehand.nudges.kinds import tooltip
from beforehand.nudges.rules import DAY_MS, NudgeRules
from beforehand.nudges.state import Ask, Held, NudgeState, Watched, busy, mint

Write = Callable[[Hit, str, tuple[str, ...]], NudgeContent]
"""(passage, title hint, why) -> what the nudge says."""
NO_COMMANDS: tuple[Command, ...] = ()
WHY_REASONS = 2
"""Of the risk, beside the signal's own sentence: what fits under 'Why this?'."""


def propose(
    state: NudgeState,
    session: Session,
    signal: Signal,
    assessment: Assessment,
    n: int,
    now: int,
    rules: NudgeRules,
) -> Ask | Record | None:
    """A signal came. An Ask is remembered; the caller sends it to the search."""
    if busy(state, signal.struggle):
        _strengthen(state, signal, assessment)
        return None
    view = View(session, state, signal, assessment.score, now, rules)
    gates, open_ = ask(EARLY, view)
    if not open_:
        return _silence(state, session, signal, assessment, gates, n, now, rules)
    request = mint(state, session.id, n, now)
    wanted = state.asks[request] = Ask(request, signal, assessment, now, now + rules.find_ms)
    return wanted


def _strengthen(state: NudgeState, signal: Signal, assessment: Assessment) -> None:
    """The struggle is already asked about: the answer will be judged by the stronger signal."""
    for wanted in state.asks.values():
        if wanted.signal.struggle == signal.struggle and wanted.signal.tier == "early":
            wanted.signal, wanted.assessment = signal, assessment


def decide(
    state: NudgeState, session: Session, fact: HelpFound, n: int, rules: NudgeRules, write: Write
) -> tuple[Command, ...]:
    """The search answered; everything is asked again, since the person went on meanwhile."""
    wanted = state.asks.pop(fact.request, None)
    if wanted is None:
        return NO_COMMANDS
    signal = wanted.signal
    view = View(
        session,
        state,
        signal,
        wanted.assessment.score,
        fact.at,
        rules,
        wanted.deadline,
        fact.hits,
        fact.degraded,
    )
    gates, open_ = ask(LATE, view)
    if not open_:
        if gates[-1].name == "arm":
            state.shown.append(fact.at)
        record = _silence(state, session, signal, wanted.assessment, gates, n, fact.at, rules, fact.hits)
        return (record,) if record is not None else NO_COMMANDS
    decision = _decision(state, session, signal, wanted.assessment, gates, n, fact.at, rules, fact.hits)
    content = write(fact.hits[0], tooltip.title_hint(signal), _why(signal, wanted.assessment))
    decision = msgspec.structs.replace(
        decision, action="show", nudge=tooltip.build(decision.id, signal, content, rules.ttl_ms)
    )
    state.held[decision.id] = Held(decision, signal, fact.at)
    return (Reserve(decision, _unit(session), (("day", str(fact.at // DAY_MS), rules.cap_per_day),)),)


def reserved(state: NudgeState, session: Session, fact: Reserved, rules: NudgeRules) -> tuple[Command, ...]:
    """The caps are spent and the decision is stored. It is shown only if nothing changed meanwhile."""
    held = state.held.pop(fact.decision, None)
    if held is None:
        return NO_COMMANDS
    nudge = held.decision.nudge
    view = View(session, state, held.signal, held.decision.risk, fact.at, rules, held.at + rules.ttl_ms)
    gates, open_ = ask(STILL, view)
    if not open_ or nudge is None:
        return (Expose(fact.decision, "late", fact.at, gates[-1].detail),)
    return (Show(_remember(state, held, nudge, fact.at)),)


def _remember(state: NudgeState, held: Held, nudge: Nudge, at: int) -> Nudge:
    del state.shown[:-16]
    state.shown.append(held.at)
    state.watched[nudge.decision] = Watched(nudge.decision, held.signal.struggle, nudge.tape, nudge.route, at)
    return nudge


def refused(
    state: NudgeState, session: Session, fact: CapRefused, n: int, rules: NudgeRules
) -> tuple[Command, ...]:
    """Another tab was faster. The refused decision was never stored, so this one gets its own id."""
    held = state.held.pop(fact.decision, None)
    if held is None:
        return NO_COMMANDS
    gate = Gate("cap", False, f"The reservation was refused: {fact.reason}.")
    gates = (*(g for g in held.decision.gates if g.name != "cap"), gate)
    decision = msgspec.structs.replace(
        held.decision,
        id=mint(state, session.id, n, fact.at),
        n=n,
        at=fact.at,
        action="withhold",
        nudge=None,
        gates=gates,
    )
    return (Record(decision),)


def _silence(
    state: NudgeState,
    session: Session,
    signal: Signal,
    assessment: Assessment,
    gates: tuple[Gate, ...],
    n: int,
    now: int,
    rules: NudgeRules,
    hits: Sequence[Hit] = (),
) -> Record | None:
    """Store why nothing is shown, but not again and again for a rage of signals."""
    reason = f"{gates[-1].name} {signal.struggle}"
    before = state.withheld.get(reason, 0)
    if before and now - before < rules.repeat_ms:
        return None
    state.withheld.pop(reason, None)
    state.withheld[reason] = now
    if len(state.withheld) > MAX_SILENCES:
        del state.withheld[next(iter(state.withheld))]
    return Record(_decision(state, session, signal, assessment, gates, n, now, rules, hits))


MAX_SILENCES = 64


def _decision(
    state: NudgeState,
    session: Session,
    signal: Signal,
    assessment: Assessment,
    gates: tuple[Gate, ...],
    n: int,
    now: int,
    rules: NudgeRules,
    hits: Sequence[Hit],
) -> Decision:
    person = session.person
    arm: Arm = person.arm if person is not None else "treatment"
    return Decision(
        id=mint(state, session.id, n, now),
        session=session.id,
        n=n,
        at=now,
        struggle=signal.struggle,
        signal=signal.kind,
        action="withhold",
        gates=gates,
        candidates=_candidates(hits, rules),
        arm=arm,
        propensity=person.propensity if person is not None else 1.0,
        risk=assessment.score,
        reasons=_why(signal, assessment),
        models={**session.models, "risk": assessment.model},
    )


def _candidates(hits: Sequence[Hit], rules: NudgeRules) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(hit.passage.id, hit.passage.slug, hit.score) for hit in hits[: rules.max_candidates]
    )


def _why(signal: Signal, assessment: Assessment) -> tuple[str, ...]:
    moved = [reason.text for reason in assessment.reasons if reason.points > 0 and reason.feature in TELLING]
    return (signal.reason, *moved[:WHY_REASONS])


TELLING = frozenset({"left_half_way", "unresponsive", "other_struggles", "script_errors", "kinds"})
"""Reasons of the risk that say something the signal's own sentence does not."""


def _unit(session: Session) -> str:
    return session.person.unit if session.person is not None else f"s:{session.id}"
