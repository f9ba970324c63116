"""The public surface: what a site may call, what it may configure, and that nothing ever breaks the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from beforehand.domain import event as told
from beforehand.protocol import frames
from e2e.widget.conftest import Stage

STUB = (
    "<script>window.Beforehand = window.Beforehand || function () "
    "{ (Beforehand.q = Beforehand.q || []).push(arguments) };"
    "Beforehand('identify', 'u-7', {plan: 'Team', mail: 'mara@tallybrook.example', list: [1]});"
    "Beforehand('track', 'Import started', {rows: 12});</script>"
)
PATCHED = "[fetch, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send, history.pushState]"
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('beforehand.'))"


def test_everything_runs_under_the_strictest_policy(stage: Stage) -> None:
    page = stage.open()
    shown = stage.fail_form()
    stage.nudge_at(shown.el)
    page.locator("beforehand-tip .tip").wait_for()
    page.locator("beforehand-tip").get_by_role("button", name="Show me").click()
    stage.peer.first(told.NudgeEvent, what="clicked")
    page.locator("beforehand-tip").get_by_role("button", name="Not now").click()
    stage.peer.first(told.NudgeEvent, what="dismissed")
    assert page.evaluate("violations") == []
    assert stage.errors == [] and stage.warnings() == []


def test_queue_of_the_stub_is_replayed_and_late_pushes_count(stage: Stage) -> None:
    stage.site.strict = False
    stage.site.before = STUB
    page = stage.open()
    claim = stage.peer.first(told.Identify)
    assert (claim.id, claim.traits) == ("u-7", {"plan": "Team", "mail": "[email]"})
    assert stage.peer.first(told.Track, name="Import started").properties == {"rows": 12}
    page.evaluate("Beforehand.q.push(['track', 'Later'])")
    stage.peer.first(told.Track, name="Later")
    stage.peer.wait(lambda: stage.warnings() != [] or None)
    assert '"list" was left out' in stage.warnings()[0]


def test_methods_and_calls_are_the_same(stage: Stage) -> None:
    page = stage.open()
    page.evaluate(
        "Beforehand.group('acc-1', {seats: 4}); Beforehand('setContext', {invoice: 'open', gone: null})"
    )
    page.evaluate("Beforehand.page('Checkout', {step: 2})")
    assert stage.peer.first(told.Group).traits == {"seats": 4}
    assert stage.peer.first(told.Context).entries == {"invoice": "open", "gone": None}
    assert stage.peer.first(told.Page, how="push").route == "Checkout"


def test_signed_token_goes_with_the_hello_and_can_be_renewed(stage: Stage) -> None:
    stage.site.attributes = 'data-token="a.b.c"'
    stage.peer.user_state = "expired_token"
    page = stage.open()
    assert stage.peer.hellos[0].user == "a.b.c"
    warning = (
        page.wait_for_event("console", lambda message: message.type == "warning")
        if not stage.warnings()
        else None
    )
    said = warning.text if warning else stage.warnings()[0]
    assert "data-token" in said and "identify({token})" in said
    page.evaluate("Beforehand('identify', {token: 'd.e.f'})")
    stage.peer.wait(
        lambda: any(
            isinstance(frame, frames.IdentifyUser) and frame.user == "d.e.f" for frame in stage.peer.frames
        )
    )


def test_unknown_methods_warn_once_by_name_and_nothing_throws(stage: Stage) -> None:
    page = stage.open()
    page.evaluate(
        """() => {
          Beforehand('startRecording'); Beforehand('startRecording'); Beforehand('constructor'); Beforehand();
          Beforehand('consent', 'maybe'); Beforehand('track'); Beforehand('identify', null); Beforehand('identify');
          Beforehand('setContext', 'text');
          Beforehand('setContext', new Proxy({}, {ownKeys() { throw new Error('host'); }}));
          Beforehand('on', 'ready', () => { throw new Error('host'); });
        }"""
    )
    page.click("#live")
    stage.peer.first(told.Click)
    named = [line for line in stage.warnings() if "startRecording" in line]
    assert len(named) == 1 and stage.errors == []


def test_second_tag_warns_and_stays_quiet(stage: Stage) -> None:
    second = (
        f'<script type="module" crossorigin src="{stage.site.service}/v1/widget.js?2" data-key="pk_other"'
    )
    stage.site.attributes = f"></script>{second}"
    page = stage.open()
    page.click("#live")
    stage.peer.first(told.Click)
    assert len(stage.peer.hellos) == 1
    assert len(stage.peer.events(told.Click)) == 1
    assert any("loaded twice" in line for line in stage.warnings())


def test_consent_that_is_required_keeps_everything_still_until_it_is_given(stage: Stage) -> None:
    stage.site.attributes = 'data-consent="required"'
    page = stage.page
    page.goto(stage.url + "/invoices/1")
    page.click("#live")
    page.evaluate("Beforehand('identify', 'u-1'); Beforehand('track', 'before')")
    assert page.evaluate("Beforehand('debug')")["silence"] == "consent pending"
    assert page.evaluate(KEPT) == [] and stage.peer.connections == 0
    page.evaluate("Beforehand('consent', 'granted')")
    assert stage.peer.first(told.Identify).id == "u-1"
    assert stage.peer.events(told.Click) == [] and stage.peer.events(told.Track) == []
    page.click("#live")
    stage.peer.first(told.Click)


def test_consent_withdrawn_closes_forgets_and_is_remembered(stage: Stage) -> None:
    page = stage.open()
    page.click("#live")
    stage.peer.first(told.Click)
    page.evaluate("Beforehand('consent', 'denied')")
    stage.peer.wait(lambda: stage.peer.open_count == 0)
    assert any(
        isinstance(frame, frames.ConsentChange) and frame.value == "denied" for frame in stage.peer.frames
    )
    assert page.evaluate(KEPT) == ["beforehand.pk_test.consent"]
    page.reload()
    assert page.evaluate("Beforehand('debug')")["silence"] == "consent denied"
    assert stage.peer.connections == 1
    page.evaluate("Beforehand('consent', true)")
    stage.peer.wait(lambda: stage.peer.connections == 2)
    assert stage.peer.hellos[-1].visitor == ""


@pytest.mark.parametrize("signal", ["globalPrivacyControl", "doNotTrack"])
def test_privacy_signals_are_honoured_unless_the_site_says_otherwise(stage: Stage, signal: str) -> None:
    value = "true" if signal == "globalPrivacyControl" else "'1'"
    stage.context.add_init_script(
        f"Object.defineProperty(Navigator.prototype, '{signal}', {{get: () => {value}}})"
    )
    page = stage.page
    page.goto(stage.url + "/invoices/1")
    assert page.evaluate("Beforehand('debug')")["silence"] == (
        "gpc" if signal == "globalPrivacyControl" else "dnt"
    )
    assert stage.peer.connections == 0 and page.evaluate(KEPT) == []
    stage.site.attributes = 'data-privacy-signals="ignore"'
    stage.open("/invoices/2")
    assert stage.peer.hellos[0].signals == (["gpc"] if signal == "globalPrivacyControl" else ["dnt"])


def test_reset_says_so_and_begins_as_a_new_visitor(stage: Stage) -> None:
    page = stage.open()
    stage.peer.first(told.Page)
    page.evaluate("Beforehand('identify', 'u-1')")
    page.evaluate("Beforehand('reset')")
    stage.peer.wait(lambda: len(stage.peer.hellos) == 2)
    first, second = stage.peer.hellos
    assert second.tape != first.tape and second.visitor == "" and second.user == ""
    stage.peer.wait(lambda: any(isinstance(frame, frames.Reset) for frame in stage.peer.frames))
    stage.peer.first(told.Identify)
    assert [event.id for event in stage.peer.events(told.Identify)] == ["u-1"]


def test_destroy_leaves_the_page_as_it_was(stage: Stage) -> None:
    stage.context.add_init_script(f"window.before = {PATCHED}")
    page = stage.open()
    shown = stage.fail_form()
    stage.nudge_at(shown.el)
    page.locator("beforehand-tip .tip").wait_for()
    same = f"{PATCHED}.every((it, i) => it === before[i])"
    assert not page.evaluate(same)
    page.evaluate("Beforehand('destroy')")
    assert page.evaluate(same)
    assert page.locator("beforehand-tip").count() == 0
    stage.peer.wait(lambda: stage.peer.open_count == 0)
    count = len(stage.peer.events())
    page.click("#live")
    page.evaluate("Beforehand('init')")
    stage.peer.wait(lambda: len(stage.peer.hellos) == 2)
    assert not [event for event in stage.peer.events()[count:] if isinstance(event, told.Click)]


def test_manual_start_waits_for_init_and_its_options_win(stage: Stage) -> None:
    stage.site.attributes = 'data-manual data-locale="de"'
    page = stage.page
    page.goto(stage.url + "/invoices/1")
    page.click("#live")
    assert stage.peer.connections == 0
    page.evaluate("Beforehand('init', {key: 'pk_own', token: 't.o.k'})")
    stage.peer.wait(lambda: stage.peer.hellos)
    assert (stage.peer.hellos[0].user, stage.peer.hellos[0].locale) == ("t.o.k", "de")


def test_events_reach_the_site(stage: Stage) -> None:
    page = stage.open()
    page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ['ready', 'nudge:show', 'nudge:click', 'error']) {
            Beforehand('on', name, () => heard.push(name));
          }
          Beforehand('ready', ({session}) => heard.push(session));
        }"""
    )
    shown = stage.fail_form()
    stage.nudge_at(shown.el)
    page.locator("beforehand-tip").get_by_role("button", name="Show me").click()
    stage.peer.push(frames.Error(code="invalid", sentence="No."))
    stage.peer.first(told.NudgeEvent, what="clicked")
    assert page.evaluate("heard")[:4] == ["ready", "s1", "nudge:show", "nudge:click"]


def test_locale_zone_and_touch_are_told(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(
        timezone_id="Europe/Berlin", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}
    )
    stage.open()
    hello = stage.peer.hellos[0]
    assert (hello.zone, hello.touch, hello.locale, hello.consent) == ("Europe/Berlin", True, "en", "granted")
