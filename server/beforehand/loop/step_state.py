"""All tunables of a step in one record, and all a session remembers, with its way into bytes and back."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import msgspec

from beforehand.domain.session import Session
from beforehand.friction import registry
from beforehand.friction.registry import FrictionRules, FrictionState
from beforehand.nudges.rules import NudgeRules
from beforehand.nudges.state import NudgeState
from beforehand.sessions import SessionRules


class Rules(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every threshold, documented in the room it belongs to; the defaults are a working set."""

    sessions: SessionRules = SessionRules()
    friction: FrictionRules = FrictionRules()
    nudges: NudgeRules = NudgeRules()

    @property
    def version(self) -> str:
        """Twelve hex digits that change with any threshold."""
        return _version(self)


@lru_cache(maxsize=64)
def _version(rules: Rules) -> str:
    return blake2b(repr(rules).encode(), digest_size=6).hexdigest()


class State(msgspec.Struct):
    """Everything one session knows; owned by its mailbox, changed in place by the step."""

    session: Session
    friction: FrictionState
    nudges: NudgeState


def begin(session_id: str, at: int) -> State:
    """A new session at `at` (ms UTC), before its first entry."""
    return State(Session(id=session_id, started_at=at, last_at=at), registry.fresh(), NudgeState())


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(State)


def dumps(state: State) -> bytes:
    """A snapshot. Going on from loads(dumps(state)) and from `state` itself gives the same steps."""
    return _ENCODER.encode(state)


def loads(data: bytes) -> State:
    """Raises msgspec.DecodeError or ValidationError if `data` isn't a snapshot."""
    state = _DECODER.decode(data)
    state.friction = registry.revive(state.friction)
    return state
