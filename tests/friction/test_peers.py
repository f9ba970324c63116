"""Published cases of other tools, played to our detectors.

The cases are read where they lie beside the repository and are not part of it. Ours differ on purpose where
the note says so: those tools look at speed, we look at whether the page answers.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from beforehand.domain.element import Element
from beforehand.domain.event import Activity, Click, Closing, Event, Fault, Visibility
from beforehand.loop.step_example import play

SHARED = Path(os.environ.get("BEFOREHAND_SHARED", Path(__file__).parents[2].parent / "shared"))
CASES = SHARED / "peers" / "friction_cases.json"
ANSWERS = {"mutation": "mutation", "scroll": "scroll", "navigate": "navigation", "network_request": "request",
           "window_open": "window", "selectionchange": "selection"}  # fmt: skip
WINDOW_MS = 3_000
"""How long after a click the browser still reports an answer to it."""

AGREE = "agree"
CONTROL_ONLY = "what is no control has to be hammered longer"
ANSWERED = "the page answered each click"
NOT_A_HAND = "faster than a hand"
PATIENT = "their window is over, ours is not"
SLOW = "an answer after two seconds is slow, not dead"

EXPECTED: dict[str, tuple[str, list[str], str]] = {
    # id: (kind, tiers we give, why)
    "posthog-js-004": ("rage_click", [], AGREE),
    "posthog-js-010": ("rage_click", [], AGREE),
    "posthog-js-020": ("rage_click", ["early", "confirmed"], AGREE),
    "posthog-js-024": ("rage_click", [], AGREE),
    "posthog-js-027": ("rage_click", [], AGREE),
    "posthog-js-040": ("rage_click", [], AGREE),
    "posthog-js-052": ("rage_click", [], AGREE),
    "posthog-js-048": ("rage_click", [], NOT_A_HAND),
    "posthog-js-009": ("rage_click", [], CONTROL_ONLY),
    "browser-sdk-034": ("rage_click", [], ANSWERED),
    "Amplitude-TypeScript-006": ("rage_click", [], AGREE),
    "Amplitude-TypeScript-007": ("rage_click", [], AGREE),
    "mixpanel-js-002": ("rage_click", [], AGREE),
    "mixpanel-js-006": ("rage_click", [], AGREE),
    "mixpanel-js-009": ("rage_click", [], AGREE),
    "mixpanel-js-015": ("rage_click", ["early", "confirmed"], AGREE),
    "mixpanel-js-021": ("rage_click", ["early", "confirmed"], AGREE),
    "mixpanel-js-022": ("rage_click", ["early"], CONTROL_ONLY),
    "newrelic-browser-agent-003": ("rage_click", [], AGREE),
    "splunk-otel-js-web-002": ("rage_click", ["early", "early"], AGREE),
    "posthog-js-069": ("dead_click", [], AGREE),
    "posthog-js-116": ("dead_click", [], AGREE),
    "sentry-javascript-001": ("dead_click", ["early"], AGREE),
    "sentry-javascript-005": ("dead_click", [], AGREE),
    "sentry-javascript-006": ("dead_click", [], SLOW),
    "sentry-javascript-007": ("dead_click", ["early"], AGREE),
    "browser-sdk-038": ("dead_click", ["early"], AGREE),
    "browser-sdk-041": ("dead_click", [], AGREE),
    "mixpanel-js-026": ("dead_click", [], PATIENT),
    "mixpanel-js-030": ("dead_click", [], AGREE),
    "newrelic-browser-agent-004": ("dead_click", [], PATIENT),
    "newrelic-browser-agent-008": ("dead_click", [], AGREE),
    "newrelic-browser-agent-019": ("dead_click", [], AGREE),
    "splunk-otel-js-web-007": ("dead_click", [], PATIENT),
    "splunk-otel-js-web-011": ("dead_click", [], AGREE),
    "Amplitude-TypeScript-021": ("error_click", ["early"], AGREE),
    "Amplitude-TypeScript-022": ("error_click", [], AGREE),
    "Amplitude-TypeScript-023": ("error_click", [], AGREE),
    "newrelic-browser-agent-010": ("error_click", ["early"], AGREE),
    "splunk-otel-js-web-004": ("error_click", ["early"], AGREE),
}


@pytest.fixture(scope="module")
def cases() -> dict[str, dict[str, Any]]:
    if not CASES.exists():
        pytest.skip(f"the published cases are not there ({CASES.name} beside the repository)")
    return {case["id"]: case for case in json.loads(CASES.read_text())}


def described(name: str, dom: dict[str, Any]) -> Element:
    node = dom[name]
    attrs = node.get("attrs") or {}
    tag = node["tag"]
    role = attrs.get("role") or {"button": "button", "a": "link", "textarea": "textbox"}.get(tag, "")
    return Element(
        fp=name, tag=tag, role=role, type=attrs.get("type", ""), label=(node.get("text") or "").strip()
    )


def interactive(element: Element) -> bool:
    return element.tag in {"a", "button", "input", "select", "textarea"} or element.role in {"button", "link"}


def translated(case: dict[str, Any]) -> list[Event]:
    """The case's events as a browser would report them: an answer names the last click."""
    out: list[Event] = []
    last = 0
    at_of: dict[int, int] = {}
    for event in case["events"]:
        seq, at, kind = len(out) + 2, event["t_ms"], event["type"]
        if kind == "click":
            el = described(event["target"], case["dom"])
            out.append(
                Click(
                    seq=seq, at=at, el=el, x=int(event["x"]), y=int(event["y"]), interactive=interactive(el)
                )
            )
            last, at_of[seq] = seq, at
        elif kind in ANSWERS and last and at - at_of[last] <= WINDOW_MS:
            out.append(Activity(seq=seq, at=at, click=last, kind=ANSWERS[kind], delay=at - at_of[last]))  # type: ignore[arg-type]
        elif kind == "error":
            out.append(Fault(seq=seq, at=at, message="failed", cause=last))
        elif kind == "visibilitychange":
            out.append(Visibility(seq=seq, at=at, visible=event["state"] == "visible"))
        elif kind == "page_exit":
            out.append(Closing(seq=seq, at=at))
    return out


@pytest.mark.parametrize("name", EXPECTED)
def test_case(name: str, cases: dict[str, dict[str, Any]]) -> None:
    case = cases[name]
    kind, tiers, why = EXPECTED[name]
    signals = [s.tier for s in play(translated(case), case["observe_until_ms"]) if s.kind == kind]
    assert signals == tiers, f"{case['name']} ({why})"
    if why == AGREE:
        assert bool(signals) == case["expected"]["fired"], "the note says that we agree"
    else:
        assert bool(signals) != case["expected"]["fired"], "the note says that we differ"
