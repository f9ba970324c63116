"""What the arbiter remembers of one session. Bounded: one ask or reservation per struggle, few at a time."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from beforehand.domain.decision import Decision
from beforehand.domain.risk import Assessment
from beforehand.domain.signal import Signal


class Ask(msgspec.Struct):
    """A search that is out. at, deadline: ms UTC."""

    request: str
    signal: Signal
    assessment: Assessment
    at: int
    deadline: int


class Held(msgspec.Struct):
    """A decision whose caps are being reserved."""

    decision: Decision
    signal: Signal
    at: int


class Watched(msgspec.Struct, omit_defaults=True):
    """A decision that was sent to be shown, until its outcome is known. up: still on the screen as far as we
    know. gone_at: its document closed (ms UTC)."""

    decision: str
    struggle: str
    tape: str
    route: str
    at: int
    up: bool = True
    gone_at: int = 0


class NudgeState(msgspec.Struct, omit_defaults=True):
    """withheld: 'gate struggle' -> when that silence was last stored. serial: counts the ids made."""

    asks: dict[str, Ask] = {}
    held: dict[str, Held] = {}
    watched: dict[str, Watched] = {}
    shown: list[int] = []
    dismissed: dict[str, int] = {}
    withheld: dict[str, int] = {}
    serial: int = 0


def busy(state: NudgeState, struggle: str) -> bool:
    """A decision about this struggle is already under way."""
    return any(ask.signal.struggle == struggle for ask in state.asks.values()) or any(
        held.signal.struggle == struggle for held in state.held.values()
    )


def mint(state: NudgeState, session: str, n: int, at: int) -> str:
    """An id that replay makes again: UUIDv7 layout (48 bits of `at`, version, variant), the rest a hash of
    session, mailbox position and a running number."""
    state.serial += 1
    digest = int.from_bytes(blake2b(f"{session}|{n}|{state.serial}".encode(), digest_size=10).digest(), "big")
    value = (
        (at & (1 << 48) - 1) << 80
        | 0x7 << 76
        | (digest >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | digest & (1 << 62) - 1
    )
    return f"{value:032x}"
