"""Each gate alone, on both sides; ids; the tooltip."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from beforehand.domain.article import Hit, Passage
from beforehand.domain.element import Element
from beforehand.domain.nudge import Citation, NudgeContent
from beforehand.domain.person import PersonFacts
from beforehand.domain.session import Session, TapeState
from beforehand.domain.signal import Signal
from beforehand.domain.struggle import Struggle
from beforehand.nudges import gates
from beforehand.nudges.gates import EARLY, LATE, View, ask
from beforehand.nudges.kinds import tooltip
from beforehand.nudges.rules import DAY_MS, NudgeRules
from beforehand.nudges.state import Held, NudgeState, Watched, mint

NOW = 1_700_000_000_000
FIELD = Element(fp="vat", tag="input", label="VAT number", form="form")
SIGNAL = Signal(
    "repeated_failure",
    "confirmed",
    NOW,
    "t",
    "/settings",
    "form:form@/settings",
    0.5,
    "It failed.",
    element=FIELD,
)
EARLY_SIGNAL = msgspec.structs.replace(SIGNAL, tier="early")
PERSON = PersonFacts(unit="v:1", visitor="1")
HIT = Hit(Passage("p", "vat", "en", "VAT", (), "text"), 0.3)


def view(**more: Any) -> View:
    """Everything open; `more` closes something."""
    session = Session(
        id="s",
        started_at=NOW,
        person=more.pop("person", PERSON),
        tapes={"t": TapeState(id="t", origin=NOW, route="/settings", **more.pop("tape", {}))},
        struggles={
            SIGNAL.struggle: Struggle(SIGNAL.struggle, NOW, "/settings", "t", **more.pop("struggle", {}))
        },
    )
    state = more.pop("state", NudgeState())
    given: dict[str, Any] = {
        "signal": SIGNAL,
        "risk": 0.5,
        "now": NOW,
        "rules": NudgeRules(),
        "deadline": NOW,
        "hits": (HIT,),
    }
    return View(session, state, **(given | more))


def up(**more: Any) -> NudgeState:
    return NudgeState(watched={"d": Watched("d", "other", "t", "/", NOW - 1_000, **more)})


def person(**more: Any) -> PersonFacts:
    return msgspec.structs.replace(PERSON, **more)


CASES: list[tuple[Any, dict[str, Any], bool]] = [
    (gates.consent, {}, True),
    (gates.consent, {"person": person(consent="pending")}, False),
    (gates.consent, {"person": None}, False),
    (gates.switched_on, {"rules": NudgeRules(on=False)}, False),
    (gates.suppressed, {}, True),
    (gates.suppressed, {"tape": {"suppressed": True}}, False),
    (gates.visible, {}, True),
    (gates.visible, {"tape": {"visible": False}}, False),
    (gates.visible, {"tape": {"closed": True}}, False),
    (gates.visible, {"signal": msgspec.structs.replace(SIGNAL, tape="gone")}, False),
    (gates.still_struggling, {}, True),
    (gates.still_struggling, {"struggle": {"resolved_at": NOW, "source": "track"}}, False),
    (gates.still_struggling, {"signal": msgspec.structs.replace(SIGNAL, struggle="form:x@/")}, False),
    (gates.still_struggling, {"signal": msgspec.structs.replace(SIGNAL, kind="hesitation")}, False),
    (
        gates.still_struggling,
        {"signal": msgspec.structs.replace(SIGNAL, kind="hesitation"), "tape": {"focused": "vat"}},
        True,
    ),
    (gates.surface, {}, True),
    (gates.surface, {"signal": msgspec.structs.replace(SIGNAL, element=None)}, False),
    (gates.surface, {"signal": msgspec.structs.replace(SIGNAL, route="/elsewhere")}, False),
    (gates.tier, {"risk": 0.01}, True),
    (gates.tier, {"signal": EARLY_SIGNAL, "risk": 0.3499}, False),
    (gates.tier, {"signal": EARLY_SIGNAL, "risk": 0.35}, True),
    (gates.dismissed, {"person": person(dismissed={SIGNAL.struggle: NOW - 30 * DAY_MS})}, True),
    (gates.dismissed, {"person": person(dismissed={SIGNAL.struggle: NOW - 30 * DAY_MS + 1})}, False),
    (gates.dismissed, {"state": NudgeState(dismissed={SIGNAL.struggle: NOW - 1})}, False),
    (gates.cool_down, {"state": NudgeState(shown=[NOW - 119_999])}, False),
    (gates.cool_down, {"state": NudgeState(shown=[NOW - 120_000])}, True),
    (gates.cool_down, {"person": person(shown=(NOW - 5,))}, False),
    (gates.cap, {"state": NudgeState(shown=[NOW - 3, NOW - 2])}, True),
    (
        gates.cap,
        {"state": NudgeState(shown=[NOW - 3, NOW - 2]), "person": person(shown=(NOW - 3, NOW - 9))},
        False,
    ),
    (
        gates.cap,
        {"state": NudgeState(shown=[NOW - 3, NOW - 2]), "person": person(shown=(NOW - 3, NOW - 2))},
        True,
    ),
    (gates.cap, {"person": person(shown=(NOW - DAY_MS,) * 9)}, True),
    (gates.cap, {"rules": NudgeRules(cap_per_day=0)}, False),
    (gates.one_at_a_time, {"state": up()}, False),
    (gates.one_at_a_time, {"state": up(up=False)}, True),
    (gates.one_at_a_time, {"state": up(), "now": NOW + 600_000}, True),
    (gates.deadline, {"now": NOW + 1}, False),
    (gates.deadline, {}, True),
    (gates.relevance, {}, True),
    (gates.relevance, {"hits": ()}, False),
    (gates.relevance, {"hits": (msgspec.structs.replace(HIT, score=0.2999),)}, False),
    (gates.arm, {}, True),
    (gates.arm, {"person": person(arm="control")}, False),
]


@pytest.mark.parametrize(
    ("gate", "given", "is_open"), CASES, ids=[f"{c[0].__name__}-{i}" for i, c in enumerate(CASES)]
)
def test_gate(gate: Any, given: dict[str, Any], is_open: bool) -> None:
    answer = gate(view(**given))
    assert (answer.name, answer.open) == (gate.__name__, is_open)
    assert (answer.detail.endswith(".") and answer.detail[0].isupper()) or answer.detail[0].isdigit()


def test_every_gate_is_tried_on_its_closed_side() -> None:
    assert {gate for gate, _, is_open in CASES if not is_open} == set(LATE)


def test_the_first_closed_gate_ends_the_asking() -> None:
    answers, all_open = ask(EARLY, view(tape={"visible": False, "suppressed": True}))
    assert ([a.name for a in answers], all_open) == (["consent", "switched_on", "suppressed"], False)
    answers, all_open = ask(LATE, view())
    assert (len(answers), all_open) == (len(LATE), True)


def test_the_arm_is_asked_last() -> None:
    assert LATE[-1] is gates.arm


def test_a_degraded_search_says_so() -> None:
    assert (
        gates.relevance(view(hits=(), degraded="The model is missing.")).detail
        == "No passage was found. The model is missing."
    )


def test_one_on_its_way_closes_the_gate_for_others() -> None:
    held = Held(None, msgspec.structs.replace(SIGNAL, struggle="form:other@/"), NOW)  # type: ignore[arg-type]
    assert not gates.one_at_a_time(view(state=NudgeState(held={"d": held}))).open


def test_ids_are_those_of_uuid7_and_come_again_in_replay() -> None:
    first, second = NudgeState(), NudgeState()
    ids = [mint(first, "s", n, NOW + n) for n in range(100)]
    assert ids == [mint(second, "s", n, NOW + n) for n in range(100)]
    assert len(set(ids)) == 100 and ids == sorted(ids)
    for n, name in enumerate(ids):
        assert len(name) == 32 and name[12] == "7" and name[16] in "89ab" and int(name[:12], 16) == NOW + n
    assert mint(NudgeState(), "other", 0, NOW) != ids[0]


def test_a_tooltip_stands_at_the_element_in_the_pages_own_words() -> None:
    content = NudgeContent("Enter a valid VAT number.", (), Citation("vat", "VAT"))
    nudge = tooltip.build("d1", SIGNAL, content, 10_000)
    assert (nudge.anchor, nudge.tape, nudge.route, nudge.ttl_ms) == (FIELD, "t", "/settings", 10_000)
    assert tooltip.title_hint(SIGNAL) == "VAT number"
    assert tooltip.title_hint(msgspec.structs.replace(SIGNAL, message="No.")) == "No."
    assert tooltip.title_hint(msgspec.structs.replace(SIGNAL, element=None)) == ""
