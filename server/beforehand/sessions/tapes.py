"""Documents, pages and actions."""

from __future__ import annotations

from beforehand.domain.event import Click, Closing, Event, Page, Visibility
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Action, Session, TapeState
from beforehand.sessions.rules import SessionRules


def enter(session: Session, tape: str, origin: int, touch: bool, rules: SessionRules) -> TapeState:
    """The tape's state, new if it has none. The oldest closed document goes when there are too many."""
    state = session.tapes.get(tape)
    if state is None:
        state = session.tapes[tape] = TapeState(id=tape, origin=origin, touch=touch)
        if len(session.tapes) > rules.max_tapes:
            _forget_one(session, tape)
    else:
        state.origin, state.touch = origin, touch
    return state


def _forget_one(session: Session, keep: str) -> None:
    others = [tape for tape in session.tapes.values() if tape.id != keep]
    oldest = min(others, key=lambda tape: (not tape.closed, tape.origin + tape.last))
    del session.tapes[oldest.id]


def turn(session: Session, tape: TapeState, stamp: Stamp, event: Page) -> None:
    """A page is in view. Actions of the page before keep their place; they are few and age out."""
    if event.how != "update":
        session.pages += 1
        tape.entered = event.at
        tape.focused = ""
    tape.route, tape.title, tape.dialog = event.route, event.title, event.dialog
    tape.lang = event.lang or tape.lang
    tape.headings, tape.controls = event.headings, event.controls
    tape.visible = tape.visible or tape.closed
    tape.closed = False


def act(tape: TapeState, action: Action, rules: SessionRules) -> None:
    actions = tape.actions
    actions.append(action)
    if len(actions) > rules.max_actions:
        del actions[0]


def click(session: Session, tape: TapeState, stamp: Stamp, event: Click, rules: SessionRules) -> None:
    session.clicks += 1
    act(
        tape,
        Action(
            event.seq, stamp.at, event.at, "click", event.el, event.x, event.y, interactive=event.interactive
        ),
        rules,
    )


def find(tape: TapeState, seq: int) -> Action | None:
    """The action with this sequence number, newest first since answers follow soon."""
    if seq:
        for action in reversed(tape.actions):
            if action.seq <= seq:
                return action if action.seq == seq else None
    return None


def answer(tape: TapeState, event: Event, kind: str, window: int) -> None:
    """What is not tied to a click by the browser still answers the last one: it was `kind` soon after."""
    if tape.actions:
        last = tape.actions[-1]
        if not last.answered and event.at - last.page_at <= window:
            last.answered, last.delay = kind, event.at - last.page_at


def leave(tape: TapeState, event: Closing | Visibility) -> None:
    """Out of sight: a click that made the tab go away did something."""
    tape.visible = isinstance(event, Visibility) and event.visible
    if not tape.visible:
        answer(tape, event, "left", HIDE_MS)
    tape.closed = isinstance(event, Closing)


HIDE_MS = 1_000
"""A tab hidden this soon after a click was hidden by it (new tab, mail program, download dialog)."""
