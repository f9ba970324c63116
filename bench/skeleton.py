"""`beforehand serve` without its head: decode, append, commit, ack; no detectors, no risk, no decision."""

from __future__ import annotations

from beforehand.cli import main
from beforehand.domain.event import Event
from beforehand.domain.fact import Stamp
from beforehand.loop import mailbox
from beforehand.loop.step import Rules, State, Step

NOTHING = Step((), None, (), 0)


def no_step(state: State, stamp: Stamp, event: Event, rules: Rules) -> Step:
    return NOTHING


if __name__ == "__main__":
    vars(mailbox)["on_event"] = no_step
    main()
