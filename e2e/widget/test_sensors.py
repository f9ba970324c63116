"""What a user does reaches the service as the wire's events, and what they typed does not."""

from __future__ import annotations

import pytest

from beforehand.domain import event as told
from e2e.widget.conftest import Stage


def test_page_is_told_by_title_headings_and_names_of_controls(stage: Stage) -> None:
    stage.open("/invoices/414/new?token=secret#x")
    page = stage.peer.first(told.Page, how="load")
    assert page.seq == 1
    assert page.route == "/invoices/:id/new"
    assert page.title == "Invoices"
    assert page.headings == ["New invoice"]
    assert {"Customer", "VAT number", "Send invoice", "Export"} <= set(page.controls)
    assert "secret" not in page.url
    assert "Private words" not in page.controls


def test_refused_form_tells_submit_request_and_message_then_that_it_is_cleared(stage: Stage) -> None:
    page = stage.open()
    shown = stage.fail_form()
    assert (shown.el.label, shown.message, shown.attempt, shown.source) == (
        "VAT number",
        "Enter a valid VAT number.",
        1,
        "aria",
    )
    submit = stage.peer.first(told.Submit)
    assert submit.el.fp == shown.el.form and submit.button.label == "Send invoice"
    request = stage.peer.first(told.Request)
    assert (request.method, request.route, request.status, request.cause) == (
        "POST",
        "/api/invoices/:id",
        422,
        submit.seq,
    )
    page.click("text=Send invoice")
    assert stage.peer.first(told.Validation, attempt=2).message == shown.message
    page.fill("#vat_number", "DE279645118")
    page.click("text=Send invoice")
    cleared = stage.peer.first(told.Validation, cleared=True)
    assert cleared.el.fp == shown.el.fp and cleared.attempt == 3


def test_what_was_typed_never_leaves_the_browser(stage: Stage) -> None:
    page = stage.open()
    page.locator("#customer").press_sequentially("Uhlenbrock")
    page.locator("#secret").press_sequentially("correct horse battery")
    stage.fail_form("279 645 118")
    page.keyboard.press("Tab")
    typed = stage.peer.first(told.Input, keys=10)
    assert (typed.length, typed.el.name) == ("medium", "customer")
    hidden = [event for event in stage.peer.events(told.Input) if event.el.name == "secret"]
    assert hidden and all(event.length == "empty" and event.keys == 0 for event in hidden)
    assert any(event.dwell > 0 for event in hidden)
    everything = "\n".join(stage.peer.raw)
    # Random ids and hashes may hold any three digits or letters, so short values are looked for as whole texts.
    for value in ("Uhlenbrock", "correct", "horse", "279 645 118", "279645118", "token=abc", '"abc"'):
        assert value not in everything


def test_emptied_and_filled_again_is_a_refill(stage: Stage) -> None:
    page = stage.open()
    field = page.locator("#customer")
    field.press_sequentially("Uhlen")
    field.press("Control+a")
    field.press("Delete")
    field.press_sequentially("Brock")
    field.press("Tab")
    assert stage.peer.first(told.Input, refill=True).el.name == "customer"


def test_dead_button_has_no_answer_and_a_live_one_has(stage: Stage) -> None:
    page = stage.open()
    for _ in range(3):
        page.click("#dead")
    page.click("#live")
    live = stage.peer.first(told.Activity, kind="mutation")
    clicks = stage.peer.events(told.Click)
    assert [click.el.label for click in clicks] == ["Export"] * 3 + ["Count"]
    assert live.click == clicks[3].seq
    answered = {activity.click for activity in stage.peer.events(told.Activity)}
    assert not answered & {click.seq for click in clicks[:3]}


def test_disabled_button_is_told_though_the_browser_gives_it_no_click(stage: Stage) -> None:
    page = stage.open()
    box = page.locator("#off").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    click = stage.peer.first(told.Click)
    assert click.el.label == "Convert to invoice" and click.interactive


def test_masked_words_stay_and_blocked_regions_tell_nothing(stage: Stage) -> None:
    page = stage.open()
    page.click("#blocked")
    page.click("#masked")
    click = stage.peer.first(told.Click)
    assert click.el.label == "" and click.el.selector == "#masked"
    everything = "\n".join(stage.peer.raw)
    assert "Private words" not in everything and "Blocked words" not in everything


def test_sites_own_selectors_mask_and_block(stage: Stage) -> None:
    stage.site.attributes = 'data-mask="#live" data-block="#dead"'
    page = stage.open()
    page.click("#dead")
    page.click("#live")
    assert stage.peer.first(told.Click).el.label == ""
    assert len(stage.peer.events(told.Click)) == 1


def test_browsers_own_objection_counts_as_an_attempt_without_repeating_the_value(stage: Stage) -> None:
    page = stage.open()
    page.fill("#plain input", "mara at example")
    page.click("text=Subscribe")
    shown = stage.peer.first(told.Validation, source="native")
    assert (shown.el.label, shown.attempt) == ("E-mail", 1)
    assert "mara" not in shown.message and "e-mail" in shown.message
    assert stage.peer.first(told.Submit).button.label == "Subscribe"
    page.fill("#plain input", "mara@tallybrook.example")
    assert stage.peer.first(told.Validation, cleared=True).el.fp == shown.el.fp


