"""The prior keeps the promises its table makes."""

from __future__ import annotations

from math import exp, log

import msgspec
import pytest

from beforehand.domain.person import PersonFacts
from beforehand.domain.session import Session
from beforehand.domain.signal import Signal, SignalKind, Tier
from beforehand.domain.struggle import Struggle
from beforehand.prediction import MODEL, assess
from beforehand.prediction.features import features
from beforehand.prediction.prior import BASE, WEIGHTS

AT = 1_700_000_000_000
NAMES = [
    "confirmed",
    "strength",
    "failures",
    "kinds",
    "unresponsive",
    "left_half_way",
    "struggling",
    "other_struggles",
    "solved",
    "script_errors",
    "failed_requests",
    "verified",
]


def signal(
    kind: SignalKind = "repeated_failure", tier: Tier = "confirmed", strength: float = 0.5, count: int = 3
) -> Signal:
    return Signal(kind, tier, AT, "t", "/", "form:f@/", strength, "It failed.", count=count)


def session(confirmed: bool = True, kinds: tuple[str, ...] = ("repeated_failure",), **more: int) -> Session:
    struggle = Struggle(
        "form:f@/", AT, "/", "t", form="f", last_at=AT, kinds=list(kinds), confirmed=confirmed
    )
    return Session(id="s", started_at=AT, struggles={"form:f@/": struggle}, **more)  # type: ignore[arg-type]


def test_names_are_stable_and_each_has_a_weight_with_its_origin() -> None:
    """Logged features are training rows: renaming one orphans them."""
    assert list(features(session(), signal(), AT)) == NAMES
    assert list(WEIGHTS) == NAMES
    for weight in WEIGHTS.values():
        assert weight.why.startswith(("chosen", "no opinion"))
        assert weight.text.format(v=0.5).endswith(".")


def test_every_feature_is_written_down_and_the_reasons_add_up() -> None:
    assessment = assess(session(faults=2, failed_requests=3), signal(), AT)
    assert [f.name for f in assessment.features] == NAMES
    logit = assessment.base + sum(r.points for r in assessment.reasons)
    assert assessment.score == pytest.approx(1 / (1 + exp(-logit)), abs=1e-4)
    assert [abs(r.points) for r in assessment.reasons] == sorted(
        (abs(r.points) for r in assessment.reasons), reverse=True
    )
    assert (assessment.model, assessment.label, assessment.horizon_h) == (MODEL, "ticket_or_abandonment", 48)
    again = msgspec.json.decode(msgspec.json.encode(assessment), type=type(assessment))
    assert again == assessment


def test_what_the_weights_were_chosen_for() -> None:
    assert 1 / (1 + exp(-BASE)) == pytest.approx(0.0474, abs=1e-4)
    first = assess(
        session(confirmed=False, kinds=("dead_click",)), signal("dead_click", "early", 0.25, 1), AT
    )
    assert first.score < 0.15
    third = assess(session(), signal(), AT)
    assert 0.5 < third.score < 0.55
    second = assess(session(confirmed=False), signal(tier="early", strength=0.33, count=2), AT)
    assert second.score < 0.2
    assert 2 * WEIGHTS["failures"].points == pytest.approx(log(2), abs=0.01)
    assert WEIGHTS["struggling"].points * log(11) == pytest.approx(log(2), abs=0.03)
    assert 2 * WEIGHTS["other_struggles"].points == pytest.approx(log(2), abs=0.11)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ((session(), signal(count=5)), (session(), signal(count=3))),
        ((session(), signal(strength=1.0)), (session(), signal(strength=0.5))),
        ((session(kinds=("repeated_failure", "rage_click")), signal()), (session(), signal())),
        ((session(faults=3), signal()), (session(), signal())),
        ((session(failed_requests=3), signal()), (session(), signal())),
        ((session(), signal()), (session(solved=2), signal())),
        ((session(), signal()), (session(confirmed=False), signal(tier="early"))),
    ],
    ids=["failures", "strength", "kinds", "errors", "requests", "solved", "tier"],
)
def test_direction(worse: tuple[Session, Signal], better: tuple[Session, Signal]) -> None:
    assert assess(*worse, AT).score > assess(*better, AT).score


def test_time_and_other_struggles_raise_it() -> None:
    fresh, later = assess(session(), signal(), AT).score, assess(session(), signal(), AT + 600_000).score
    assert later > fresh
    two = session()
    two.struggles["control:b@/"] = Struggle("control:b@/", AT, "/", "t")
    assert assess(two, signal(), AT).score > fresh
    two.struggles["control:b@/"].resolved_at = AT
    assert assess(two, signal(), AT).score == fresh


def test_being_signed_in_is_logged_and_weighs_nothing() -> None:
    known = session()
    known.person = PersonFacts(unit="p:1", visitor="1", person="1", verified=True)
    assessment = assess(known, signal(), AT)
    assert assessment.score == assess(session(), signal(), AT).score
    assert assessment.features[-1].value == 1.0


def test_no_session_leaves_the_range() -> None:
    wild = session(faults=10**6, failed_requests=10**6, solved=10**6)
    values = features(wild, signal(count=10**6), AT + 10**12)
    assert max(values.values()) < 20
    assert 0 < assess(wild, signal(count=10**6), AT + 10**12).score <= 1
