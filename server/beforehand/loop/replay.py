"""Step a stored session again: its timeline, and the proof that its decisions follow from what is stored."""

from __future__ import annotations

from typing import Any

import msgspec

from beforehand.domain import command as c
from beforehand.domain import event as e
from beforehand.domain import fact as f
from beforehand.domain.decision import Decision
from beforehand.domain.errors import Invalid
from beforehand.domain.outcome import Outcome
from beforehand.loop import tape as tapes
from beforehand.loop.rules import rules_of
from beforehand.loop.step import Rules, Step, begin
from beforehand.ports.stores import Batch, Storage


class Line(msgspec.Struct, omit_defaults=True):
    """One line of the timeline. at: ms UTC; kind: page, click, submit, message, signal, risk, decision, …;
    why: sentences behind it."""

    n: int
    at: int
    kind: str
    text: str
    why: tuple[str, ...] = ()
    detail: dict[str, Any] = {}


class Replay(msgspec.Struct):
    """differences: what replay and storage disagree on, one sentence each; empty when they are equal."""

    session: str
    lines: list[Line]
    decisions: list[Decision]
    outcomes: list[Outcome]
    differences: list[str]


async def replay(storage: Storage, workspace: str, session: str) -> Replay:
    """Raises Invalid for a session that is not there."""
    async with storage.read(workspace) as tx:
        row = await tx.sessions.get(session)
        if row is None:
            raise Invalid(
                "SESSION: expected the id of a stored session; `beforehand replay --list` shows the newest."
            )
        batches = await tx.tapes.entries(session, 0)
        stored = await tx.decisions.of(session)
    played = play(session, row.started, batches)
    played.differences = differences(played.decisions, stored)
    return played


def play(session: str, started: int, batches: list[Batch]) -> Replay:
    """Pure: the same rows give the same result on any day, in any zone."""
    state, rules = begin(session, started), Rules()
    out = Replay(session, [], [], [], [])
    pending: dict[str, Decision] = {}
    for stored in tapes.entries(batches):
        entry = stored.fact if isinstance(stored, tapes.StoredFact) else stored.event
        if isinstance(entry, f.Opened):
            rules = rules_of(entry.rules)
        step = tapes.step_stored(state, stored, rules)
        line = _line(stored.n, stored.at, entry)
        if line is not None:
            out.lines.append(line)
        if isinstance(entry, f.Reserved) and entry.decision in pending:
            _decided(out, stored.n, stored.at, pending.pop(entry.decision))
        _tell(out, stored.n, stored.at, step, pending)
    return out


def _tell(out: Replay, n: int, at: int, step: Step, pending: dict[str, Decision]) -> None:
    for signal in step.signals:
        detail = {"strength": signal.strength, "evidence": [msgspec.to_builtins(x) for x in signal.evidence]}
        out.lines.append(Line(n, at, "signal", f"{signal.kind} ({signal.tier})", (signal.reason,), detail))
    if step.assessment is not None and step.signals:
        why = tuple(f"{r.points:+.2f} {r.text}" for r in step.assessment.reasons)
        out.lines.append(Line(n, at, "risk", f"{step.assessment.score:.2f} by {step.assessment.model}", why))
    for command in step.commands:
        match command:
            case c.Reserve(decision):
                pending[decision.id] = decision
            case c.Record(decision):
                _decided(out, n, at, decision)
            case c.Conclude(outcome):
                out.outcomes.append(outcome)
                out.lines.append(Line(n, at, "outcome", f"{outcome.kind} (from {outcome.source})"))
            case c.FindHelp(_, query):
                out.lines.append(Line(n, at, "search", query.text))
            case c.Withdraw(_, _, reason):
                out.lines.append(Line(n, at, "withdraw", reason))
            case _:
                pass


def _decided(out: Replay, n: int, at: int, decision: Decision) -> None:
    out.decisions.append(decision)
    gates = tuple(
        f"{'open  ' if gate.open else 'closed'} {gate.name}: {gate.detail}" for gate in decision.gates
    )
    title = decision.nudge.content.title if decision.nudge else decision.signal
    out.lines.append(Line(n, at, "decision", f"{decision.action}: {title}", gates + decision.reasons))


def differences(played: list[Decision], stored: list[Decision]) -> list[str]:
    """Compared whole, field by field."""
    mine = {decision.id: decision for decision in played}
    theirs = {decision.id: decision for decision in stored}
    found = [f"decision {i} is stored but replay does not reach it" for i in theirs if i not in mine]
    found += [f"decision {i} follows from the tape but is not stored" for i in mine if i not in theirs]
    found += [
        f"decision {i} differs from the stored one" for i in mine if i in theirs and mine[i] != theirs[i]
    ]
    return found


def _line(n: int, at: int, entry: e.Event | f.Fact) -> Line | None:
    text = _text(entry)
    return Line(n, at, entry.__struct_config__.tag, text) if text else None  # type: ignore[arg-type]


def _text(entry: e.Event | f.Fact) -> str:
    match entry:
        case e.Page(route=route, title=title, how=how):
            return f"{route} {title}".strip() if how != "update" else ""
        case e.Click(el=el):
            return f"{el.role or el.tag} “{el.label}”"
        case e.Submit(el=el, attempt=attempt):
            return f"{el.label or el.name or 'form'}, attempt {attempt}"
        case e.Validation(el=el, message=message, cleared=cleared):
            return f"“{el.label}” " + ("shows no message any more" if cleared else f"says “{message}”")
        case e.Fault(message=message):
            return message
        case e.Request(method=method, route=route, status=status):
            return f"{method} {route} → {status or 'no answer'}"
        case e.Track(name=name):
            return name
        case e.NudgeEvent(what=what, reason=reason):
            return f"{what} {reason}".strip()
        case f.Opened(person=person):
            return "verified person" if person.verified else "anonymous visitor"
        case f.TapeOpened(tape=tape):
            return f"document {tape}"
        case f.PersonChanged(why=why):
            return why
        case f.HelpFound(hits=hits, degraded=degraded):
            found = ", ".join(f"{hit.passage.slug} {hit.score:.2f}" for hit in hits[:3]) or "nothing"
            return f"{found} {degraded}".strip()
        case f.CapRefused(reason=reason):
            return reason
        case _:
            return ""