def test_alert_after_a_failed_request_is_told_at_the_alert(stage: Stage) -> None:
    page = stage.open()
    page.evaluate(
        """() => {
          const alert = document.createElement('p');
          document.querySelector('#live').addEventListener('click', async () => {
            await fetch('/api/invoices/9', {method: 'POST', body: '{"vat": ""}'});
            alert.setAttribute('role', 'alert');
            alert.textContent = 'You cannot invite more people.';
            document.querySelector('main').prepend(alert);
          });
        }"""
    )
    page.click("#live")
    shown = stage.peer.first(told.Validation, source="live")
    assert (shown.message, shown.el.role) == ("You cannot invite more people.", "alert")


def test_good_news_is_no_validation_message(stage: Stage) -> None:
    page = stage.open()
    page.click("#dead")
    page.evaluate(
        """() => {
          const news = document.createElement('p');
          news.setAttribute('role', 'alert');
          news.className = 'alert alert-success';
          news.textContent = 'Saved.';
          document.querySelector('main').prepend(news);
        }"""
    )
    page.click("#live")
    stage.fail_form()
    assert [event.message for event in stage.peer.events(told.Validation)] == ["Enter a valid VAT number."]


@pytest.mark.parametrize("native", [True, False], ids=["navigation-api", "history"])
def test_client_side_navigation_is_a_new_page_and_answers_the_click(stage: Stage, native: bool) -> None:
    if not native:
        stage.context.add_init_script("delete window.navigation")
    page = stage.open()
    assert page.evaluate("'navigation' in window") is native
    stage.peer.first(told.Page, how="load")
    page.evaluate(
        """() => document.querySelector('#live').addEventListener('click', () => {
          history.pushState({}, '', '/projects/12?tab=3');
          document.title = 'Project';
          document.querySelector('h1').textContent = 'Nordhafen';
        })"""
    )
    page.click("#live")
    pushed = stage.peer.first(told.Page, how="push")
    assert (pushed.route, pushed.title, pushed.headings) == ("/projects/:id", "Project", ["Nordhafen"])
    assert stage.peer.first(told.Activity, kind="navigation").click == stage.peer.first(told.Click).seq
    page.go_back()
    assert stage.peer.first(told.Page, how="traverse").route == "/invoices/:id/new"


def test_query_that_changes_while_one_types_is_no_page(stage: Stage) -> None:
    page = stage.open()
    stage.peer.first(told.Page)
    page.evaluate("history.replaceState({}, '', '?q=uhl')")
    page.evaluate("history.pushState({}, '', '/other')")
    stage.peer.first(told.Page, how="push")
    assert [event.how for event in stage.peer.events(told.Page) if event.how != "update"] == ["load", "push"]


def test_script_errors_and_rejections_name_the_action_before(stage: Stage) -> None:
    page = stage.open()
    page.evaluate(
        """() => document.querySelector('#live').addEventListener('click', () => {
          Promise.reject(new Error('no answer for mara@tallybrook.example'));
          throw new TypeError('total is not a function');
        })"""
    )
    page.click("#live")
    fault = stage.peer.first(told.Fault, kind="error")
    click = stage.peer.first(told.Click)
    assert "total is not a function" in fault.message and fault.cause == click.seq
    assert stage.peer.first(told.Fault, kind="rejection").message == "no answer for [email]"


def test_requests_by_xhr_and_dead_servers_are_told_and_aborted_ones_are_not(stage: Stage) -> None:
    page = stage.open()
    page.evaluate(
        """async () => {
          const stop = new AbortController();
          const gone = fetch('/slow', {signal: stop.signal}).catch(() => {});
          stop.abort();
          await gone;
          await new Promise((done) => {
            const request = new XMLHttpRequest();
            request.onloadend = done;
            request.open('post', '/api/invoices/7');
            request.send('{"vat": ""}');
          });
          const integrity = 'sha256-' + 'A'.repeat(43) + '=';
          await fetch('/gone', {integrity}).catch(() => {});
        }"""
    )
    dead = stage.peer.first(told.Request, status=0)
    assert dead.route == "/gone"
    assert [(event.method, event.status) for event in stage.peer.events(told.Request)] == [
        ("POST", 422),
        ("GET", 0),
    ]


def test_visibility_scroll_and_copy(stage: Stage) -> None:
    stage.site.body += '<p id="words">Some words to copy</p>'
    page = stage.open()
    page.evaluate("document.body.style.height = '4000px'")
    page.mouse.wheel(0, 5_000)
    assert stage.peer.first(told.Scroll).depth >= 75
    page.click("#words", click_count=3)
    page.keyboard.press("Control+c")
    assert stage.peer.first(told.Copy).el.tag == "p"
    page.evaluate(
        """() => {
          Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    assert not stage.peer.first(told.Visibility).visible
