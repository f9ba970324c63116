"""What every detector must keep to, present and future: they are found by the registry, not named here."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from beforehand import sessions
from beforehand.domain.event import Event, Page, Scroll
from beforehand.domain.fact import Stamp
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal, SignalKind
from beforehand.friction.detector import AnyDetector
from beforehand.friction.registry import DETECTORS, FrictionRules
from beforehand.loop.step_example import ORIGIN, click, edit, events, focus, page, refused, submitted, tape
from tests.loop.test_step_properties import worlds
from tests.loop.world import World

MAX_MEMORY = 16_384
"""Bytes of one detector's memory in a snapshot, after any session."""
each = pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: str(d.kind))
RUN = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_registry_is_explicit_and_complete() -> None:
    kinds = [d.kind for d in DETECTORS]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) == set(get_args(SignalKind))
    assert set(FrictionRules.__struct_fields__) == set(kinds)


@each
def test_shape(detector: AnyDetector) -> None:
    assert detector.wants and detector.wants <= set(get_args(Event))
    state, rules = detector.State(), detector.Rules()
    assert detector.wake_at(state) == 0
    detector.forget(state, "form:unknown@/")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=detector.State) == state
    assert getattr(FrictionRules(), detector.kind) == rules
    assert not vars(detector), "one instance serves all sessions"


@each
def test_documentation(detector: AnyDetector) -> None:
    """The docstring says what it notices, its tiers, sources and guards; its example runs."""
    module = inspect.getmodule(type(detector))
    assert module is not None and module.__doc__
    for part in ("Tiers", "Guards", ">>>"):
        assert part in module.__doc__
    assert "Sources" in module.__doc__ or "Published" in module.__doc__
    assert module.__name__.endswith(f".{detector.kind}")
    result = doctest.testmod(module)
    assert result.attempted >= 2 and result.failed == 0
    documented = inspect.getdoc(detector.Rules) or ""
    for name in detector.Rules.__struct_fields__:
        assert name in documented or name.startswith("max_"), f"{name} has no reason"


def entries(world: World) -> Iterator[tuple[Stamp, Any]]:
    for first, second in world.stored:
        if isinstance(first, Stamp):
            yield first, second


def run(detector: AnyDetector, world: World, through_bytes: bool) -> list[Signal]:
    """The detector alone over the browser's events of a session, with each tick it asks for."""
    session, state = Session(id="s", started_at=ORIGIN), detector.State()
    rules = detector.Rules()
    found: list[Signal] = []
    for stamp, event in entries(world):
        while (due := detector.wake_at(state)) and due <= stamp.at:
            sessions.settle(session, due, sessions.SessionRules())
            before = msgspec.msgpack.encode(session)
            found += detector.tick(state, session, due, rules)
            assert msgspec.msgpack.encode(session) == before, "a detector never changes the session"
            assert detector.wake_at(state) == 0 or detector.wake_at(state) > due, "or the loop would spin"
        sessions.apply(session, stamp, event, sessions.SessionRules())
        if type(event) in detector.wants:
            before = msgspec.msgpack.encode(session)
            found += detector.observe(state, session, stamp, event, rules)
            assert msgspec.msgpack.encode(session) == before, "a detector never changes the session"
        if through_bytes:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=detector.State)
    assert len(msgspec.msgpack.encode(state)) < MAX_MEMORY
    return list(found)


@each
@RUN
@given(world=worlds())
def test_any_session(detector: AnyDetector, world: World) -> None:
    found = run(detector, world, through_bytes=False)
    assert run(detector, world, through_bytes=True) == found
    for signal in found:
        assert signal.kind == detector.kind
        assert 0 < signal.strength <= 1
        assert signal.reason.endswith((".", "”")) and signal.evidence
        assert signal.struggle.startswith(("form:", "control:")) and "@" in signal.struggle
        assert all(e.at <= signal.at and e.what for e in signal.evidence)


CALM = [
    *[click(i * 2_000, f"tab{i}", answered=30) for i in range(10)],
    *[[{"make": Scroll, "at": 30_000 + i * 4_000, "depth": i}] for i in range(20)],
    focus(120_000, "name"), edit(124_000, "name"), focus(125_000, "city"), edit(129_000, "city"),
    click(131_000, "save", answered=5, form="form"), submitted(131_010), page(131_400, "/done"),
]  # fmt: skip


@each
def test_a_calm_session_is_silent(detector: AnyDetector) -> None:
    """Reading, answered clicks and a form that goes through: the baseline every detector must leave alone."""
    assert [s for s in tape(*CALM, until=900_000) if s.kind == detector.kind] == []


def test_all_fire_in_a_miserable_one() -> None:
    """The suite would pass over detectors that never speak."""
    from beforehand.loop.step_example import error

    misery = [
        *[click(i * 200, "dead") for i in range(4)], click(9_000, "dead"), click(20_000, "pay"),
        error(20_020),
        edit(30_000, "name"), refused(31_000), refused(40_000), refused(50_000), focus(60_000, "city"),
        page(180_000, "/x"), page(181_000, "/settings"), edit(182_000, "name"), page(190_000, "/x"),
    ]  # fmt: skip
    assert {s.kind for s in tape(*misery, until=400_000)} == set(get_args(SignalKind))


def test_memory_stays_bounded_in_a_very_long_session() -> None:
    parts = []
    for i in range(400):
        at = i * 4_000
        parts += [click(at, f"b{i}"), edit(at + 900, f"f{i}", form=f"form{i}"), refused(at + 1_000)]
    session = Session(id="s", started_at=ORIGIN)
    memory = {d.kind: d.State() for d in DETECTORS}
    for n, event in enumerate([Page(seq=1, at=0, route="/"), *events(*parts)]):
        stamp = Stamp(n, ORIGIN + event.at, "t")
        sessions.apply(session, stamp, event, sessions.SessionRules())
        for d in DETECTORS:
            if type(event) in d.wants:
                d.observe(memory[d.kind], session, stamp, event, d.Rules())
    assert all(len(msgspec.msgpack.encode(state)) < MAX_MEMORY for state in memory.values())
    assert len(msgspec.msgpack.encode(session)) < 65_536
