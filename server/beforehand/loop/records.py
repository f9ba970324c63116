"""What one turn of a mailbox brought, and how it is written down."""

from __future__ import annotations

import msgspec

from beforehand.domain import command as c
from beforehand.loop.leaving import Line
from beforehand.loop.step import Step
from beforehand.ports.stores import Batch, Work

_json = msgspec.json.Encoder().encode


class Output(msgspec.Struct):
    """rows: entries not yet with the writer; steps: (n, at, step); marks: what the rows acknowledge once on disk."""

    rows: list[Batch]
    steps: list[tuple[int, int, Step]]
    marks: list[tuple[Line, int]] = []

    @property
    def commands(self) -> list[c.Command]:
        return [command for _, _, step in self.steps for command in step.commands]


def record(tx: Work, session: str, output: Output) -> None:
    """Entries first, then what followed from them."""
    for row in output.rows:
        tx.tapes.append(row)
    for n, at, step in output.steps:
        if step.signals:
            tx.signals.add(session, n, step.signals)
        if step.assessment is not None:
            tx.assessments.add(session, n, at, _json(step.assessment))
        for command in step.commands:
            record_command(tx, command)


def record_command(tx: Work, command: c.Command) -> None:
    match command:
        case c.Record(decision):
            tx.decisions.add(decision)
        case c.Expose(decision, state, at, reason):
            tx.decisions.expose(decision, state, at, reason)
        case c.Conclude(outcome):
            tx.outcomes.add(outcome)
        case c.Remember(unit, struggle, at, reason):
            tx.decisions.dismiss(unit, struggle, at, reason)
        case _:
            pass
