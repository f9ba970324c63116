"""Whatever a browser sends, in whatever order time lets it arrive: replay and snapshots change nothing."""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beforehand.domain.element import Element
from beforehand.domain.event import (
    Activity,
    Click,
    Closing,
    Fault,
    Focus,
    Input,
    NudgeEvent,
    Page,
    Request,
    Scroll,
    Submit,
    Track,
    Validation,
    Visibility,
)  # fmt: skip
from beforehand.domain.fact import PersonChanged, Suppressed
from beforehand.loop.step import NudgeRules, Rules
from beforehand.loop.step_example import ORIGIN, control, field
from tests.loop.world import HIT, PERSON, World, replay, written

NAMES = ("a", "b")
FORMS = ("form", "other")
ROUTES = ("/settings", "/customers/:id", "/done")
EAGER = Rules(nudges=NudgeRules(cooldown_ms=5_000, cap_per_day=50, early_risk=0.1, repeat_ms=1_000))


def make(draw: Any, world: World) -> tuple[type[Any], dict[str, Any]]:
    """One event of any kind, about few enough things that they meet."""
    kind = draw(st.sampled_from(KINDS))
    name, form, flag = draw(st.sampled_from(NAMES)), draw(st.sampled_from(FORMS)), draw(st.booleans())
    cause = max(0, max(world.seqs.values(), default=0) + 1 - draw(st.integers(0, 6)))
    at = field(name, form=form)
    match kind.__name__:
        case "Click":
            el = control(draw(st.sampled_from(("send", "send", name))), form=form if flag else "")
            given: dict[str, Any] = {"el": el, "interactive": name == "a"}
        case "Activity":
            given = {"click": cause, "kind": draw(st.sampled_from(("mutation", "focus", "request")))}
        case "Submit":
            given = {
                "el": Element(fp=form, tag="form"),
                "button": control("save", form=form) if flag else None,
            }
        case "Validation":
            source = draw(st.sampled_from(("aria", "native", "live")))
            given = {"el": at, "message": "No.", "cleared": flag and name == "a", "source": source}
        case "Request":
            status = draw(st.sampled_from((0, 200, 422)))
            given = {"method": "POST", "route": "/api", "status": status, "cause": cause}
        case "Fault":
            given = {"message": "x is undefined", "cause": cause}
        case "Focus":
            given = {"el": at, "on": flag}
        case "Input":
            given = {"el": at, "keys": draw(st.integers(0, 3))}
        case "Page":
            how = draw(st.sampled_from(("push", "load", "update", "traverse")))
            given = {"route": draw(st.sampled_from(ROUTES)), "how": how}
        case "Visibility":
            given = {"visible": flag}
        case "Scroll":
            given = {"depth": 3}
        case "Track":
            given = {"name": "saved" if flag else "save_failed"}
        case "NudgeEvent":
            decisions = [w.decision for w in world.state.nudges.watched.values()] or ["0" * 32]
            what = draw(st.sampled_from(("shown", "clicked", "dismissed", "left", "stale")))
            given = {"decision": decisions[0], "what": what}
        case _:
            given = {}
    return kind, given


KINDS = (Click, Click, Activity, Submit, Submit, Validation, Validation, Request, Fault, Focus, Input, Page,
         Visibility, Scroll, Track, Closing, NudgeEvent)  # fmt: skip


def play(draw: Any, world: World) -> World:
    """Up to 60 entries on two tapes; the second one's events arrive up to a second late, after ticks.

    Every other session begins with a form that fails three times, so that nudges are shown and followed."""
    world.open("u")
    world.event(Page, 0, route="/settings")
    at = 0
    if draw(st.booleans()):
        at = 20_400
        for start in (0, 10_000, 20_000):
            world.event(Submit, start, el=Element(fp="form", tag="form"), button=control("save", form="form"))
            world.event(Validation, start + 200, el=field("a"), message="No.")
    for _ in range(draw(st.integers(5, 60))):
        at += draw(st.sampled_from((0, 30, 200, 500, 900, 3_000, 20_000, 70_000)))
        late = draw(st.sampled_from((0, 0, 0, 400, 1_000)))
        event, more = make(draw, world)
        world.pass_to(at)
        world.event(event, max(0, at - late), tape="u" if late else "t", **more)
        if draw(st.integers(0, 60)) == 0:
            world.fact(Suppressed(at=ORIGIN + at, tape="t", on=draw(st.booleans())))
        if draw(st.integers(0, 60)) == 0:
            consent = draw(st.sampled_from(("granted", "granted", "denied")))
            person = msgspec.structs.replace(PERSON, consent=consent)
            world.fact(PersonChanged(at=ORIGIN + at, person=person, why="consent"))
    world.pass_to(at + draw(st.sampled_from((0, 4_000, 100_000, 3_000_000))))
    return world


@st.composite
def worlds(draw: Any) -> World:
    hits = draw(st.sampled_from(((HIT,), (HIT,), (HIT,), (), (msgspec.structs.replace(HIT, score=0.1),))))
    return play(
        draw,
        World(
            rules=EAGER,
            hits=hits,
            cap=draw(st.sampled_from((True, True, False))),
            find_ms=draw(st.sampled_from((3, 3, 900, 4_000))),
        ),
    )


RUN = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@RUN
@given(worlds())
def test_replay_of_what_is_stored_equals_what_was_live(world: World) -> None:
    again = replay(world.stored, world.rules)
    assert written(again) == written(world.steps)
    assert [s.wake_at for s in again] == [s.wake_at for s in world.steps]


@RUN
@given(st.data())
def test_a_snapshot_at_every_entry_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds())
    from beforehand.loop.step import begin, dumps, loads
    from tests.loop.world import take

    state, steps = begin("s1", ORIGIN), []
    for entry in world.stored:
        state = loads(dumps(state))
        steps.append(take(state, entry, world.rules))
    assert written(steps) == written(world.steps)
    assert dumps(state) == dumps(world.state)


@RUN
@given(worlds())
def test_every_nudge_was_decided_and_every_decision_says_why(world: World) -> None:
    from beforehand.domain.command import Reserve, Show

    decisions = world.decisions()
    assert len({d.id for d in decisions}) == len(decisions)
    granted = {c.decision.id for c in world.of(Reserve)}
    assert {c.nudge.decision for c in world.of(Show)} <= granted
    for decision in decisions:
        assert decision.gates and all(g.detail for g in decision.gates)
        assert all(g.open for g in decision.gates) == (decision.action == "show")
        assert decision.reasons and 0 < decision.risk < 1
    for signal in world.signals:
        assert signal.evidence and signal.reason and 0 < signal.strength <= 1


@RUN
@given(worlds())
def test_a_wake_up_is_never_asked_for_in_vain_twice(world: World) -> None:
    """After a due tick the next one lies later: the loop cannot spin."""
    ticks = [
        (e[1].at, s.wake_at)
        for e, s in zip(world.stored, world.steps, strict=True)
        if e[1].__class__.__name__ == "Tick"
    ]
    assert all(wake == 0 or wake > at for at, wake in ticks)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns", "UTC"])
def test_time_zone_and_day_do_not_matter(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.loop.test_step import shown, thrice

    live = thrice(World())
    shown(live)
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setattr(time, "time", lambda: 4_102_444_800.0)
    time.tzset()
    try:
        assert written(replay(live.stored, live.rules)) == written(live.steps)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert os.environ.get("TZ") != "America/St_Johns"
