"""Which troubles are open, and how they end."""

from __future__ import annotations

from fnmatch import fnmatchcase

from beforehand.domain.event import Track
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, Session, TapeState
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import Resolution, Struggle, control_key
from beforehand.sessions.rules import SessionRules

LIVE_ANSWERS = frozenset({"mutation", "navigation", "request", "window", "scroll", "input"})
"""Kinds of activity that prove a control alive; focus and selection are the browser's own doing."""


def notice(session: Session, signal: Signal, rules: SessionRules) -> Struggle:
    """Open or renew the struggle `signal` speaks of. The one quiet for longest goes when there are too
    many."""
    struggle = session.struggles.get(signal.struggle)
    if struggle is None or struggle.resolved_at:
        struggle = session.struggles[signal.struggle] = _fresh(signal)
        if len(session.struggles) > rules.max_struggles:
            oldest = min(session.struggles.values(), key=lambda s: (not s.resolved_at, s.last_at))
            del session.struggles[oldest.key]
    struggle.last_at = max(struggle.last_at, signal.at)
    struggle.tape = signal.tape
    struggle.message = signal.message or struggle.message
    struggle.confirmed = struggle.confirmed or signal.tier == "confirmed"
    if signal.kind not in struggle.kinds:
        struggle.kinds.append(signal.kind)
    return struggle


def _fresh(signal: Signal) -> Struggle:
    element = signal.element
    by_form = signal.struggle.startswith("form:")
    form = signal.struggle[5:].rpartition("@")[0] if by_form else (element.form if element else "")
    return Struggle(
        key=signal.struggle,
        at=signal.at,
        last_at=signal.at,
        route=signal.route,
        tape=signal.tape,
        fp=element.fp if element else "",
        form=form,
    )


def end(session: Session, key: str, at: int, source: str, tape: str) -> tuple[Resolution, ...]:
    """Close one struggle, if it is open."""
    struggle = session.struggles.get(key)
    if struggle is None or struggle.resolved_at:
        return ()
    struggle.resolved_at, struggle.source = at, source
    struggle.trying = struggle.trying_seq = 0
    session.solved += 1
    return (Resolution(key, at, source, tape),)


def end_form(
    session: Session, fp: str, route: str, at: int, source: str, tape: str
) -> tuple[Resolution, ...]:
    """A form went through: its own struggle ends, and those with controls in it."""
    ended: tuple[Resolution, ...] = ()
    for struggle in list(session.struggles.values()):
        if struggle.form == fp and struggle.route == route:
            ended += end(session, struggle.key, at, source, tape)
    return ended


def tried(session: Session, tape: TapeState, action: Action, rules: SessionRules) -> None:
    """A click on a control somebody struggles with was answered: certain once no error followed."""
    struggle = session.struggles.get(control_key(action.element.fp, tape.route))
    if struggle is None or struggle.resolved_at or action.at <= struggle.last_at or action.error:
        return
    struggle.trying, struggle.trying_seq = action.at, action.seq
    due = action.at + rules.try_settle_ms
    if not session.settle_at or due < session.settle_at:
        session.settle_at = due


def failed_try(session: Session, seq: int) -> None:
    """An error followed the click `seq`: it proves nothing."""
    for struggle in session.struggles.values():
        if struggle.trying_seq == seq:
            struggle.trying = struggle.trying_seq = 0


def settle_tries(session: Session, now: int, rules: SessionRules) -> tuple[Resolution, ...]:
    ended: tuple[Resolution, ...] = ()
    for struggle in session.struggles.values():
        if struggle.trying and now >= struggle.trying + rules.try_settle_ms:
            ended += end(session, struggle.key, now, "answered", struggle.tape)
    return ended


def tracked(session: Session, stamp: Stamp, event: Track, rules: SessionRules) -> tuple[Resolution, ...]:
    """The site said so: every open struggle on a route that the event is named for."""
    ended: tuple[Resolution, ...] = ()
    for rule in rules.resolves:
        if fnmatchcase(event.name, rule.event):
            for struggle in list(session.struggles.values()):
                if fnmatchcase(struggle.route, rule.route):
                    ended += end(session, struggle.key, stamp.at, "track", stamp.tape)
    return ended
