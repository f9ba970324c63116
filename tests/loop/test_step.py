"""The stream through one session: from failures to a tooltip, and every way it is held back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from beforehand.domain.command import (
    Conclude,
    Expose,
    FindHelp,
    Record,
    Remember,
    Reserve,
    Show,
    Tell,
    Withdraw,
)
from beforehand.domain.element import Element
from beforehand.domain.event import (
    Activity,
    Click,
    Closing,
    Focus,
    Input,
    NudgeEvent,
    Page,
    Submit,
    Validation,
    Visibility,
)  # fmt: skip
from beforehand.domain.fact import CapRefused, HelpFound, PersonChanged, Reserved, Suppressed
from beforehand.domain.person import PersonFacts
from beforehand.loop.step import NudgeRules, Rules, begin, dumps, loads, on_event, on_fact
from beforehand.loop.step_example import ORIGIN, control, field
from tests.loop.world import HIT, PERSON, World, replay, written

FORM = Element(fp="form", tag="form", label="Tax")
DAY = 86_400_000


def fail(world: World, at: int, name: str = "vat", tape: str = "t", form: Element = FORM) -> None:
    world.event(Submit, at, tape, el=form, button=control("save", form=form.fp))
    world.event(Validation, at + 200, tape, el=field(name, form=form.fp), message="Enter a valid VAT number.")


def thrice(world: World, at: int = 0, **more: Any) -> World:
    """Three refused submits; the third answered at at + 20,200."""
    if not world.seqs:
        world.event(Page, 0, route="/settings", title="Tax")
    for start in (at, at + 10_000, at + 20_000):
        fail(world, start, **more)
    return world


def changed(**more: Any) -> PersonFacts:
    return msgspec.structs.replace(PERSON, **more)


def shown(world: World) -> str:
    world.pass_to(20_300)
    (show,) = world.of(Show)
    decision: str = show.nudge.decision
    return decision


def test_three_failures_bring_the_tooltip_to_the_field() -> None:
    world = thrice(World())
    assert [type(c).__name__ for c in world.commands] == ["Record", "FindHelp"]
    world.pass_to(20_205)
    assert [type(c).__name__ for c in world.commands] == ["Record", "FindHelp", "Reserve", "Show"]
    find = world.of(FindHelp)[0]
    assert find.deadline == ORIGIN + 23_200
    assert "Enter a valid VAT number." in find.query.text
    nudge = world.of(Show)[0].nudge
    assert nudge.anchor.fp == "vat"
    assert (nudge.surface, nudge.tape, nudge.route) == ("tooltip", "t", "/settings")
    assert nudge.content.why[0] == "“vat” failed 3 times in a row: “Enter a valid VAT number.”"
    decision = world.of(Reserve)[0].decision
    assert decision.action == "show" and all(gate.open for gate in decision.gates)
    assert (decision.arm, decision.propensity, decision.candidates[0].slug) == (
        "treatment",
        1.0,
        "vat-number",
    )
    assert decision.models == {"embedder": "e1", "risk": "prior-1", "rules": Rules().version}
    assert world.of(Reserve)[0].caps == (("day", str((ORIGIN + 20_205) // DAY), 3),)
    assert decision.id[12] == "7" and int(decision.id[:12], 16) == decision.at


def test_the_second_failure_is_noticed_and_withheld_with_its_reason() -> None:
    world = World()
    world.event(Page, 0, route="/settings")
    fail(world, 0)
    fail(world, 10_000)
    (decision,) = world.decisions()
    assert [g.name for g in decision.gates if not g.open] == ["tier"]
    assert decision.risk < 0.35


def test_an_early_signal_at_high_risk_may_nudge() -> None:
    world = World(rules=Rules(nudges=NudgeRules(early_risk=0.05)))
    world.event(Page, 0, route="/settings")
    fail(world, 0)
    fail(world, 10_000)
    assert len(world.of(FindHelp)) == 1


def test_rage_and_dead_clicks_on_one_button_are_one_struggle_and_one_nudge() -> None:
    world = World()
    world.event(Page, 0, route="/settings")
    for at in (1_000, 1_200, 1_400, 1_600):
        world.event(Click, at, el=control("send", label="Send"))
    world.pass_to(1_700)
    assert world.of(Show)[0].nudge.anchor.fp == "send"
    world.event(Click, 9_000, el=control("send", label="Send"))
    world.pass_to(60_000)
    assert {s.struggle for s in world.signals} == {"control:send@/settings"}
    assert {s.kind for s in world.signals} == {"rage_click", "dead_click"}
    assert len(world.of(Show)) == 1


HELD_BACK: list[tuple[str, dict[str, Any], list[tuple[str, ...]]]] = [
    ("consent", {"person": changed(consent="denied")}, []),
    ("consent", {"person": changed(consent="pending")}, []),
    ("switched_on", {"rules": Rules(nudges=NudgeRules(on=False))}, []),
    ("dismissed", {"person": changed(dismissed={"form:form@/settings": ORIGIN - DAY})}, []),
    ("cool_down", {"person": changed(shown=(ORIGIN - 99_799,))}, []),
    ("cap", {"person": changed(shown=tuple(ORIGIN - i * 600_000 for i in range(1, 4)))}, []),
    ("relevance", {"hits": ()}, []),
    ("relevance", {"hits": (msgspec.structs.replace(HIT, score=0.29),)}, []),
    ("deadline", {"find_ms": 3_001}, []),
    ("arm", {"person": changed(arm="control", propensity=0.1)}, []),
    ("cap", {"cap": False}, []),
]


@pytest.mark.parametrize(
    ("gate", "given", "_"), HELD_BACK, ids=[f"{g}-{i}" for i, (g, _, _) in enumerate(HELD_BACK)]
)
def test_held_back(gate: str, given: dict[str, Any], _: list[Any]) -> None:
    world = thrice(World(**given))
    world.pass_to(25_000)
    assert world.of(Show) == []
    assert world.closed()[-1] == gate
    last = world.decisions()[-1]
    assert last.action == "withhold" and last.nudge is None
    assert all(g.open for g in last.gates[:-1])


@pytest.mark.parametrize(
    "given",
    [
        {"person": changed(dismissed={"form:form@/settings": ORIGIN - 31 * DAY})},
        {"person": changed(dismissed={"form:other@/settings": ORIGIN - 1})},
        {"person": changed(shown=(ORIGIN - 99_800,))},
        {"person": changed(shown=tuple(ORIGIN - DAY - i * 1_000 for i in range(3)))},
        {"hits": (msgspec.structs.replace(HIT, score=0.3),)},
        {"find_ms": 3_000},
    ],
    ids=[
        "dismissed-long-ago",
        "dismissed-elsewhere",
        "cooled-down",
        "cap-of-yesterday",
        "just-relevant",
        "in-time",
    ],
)
def test_not_held_back(given: dict[str, Any]) -> None:
    world = thrice(World(**given))
    world.pass_to(25_000)
    assert len(world.of(Show)) == 1


def test_the_held_out_are_compared_with_those_who_would_have_been_shown() -> None:
    world = thrice(World(person=changed(arm="control", propensity=0.1)))
    world.pass_to(25_000)
    last = world.decisions()[-1]
    assert (last.arm, last.propensity, last.candidates[0].slug) == ("control", 0.1, "vat-number")
    fail(world, 30_000)
    world.pass_to(40_000)
    assert world.closed()[-1] == "cool_down"


def test_success_between_decision_and_show_shows_nothing() -> None:
    world = thrice(World(find_ms=1_000))
    world.event(Submit, 20_700, el=FORM)
    world.event(Page, 20_900, route="/done", how="push")
    world.pass_to(30_000)
    assert world.of(Show) == []
    assert world.closed()[-1] == "still_struggling"


def test_success_after_the_caps_were_spent_shows_nothing_either() -> None:
    world = thrice(World(find_ms=3_000))
    request = world.of(FindHelp)[0].request
    world.due.clear()
    world.fact(HelpFound(at=ORIGIN + 20_300, request=request, hits=(HIT,)))
    (reserve,) = world.of(Reserve)
    world.due.clear()
    world.event(Submit, 20_400, el=FORM)
    world.event(Page, 20_500, route="/done", how="push")
    step = world.fact(Reserved(at=ORIGIN + 20_550, decision=reserve.decision.id))
    assert step.commands == [
        Expose(reserve.decision.id, "late", ORIGIN + 20_550, "The struggle is over (navigation).")
    ]


def test_success_after_the_show_takes_it_away_and_says_so() -> None:
    world = thrice(World())
    decision = shown(world)
    world.event(NudgeEvent, 20_400, decision=decision, what="shown")
    assert world.of(Expose) == [Expose(decision, "shown", ORIGIN + 20_400)]
    world.event(Submit, 40_000, el=FORM)
    world.event(Page, 40_300, route="/done", how="push")
    assert world.of(Withdraw) == [Withdraw("t", decision, "succeeded")]
    assert world.of(Tell) == [Tell("t", decision)]
    (conclude,) = world.of(Conclude)
    assert (conclude.outcome.kind, conclude.outcome.source, conclude.outcome.subject) == (
        "succeeded",
        "navigation",
        decision,
    )


def test_a_success_in_place_is_found_by_a_tick() -> None:
    world = thrice(World())
    decision = shown(world)
    world.event(Submit, 40_000, el=FORM)
    world.event(Validation, 40_010, el=field("vat"), cleared=True)
    world.pass_to(42_499)
    assert world.of(Withdraw) == []
    world.pass_to(42_500)
    assert world.of(Withdraw) == [Withdraw("t", decision, "succeeded")]


def test_dismissed_is_remembered_and_stays_silent() -> None:
    world = thrice(World())
    decision = shown(world)
    world.event(NudgeEvent, 25_000, decision=decision, what="dismissed", reason="not helpful")
    assert world.of(Remember) == [Remember("v:1", "form:form@/settings", ORIGIN + 25_000, "not helpful")]
    assert [c.outcome.kind for c in world.of(Conclude)] == ["dismissed"]
    fail(world, 300_000)
    assert world.closed()[-1] == "dismissed"


@pytest.mark.parametrize(
    ("what", "kinds", "states"),
    [("clicked", ["clicked"], []), ("why", [], ["why"]), ("stale", [], ["stale"]), ("unanchored", [],
        ["unanchored"]),
     ("withdrawn", [], ["withdrawn"]), ("left", [], [])],
)  # fmt: skip
def test_reports_of_the_browser(what: str, kinds: list[str], states: list[str]) -> None:
    world = thrice(World())
    decision = shown(world)
    world.event(NudgeEvent, 25_000, decision=decision, what=what)
    assert [c.outcome.kind for c in world.of(Conclude)] == kinds
    assert [c.state for c in world.of(Expose)] == states


def test_a_report_on_a_decision_of_nobody_changes_nothing() -> None:
    world = thrice(World())
    shown(world)
    before = msgspec.msgpack.encode(world.state.nudges)
    world.event(NudgeEvent, 25_000, decision="0" * 32, what="dismissed")
    assert msgspec.msgpack.encode(world.state.nudges) == before


def test_one_nudge_at_a_time() -> None:
    world = thrice(World(rules=Rules(nudges=NudgeRules(cooldown_ms=0))))
    shown(world)
    other = Element(fp="other", tag="form")
    for at in (30_000, 40_000, 50_000):
        fail(world, at, name="iban", form=other)
    world.pass_to(55_000)
    assert len(world.of(Show)) == 1
    assert world.closed()[-1] == "one_at_a_time"


@pytest.mark.parametrize(
    ("why", "gate"),
    [("hidden", "visible"), ("closed", "visible"), ("elsewhere", "surface"), ("suppressed", "suppressed")],
)
def test_what_changes_while_the_search_runs(why: str, gate: str) -> None:
    world = thrice(World(find_ms=1_000))
    if why == "hidden":
        world.event(Visibility, 20_500, visible=False)
    elif why == "closed":
        world.event(Closing, 20_500)
    elif why == "elsewhere":
        world.event(Page, 20_500, route="/home", how="push")
    else:
        world.fact(Suppressed(at=ORIGIN + 20_500, tape="t", on=True))
    world.pass_to(30_000)
    assert world.of(Show) == [] and world.closed()[-1] == gate


def test_silence_and_withdrawn_consent_take_a_shown_nudge_away() -> None:
    for fact in (Suppressed(at=ORIGIN + 25_000, tape="t", on=True),
                 PersonChanged(at=ORIGIN + 25_000, person=changed(consent="denied"),
                     why="consent")):  # fmt: skip
        world = thrice(World())
        decision = shown(world)
        assert world.fact(fact).commands == [Withdraw("t", decision, "cleared")]


def test_giving_up_is_its_own_outcome() -> None:
    world = World()
    world.event(Page, 0, route="/settings")
    world.event(Input, 0, el=field("vat"), keys=3)
    world.event(Input, 0, el=field("name"), keys=3)
    world = thrice(world)
    decision = shown(world)
    world.event(Input, 25_000, el=field("vat"), keys=3)
    world.event(Page, 26_000, route="/home", how="push")
    assert world.of(Withdraw) == [Withdraw("t", decision, "left")]
    world.pass_to(90_000)
    assert [(c.outcome.kind, c.outcome.source) for c in world.of(Conclude)] == [("left", "form_abandonment")]


@pytest.mark.parametrize(("close", "at"), [(True, 85_000), (False, 1_820_200)])
def test_leaving_ends_the_wait_for_an_outcome(close: bool, at: int) -> None:
    world = thrice(World())
    shown(world)
    if close:
        world.event(Closing, 25_000)
    world.pass_to(at - 1)
    assert world.of(Conclude) == []
    world.pass_to(at)
    assert [(c.outcome.kind, c.outcome.source) for c in world.of(Conclude)] == [("left", "idle")]


def test_a_page_that_reloads_on_submit_is_no_leaving() -> None:
    world = thrice(World())
    decision = shown(world)
    world.event(Submit, 40_000, el=FORM)
    world.event(Closing, 40_050)
    world.open("u", 40_400)
    world.event(Page, 40_400, tape="u", route="/settings/saved")
    assert [(c.outcome.kind, c.outcome.subject) for c in world.of(Conclude)] == [("succeeded", decision)]
    assert world.of(Tell) == [Tell("u", decision)]


def test_log_out_ends_everything() -> None:
    world = thrice(World())
    decision = shown(world)
    step = world.fact(PersonChanged(at=ORIGIN + 25_000, person=PERSON, why="reset"))
    assert [type(c) for c in step.commands] == [Withdraw, Conclude]
    assert world.of(Conclude)[0].outcome.subject == decision


def test_a_rage_of_signals_stores_one_silence_a_minute() -> None:
    world = World(person=changed(consent="pending"))
    world.event(Page, 0, route="/settings")
    for i in range(20):
        fail(world, i * 10_000)
    assert len(world.signals) == 19
    assert len(world.of(Record)) == 4


def test_a_hesitation_is_over_when_the_person_moves_on() -> None:
    world = World(find_ms=500, rules=Rules(nudges=NudgeRules(early_risk=0.0)))
    world.event(Page, 0, route="/settings")
    world.event(Input, 0, el=field("name"), keys=4)
    world.event(Focus, 1_000, el=field("city"))
    world.pass_to(16_100)
    assert [s.kind for s in world.signals] == ["hesitation"]
    world.event(Focus, 16_200, el=field("city"), on=False)
    world.pass_to(20_000)
    assert world.closed() == ["still_struggling"]


def test_an_answer_that_never_comes_does_not_block_the_struggle() -> None:
    world = thrice(World())
    world.due.clear()
    world.pass_to(30_000)
    fail(world, 40_000)
    world.pass_to(41_000)
    assert len(world.of(Show)) == 1


def test_answers_to_questions_nobody_asked() -> None:
    world = thrice(World())
    for fact in (HelpFound(at=ORIGIN, request="x", hits=(HIT,)), Reserved(at=ORIGIN, decision="x"),
                 CapRefused(at=ORIGIN, decision="x", reason="cap day")):  # fmt: skip
        assert world.fact(fact).commands == []


def test_ordinary_events_share_one_step() -> None:
    state, rules = begin("s", ORIGIN), Rules()
    from beforehand.domain.event import Scroll
    from beforehand.domain.fact import Stamp, Tick
    from beforehand.loop.step import QUIET

    assert on_event(state, Stamp(0, ORIGIN, "t"), Page(seq=1, at=0, route="/"), rules) is QUIET
    assert on_event(state, Stamp(1, ORIGIN + 5, "t"), Scroll(seq=2, at=5, depth=3), rules) is QUIET
    before = dumps(state)
    assert on_fact(state, 2, Tick(at=ORIGIN + 10**9), rules) is QUIET
    assert dumps(state) == before


def test_a_snapshot_is_whole() -> None:
    world = thrice(World())
    world.event(Click, 21_000, el=control("send"))
    world.event(Activity, 21_010, click=8, kind="mutation")
    again = loads(dumps(world.state))
    assert again == world.state
    assert type(again.friction.memory["dead_click"]) is type(world.state.friction.memory["dead_click"])
    with pytest.raises(msgspec.DecodeError):
        loads(b"\x81")


def test_replay_gives_the_same_steps() -> None:
    world = thrice(World())
    shown(world)
    world.event(Closing, 25_000)
    world.pass_to(100_000)
    assert written(replay(world.stored, world.rules)) == written(world.steps)


def test_rules_have_a_version_that_any_threshold_changes() -> None:
    rules = Rules(nudges=NudgeRules(cap_per_day=4))
    assert len(Rules().version) == 12 and Rules().version != rules.version
    assert msgspec.json.encode(Rules()) == b"{}"
    assert msgspec.json.decode(msgspec.json.encode(rules), type=Rules) == rules
    assert msgspec.json.decode(msgspec.json.encode(rules), type=Rules).version == rules.version


def test_coming_back_in_another_document_is_no_leaving() -> None:
    world = thrice(World())
    shown(world)
    world.event(Closing, 25_000)
    world.open("u", 26_000)
    world.event(Page, 26_000, tape="u", route="/settings")
    world.pass_to(600_000)
    assert world.of(Conclude) == []


def test_what_was_counted_against_a_control_is_void_once_it_answers() -> None:
    world = World(rules=Rules(nudges=NudgeRules(on=False)))
    world.event(Page, 0, route="/settings")
    world.event(Click, 1_000, el=control("send"))
    world.event(Click, 6_000, el=control("send"))
    world.pass_to(12_000)
    seq = world.event(Click, 13_000, el=control("send"))
    world.event(Activity, 13_050, click=seq, kind="mutation")
    world.pass_to(20_000)
    world.event(Click, 21_000, el=control("send"))
    world.pass_to(30_000)
    assert [s.tier for s in world.signals] == ["early", "confirmed", "early"]
