"""Stored rows back into what a step takes; the one reader for waking a session and for replay."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from beforehand.domain.event import Event
from beforehand.domain.fact import Fact, Stamp
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


def entries(batches: list[Batch]) -> Iterator[tuple[Stamp, Event] | tuple[int, Fact]]:
    """In mailbox order. A browser event comes with its stamp, a fact with its position n."""
    for batch in batches:
        if not batch.tape:
            yield batch.n, _fact.decode(batch.body)
            continue
        for i, event in enumerate(_events.decode(batch.body)):
            yield Stamp(batch.n + i, batch.origin + event.at, batch.tape), event
