"""Signals, as the detectors raised them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.domain.signal import Signal

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Signal).decode


class SignalStore(Writes):
    def add(self, session: str, n: int, signals: Sequence[Signal]) -> None:
        self._do(_add, session, n, tuple(signals))


class SignalReader(Reads):
    async def of(self, session: str) -> list[tuple[int, Signal]]:
        return await self._ask(_of, session)


def _add(db: Db, workspace: str, session: str, n: int, signals: tuple[Signal, ...]) -> None:
    for place, signal in enumerate(signals):
        element = signal.element.fp if signal.element else ""
        db.run(
            "INSERT INTO signal (workspace_id, session, n, kind, struggle, tier, place, tape, route, element,"
            " strength, at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (workspace_id, session, n, kind, struggle, tier) DO NOTHING",
            (
                workspace, session, n, signal.kind, signal.struggle, signal.tier, place, signal.tape or None,
                signal.route, element, signal.strength, signal.at, _encode(signal).decode(),
            ),
        )  # fmt: skip


def _of(db: Db, workspace: str, session: str) -> list[tuple[int, Signal]]:
    rows = db.rows(
        "SELECT n, body FROM signal WHERE workspace_id = ? AND session = ? ORDER BY n, place",
        (workspace, session),
    )
    return [(n, _decode(body)) for n, body in rows]
