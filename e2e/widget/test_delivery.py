"""Nothing acknowledged is lost, nothing is repeated, and tapes never mix, whatever the network does."""

from __future__ import annotations

import pytest

from beforehand.domain import event as told
from e2e.widget.conftest import Stage

STORED = "Object.keys(localStorage).filter((name) => name.includes('.tape.')).length"


@pytest.fixture(autouse=True)
def lenient(stage: Stage) -> None:
    """The stories wait for conditions in the page, which the driver does by eval; test_strict_policy has the policy."""
    stage.site.strict = False


def whole(stage: Stage) -> bool:
    """Every tape's numbers run from 1 without a hole or repetition."""
    return all(
        [event.seq for event in tape.events] == list(range(1, len(tape.events) + 1))
        for tape in stage.peer.tapes.values()
    )


def clicks(stage: Stage) -> int:
    return len(stage.peer.events(told.Click))


def test_lost_connection_comes_back_and_goes_on_where_it_was(stage: Stage) -> None:
    page = stage.open()
    page.click("#dead")
    stage.peer.wait(lambda: clicks(stage) == 1)
    stage.peer.away = True
    stage.peer.drop_connections()
    stage.peer.wait(lambda: stage.peer.open_count == 0)
    page.click("#live")
    page.wait_for_function(f"{STORED} === 1")
    stage.peer.away = False
    stage.peer.wait(lambda: clicks(stage) == 2)
    hello = stage.peer.hellos[-1]
    assert hello.tape == stage.peer.hellos[0].tape and hello.resume == "resume-" + hello.tape
    assert whole(stage)
    page.wait_for_function(f"{STORED} === 0")


def test_reload_while_the_service_is_away_sends_the_old_tape_as_itself(stage: Stage) -> None:
    page = stage.open()
    stage.peer.first(told.Page)
    old = stage.tape()
    stage.peer.away = True
    stage.peer.drop_connections()
    stage.peer.wait(lambda: stage.peer.open_count == 0)
    page.click("#live")
    page.wait_for_function(f"{STORED} === 1")
    page.reload()
    page.wait_for_function("!!window.Beforehand")
    stage.peer.away = False
    stage.peer.wait(lambda: clicks(stage) == 1)
    stage.peer.wait(lambda: isinstance(stage.peer.tapes[old].events[-1], told.Closing))
    assert whole(stage)
    assert {tape.visitor for tape in stage.peer.tapes.values()} == {"visitor-1"}
    assert any(isinstance(event, told.Click) for event in stage.peer.tapes[old].events)
    page.wait_for_function(f"{STORED} === 0")


def test_first_page_left_before_any_greeting_is_told_by_the_next(stage: Stage) -> None:
    stage.peer.away = True
    page = stage.page
    page.goto(stage.url + "/invoices/1")
    page.wait_for_function("!!window.Beforehand")
    page.click("#live")
    page.goto(stage.url + "/invoices/2")
    page.wait_for_function("!!window.Beforehand")
    stage.peer.away = False
    stage.peer.wait(lambda: len(stage.peer.tapes) == 2)
    stage.peer.wait(lambda: clicks(stage) == 1)
    assert whole(stage)


def test_page_that_goes_away_sends_its_last_events_by_beacon(stage: Stage) -> None:
    page = stage.open()
    stage.peer.first(told.Page)
    old = stage.tape()
    page.click("#dead")
    page.close()
    stage.peer.wait(lambda: isinstance(stage.peer.tapes[old].events[-1], told.Closing))
    assert clicks(stage) == 1 and stage.peer.beacons == 1 and whole(stage)


def test_two_tabs_with_one_storage_keep_both_tapes_whole(stage: Stage) -> None:
    first = stage.open()
    stage.peer.first(told.Page)
    stage.peer.away = True
    stage.peer.drop_connections()
    first.click("#dead")
    first.wait_for_function(f"{STORED} === 1")
    # A second tab finds the first one's stored tape while that one is alive: both will send it.
    second = stage.context.new_page()
    second.goto(stage.url + "/invoices/414/new")
    second.click("#live")
    second.wait_for_function(f"{STORED} === 2")
    stage.peer.away = False
    stage.peer.wait(lambda: clicks(stage) == 2)
    first.click("#live")
    stage.peer.wait(lambda: clicks(stage) == 3)
    assert len(stage.peer.tapes) == 2 and whole(stage)


def test_network_without_sockets_is_served_by_post_with_a_long_poll(stage: Stage) -> None:
    stage.peer.sockets = False
    page = stage.open()
    page.click("#dead")
    stage.peer.wait(lambda: clicks(stage) == 1)
    assert page.evaluate("Beforehand('debug')")["mode"] == "post"
    shown = stage.fail_form()
    stage.nudge_at(shown.el)
    page.locator("beforehand-tip").get_by_text("VAT number needs the country code").wait_for()
    assert stage.peer.first(told.NudgeEvent, what="shown").decision == "d1"
    assert whole(stage) and stage.warnings() == []


def test_page_from_the_back_cache_goes_on_with_its_tape(stage: Stage) -> None:
    page = stage.open()
    stage.peer.first(told.Page)
    tape = stage.tape()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    stage.peer.wait(lambda: stage.peer.open_count == 0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert stage.peer.first(told.Page, how="traverse")
    assert stage.tape() == tape and whole(stage)


def test_refusal_is_said_once_with_the_fix_and_not_tried_again(stage: Stage) -> None:
    stage.peer.refuse = "wrong_origin"
    page = stage.page
    page.goto(stage.url + "/invoices/1")
    page.wait_for_event("console", lambda message: message.type == "warning")
    assert page.evaluate("Beforehand('debug')")["connection"] == "refused"
    page.click("#live")
    page.evaluate("dispatchEvent(new Event('online'))")
    [warning] = stage.warnings()
    assert "wrong_origin" in warning and f"Add {stage.url} to the origins" in warning
    assert stage.peer.asked_why == 1 and stage.peer.hellos == []


def test_service_that_is_away_costs_the_page_no_warning(stage: Stage) -> None:
    stage.peer.away = True
    page = stage.page
    page.goto(stage.url + "/invoices/1")
    page.wait_for_function("!!window.Beforehand")
    page.click("#live")
    page.wait_for_function(f"{STORED} === 1")
    assert page.inner_text("#count") == "1"
    assert stage.warnings() == [] and stage.errors == []


def test_storage_that_throws_leaves_a_working_widget(stage: Stage) -> None:
    stage.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied', 'SecurityError'); }})"
    )
    page = stage.open()
    page.click("#live")
    stage.peer.wait(lambda: clicks(stage) == 1)
    assert stage.errors == []
