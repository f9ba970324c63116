"""The tooltip: at the field, over nothing it speaks of, without the focus, and gone when the moment is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page

from beforehand.domain import event as told
from beforehand.domain.element import Element
from beforehand.domain.nudge import Citation
from beforehand.protocol import frames
from e2e.widget.conftest import Stage

MESSAGE = "#vat_number-e"


def tip(page: Page) -> Locator:
    return page.locator("beforehand-tip .tip")


def shown(stage: Stage, **content: Any) -> Locator:
    """Fails the form, sends the nudge, waits for the tip at the field."""
    message = stage.fail_form()
    stage.nudge_at(message.el, **content)
    tip(stage.page).wait_for()
    assert stage.peer.first(told.NudgeEvent, what="shown").decision == "d1"
    return tip(stage.page)


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


def apart(a: FloatRect, b: FloatRect) -> bool:
    return (
        a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
        or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
    )  # fmt: skip


def ended(stage: Stage, what: str, reason: str) -> None:
    assert stage.peer.first(told.NudgeEvent, what=what).reason == reason
    stage.page.wait_for_selector("beforehand-tip", state="detached")


def focused(page: Page) -> str:
    """The focused element's id, or within the tip its words."""
    inner = "document.activeElement.shadowRoot?.activeElement"
    return str(page.evaluate(f"{inner}?.textContent || {inner}?.ariaLabel || document.activeElement.id"))


def test_tip_stands_beside_the_field_covers_neither_it_nor_its_message_and_leaves_the_focus(
    stage: Stage,
) -> None:
    stage.open()
    stage.page.focus("#customer")
    message = stage.fail_form()
    stage.page.focus("#vat_number")
    stage.page.keyboard.press("End")
    stage.nudge_at(message.el)
    tip(stage.page).wait_for()
    assert focused(stage.page) == "vat_number"
    stage.page.keyboard.type("7")
    assert stage.page.input_value("#vat_number").endswith("1187")
    for covered in ("#vat_number", MESSAGE):
        assert apart(box(tip(stage.page)), box(stage.page.locator(covered)))


@pytest.mark.parametrize("width", [390, 520, 800, 1440])
@pytest.mark.parametrize("place", ["top", "bottom", "end"])
def test_wherever_the_field_is_the_tip_covers_it_not(
    stage_with: Callable[..., Stage], width: int, place: str
) -> None:
    stage = stage_with(viewport={"width": width, "height": 700})
    stage.open()
    stage.page.evaluate(
        """(place) => {
          const {style} = document.querySelector('#vat_number').parentElement;
          style.position = 'fixed';
          style.zIndex = 1;
          const places = {top: {top: 0}, bottom: {bottom: '4px'}, end: {right: 0, top: '300px'}};
          Object.assign(style, places[place]);
        }""",
        place,
    )
    found = box(shown(stage))
    for covered in ("#vat_number", MESSAGE):
        assert apart(found, box(stage.page.locator(covered)))
    assert found["x"] >= 0 and found["x"] + found["width"] <= width
    assert found["y"] >= 0 and found["y"] + found["height"] <= 700


def test_keyboard_reaches_the_tip_right_after_the_field_and_escape_returns(stage: Stage) -> None:
    stage.open()
    shown(stage)
    stage.page.focus("#vat_number")
    reached = []
    for _ in range(5):
        stage.page.keyboard.press("Tab")
        reached.append(focused(stage.page))
    assert reached == ["VAT numbers by country", "Show me", "Not now", "Why this?", "Close"]
    stage.page.keyboard.press("Escape")
    ended(stage, "dismissed", "escape")
    assert focused(stage.page) == "vat_number"


def test_screen_reader_hears_of_it_once_and_finds_a_named_dialog(stage: Stage) -> None:
    stage.open()
    found = shown(stage)
    stage.page.locator("beforehand-tip [role=status]").get_by_text(
        "Help: VAT number needs the country code"
    ).wait_for()
    named = stage.page.get_by_role("dialog", name="VAT number needs the country code")
    assert named.count() == 1 and found.get_attribute("aria-modal") == "false"
    assert stage.page.get_attribute("#vat_number", "aria-describedby") == "vat_number-e"


