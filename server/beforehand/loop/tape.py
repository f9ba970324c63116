"""Stored rows back into what a step takes; the one reader for waking a session and for replay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from beforehand.domain.event import Event
from beforehand.domain.fact import Fact, Stamp
from beforehand.loop.step import Rules, State, Step, on_event, on_fact
from beforehand.ports.stores import Batch

_events = msgspec.json.Decoder(list[Event])
_fact = msgspec.json.Decoder(Fact)
_encode = msgspec.json.Encoder().encode


def fact_row(session: str, n: int, fact: Fact) -> Batch:
    """An internal event as the row it is stored in."""
    return Batch(
        session=session,
        n=n,
        count=1,
        tape="",
        first_seq=0,
        last_seq=0,
        received_at=fact.at,
        body=_encode(fact),
    )


def events_body(events: list[Event]) -> bytes:
    return _encode(events)


class StoredEvent(NamedTuple):
    stamp: Stamp
    event: Event

    @property
    def n(self) -> int:
        return self.stamp.n

    @property
    def at(self) -> int:
        return self.stamp.at


class StoredFact(NamedTuple):
    n: int
    fact: Fact

    @property
    def at(self) -> int:
        return self.fact.at


def entries(batches: list[Batch], from_n: int = 0) -> Iterator[StoredEvent | StoredFact]:
    """In mailbox order, from position from_n on."""
    for batch in batches:
        if not batch.tape:
            if batch.n >= from_n:
                yield StoredFact(batch.n, _fact.decode(batch.body))
            continue
        for n, event in enumerate(_events.decode(batch.body), batch.n):
            if n >= from_n:
                yield StoredEvent(Stamp(n, batch.origin + event.at, batch.tape), event)


def step_stored(state: State, entry: StoredEvent | StoredFact, rules: Rules) -> Step:
    """The step of a stored entry, as it was when it was live."""
    if isinstance(entry, StoredFact):
        return on_fact(state, entry.n, entry.fact, rules)
    return on_event(state, entry.stamp, entry.event, rules)