@pytest.mark.parametrize(("name", "reason"), [("Not now", "not_now"), ("Close", "close")])
def test_dismissing_says_how(stage: Stage, name: str, reason: str) -> None:
    stage.open()
    stage.page.evaluate("Beforehand('on', 'nudge:dismiss', (detail) => (window.said = detail.reason))")
    shown(stage).get_by_role("button", name=name).click()
    ended(stage, "dismissed", reason)
    assert stage.page.evaluate("said") == reason


def test_show_me_leads_to_the_field_and_why_gives_the_reasons(stage: Stage) -> None:
    stage.open()
    found = shown(stage)
    found.get_by_role("button", name="Why this?").click()
    found.get_by_text("The form was refused 3 times.").wait_for()
    assert stage.peer.first(told.NudgeEvent, what="why")
    found.get_by_role("button", name="Show me").click()
    assert stage.peer.first(told.NudgeEvent, what="clicked").reason == "show_me"
    assert focused(stage.page) == "vat_number"
    assert stage.page.locator("beforehand-tip .ring").is_visible()
    assert not [
        click for click in stage.peer.events(told.Click) if click.el.label in ("Show me", "Why this?")
    ]


def test_source_opens_beside_the_page_at_the_service(stage: Stage) -> None:
    stage.open()
    link = shown(stage).get_by_role("link", name="VAT numbers by country")
    assert link.get_attribute("href") == stage.site.service + "/help/vat"
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")


def test_hostile_content_is_text(stage: Stage) -> None:
    stage.open()
    nodes = (
        {"k": "script", "t": "window.hit = 1"},
        {"k": "img", "t": "<img src=x onerror='window.hit=1'>"},
        {"k": "a", "href": "javascript:window.hit=1", "t": "click"},
        {"k": "p", "t": "<b>plain</b>", "onclick": "window.hit = 1"},
        {"k": "p", "c": "no list"},
    )
    found = shown(
        stage,
        nodes=nodes,
        title="<i>title</i>",
        source=Citation(slug="x", title="Evil", href="javascript:alert(1)"),
    )
    found.get_by_text("<b>plain</b>").wait_for()
    found.get_by_text("click", exact=True).click()
    assert found.locator("script, img, a").count() == 0
    assert found.get_by_role("heading").inner_text() == "<i>title</i>"
    assert stage.page.evaluate("window.hit") is None


def test_service_can_take_it_back_and_say_that_it_is_resolved(stage: Stage) -> None:
    stage.open()
    stage.page.evaluate("Beforehand('on', 'resolved', (detail) => (window.said = detail.decision))")
    shown(stage)
    stage.peer.push(frames.WithdrawFrame(decision="another", reason="x"))
    stage.peer.push(frames.Resolved(decision="d1"))
    ended(stage, "withdrawn", "resolved")
    assert stage.page.evaluate("said") == "d1"


def test_nothing_appears_when_the_message_is_gone_by_then(stage: Stage) -> None:
    stage.open()
    message = stage.fail_form()
    stage.page.fill("#vat_number", "DE279645118")
    stage.page.click("text=Send invoice")
    stage.peer.first(told.Validation, cleared=True)
    stage.nudge_at(message.el)
    assert stage.peer.first(told.NudgeEvent).what == "stale"
    assert stage.page.locator("beforehand-tip").count() == 0


def test_nudge_for_an_element_that_is_not_there_says_so(stage: Stage) -> None:
    stage.open()
    stage.peer.first(told.Page)
    stage.nudge_at(Element(fp="nowhere", tag="input", role="textbox", label="Gone", selector="#customer"))
    assert stage.peer.first(told.NudgeEvent).what == "unanchored"


def test_field_that_is_drawn_anew_keeps_its_tip_and_one_that_goes_loses_it(stage: Stage) -> None:
    stage.open()
    shown(stage)
    stage.page.evaluate(
        """() => {
          const body = document.createElement('body');
          body.append(document.querySelector('main').cloneNode(true));
          document.body.replaceWith(body);
        }"""
    )
    tip(stage.page).wait_for()
    assert [event.what for event in stage.peer.events(told.NudgeEvent)] == ["shown"]
    stage.page.evaluate("document.querySelector('#invoice').remove()")
    ended(stage, "withdrawn", "anchor_gone")


def test_leaving_the_page_ends_it(stage: Stage) -> None:
    stage.open()
    shown(stage)
    stage.page.evaluate("history.pushState({}, '', '/customers')")
    ended(stage, "left", "route")


def test_tip_of_a_field_that_is_scrolled_away_hides_and_returns(stage: Stage) -> None:
    stage.open()
    found = shown(stage)
    stage.page.evaluate("document.body.style.height = '5000px'; scrollTo(0, 3000)")
    found.wait_for(state="hidden")
    stage.page.evaluate("scrollTo(0, 0)")
    found.wait_for(state="visible")


def test_field_in_a_modal_dialog_has_a_tip_that_can_be_used(stage: Stage) -> None:
    stage.open()
    stage.page.evaluate(
        """() => {
          const dialog = document.createElement('dialog');
          dialog.append(document.querySelector('#invoice'));
          document.body.append(dialog);
          dialog.showModal();
        }"""
    )
    shown(stage).get_by_role("button", name="Not now").click()
    ended(stage, "dismissed", "not_now")


def test_page_that_styles_everything_does_not_reach_it(stage: Stage) -> None:
    stage.site.strict = False
    stage.site.before = (
        "<style>* { display: none; position: static; color: red; transform: rotate(9deg); --accent: red }"
        "html, body, body * { display: block !important; font-size: 40px !important; opacity: 1 }"
        "head, script, style { display: none !important } div { all: unset !important }</style>"
    )
    stage.open()
    found = shown(stage)
    style = found.evaluate(
        "(el) => ({...['fontSize', 'width', 'position', 'color'].map((name) => getComputedStyle(el)[name])})"
    )
    assert list(style.values()) == ["13px", "320px", "fixed", "rgb(23, 27, 34)"]


def test_right_to_left_article_mirrors_the_tip(stage: Stage) -> None:
    stage.open()
    stage.page.evaluate("document.documentElement.dir = 'rtl'")
    found = shown(stage, title="رقم ضريبة القيمة المضافة يحتاج إلى رمز البلد", lang="ar", dir="rtl")
    close = box(found.get_by_role("button", name="Close"))
    whole = box(found)
    assert close["x"] < whole["x"] + whole["width"] / 2
    assert whole["x"] + whole["width"] <= box(stage.page.locator("#vat_number"))["x"]


def test_theme_follows_the_ground_and_the_site(stage: Stage) -> None:
    stage.site.strict = False
    stage.site.before = "<style>body { background: #0f1216; color: #fff }</style>"
    stage.open()
    ground = "(el) => getComputedStyle(el).backgroundColor"
    found = shown(stage)
    assert found.evaluate(ground) == "rgb(29, 34, 42)"
    stage.page.evaluate("Beforehand('setTheme', 'light')")
    assert found.evaluate(ground) == "rgb(255, 255, 255)"


def test_without_motion_nothing_moves(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(reduced_motion="reduce")
    stage.open()
    assert shown(stage).evaluate("(el) => getComputedStyle(el).animationName") == "none"


def test_clicks_in_the_tip_are_no_clicks_outside_for_the_page(stage: Stage) -> None:
    stage.open()
    found = shown(stage)
    stage.page.evaluate("addEventListener('pointerdown', () => (window.outside = true))")
    found.get_by_role("button", name="Why this?").click()
    stage.peer.first(told.NudgeEvent, what="why")
    assert stage.page.evaluate("window.outside") is None


def test_suppressed_nothing_is_shown(stage: Stage) -> None:
    stage.open()
    message = stage.fail_form()
    stage.page.evaluate("Beforehand('suppress', true)")
    stage.nudge_at(message.el)
    assert stage.peer.first(told.NudgeEvent, what="stale").reason == "suppressed"
    assert any(isinstance(frame, frames.Suppress) and frame.on for frame in stage.peer.frames)
