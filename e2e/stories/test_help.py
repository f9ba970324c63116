"""Who is stuck gets the right help at the right element, and who is not is left alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from bench._stage import Stage
from e2e.stories.conftest import WITHIN_MS, fill_invoice, press, send, stored, tip

Person = Callable[..., Page]


ANGRY_PRESS_MS = 30
"""How long each click of a burst is held; one call sends the burst, however slow the machine is between calls."""


def test_three_failures_bring_the_passage_that_solves_it_to_the_field(person: Person, running: Stage) -> None:
    page = person()
    fill_invoice(page, "279645118")
    for _ in range(3):
        send(page)
    expect(tip(page)).to_be_visible(timeout=WITHIN_MS)
    expect(tip(page)).to_contain_text("country")
    expect(tip(page)).to_contain_text("VAT numbers by country")
    box, field = tip(page).bounding_box(), page.locator("#vat_number").bounding_box()
    message = page.locator("#vat_number-e").bounding_box()
    assert box and field and message
    for other in (field, message):
        apart = box["x"] >= other["x"] + other["width"] or box["y"] >= other["y"] + other["height"]
        assert apart or box["y"] + box["height"] <= other["y"] or box["x"] + box["width"] <= other["x"]
    assert page.evaluate("document.activeElement.id") == "vat_number", "the focus stays where the user types"


def test_success_takes_the_tooltip_away_and_is_stored(person: Person, running: Stage) -> None:
    page = person("Jonas")
    fill_invoice(page, "279645118")
    for _ in range(3):
        send(page)
    expect(tip(page)).to_be_visible(timeout=WITHIN_MS)
    page.fill("#vat_number", "DE279645118")
    send(page)
    expect(tip(page)).to_have_count(0)
    expect(page.locator("#saved")).to_contain_text("was sent to")
    page.goto("about:blank")
    played = stored(running, page)
    assert played.get("differences", []) == []
    assert "succeeded" in [outcome["kind"] for outcome in played["outcomes"]]


def test_a_dead_button_clicked_in_anger_gets_a_tooltip(person: Person, running: Stage) -> None:
    page = person()
    page.goto(f"{running.product}/invoices/414")
    page.locator("#send-invoice").click(click_count=5, delay=ANGRY_PRESS_MS)
    expect(tip(page)).to_be_visible(timeout=WITHIN_MS)
    expect(tip(page)).to_contain_text("e-mail")


def test_who_succeeds_at_once_or_after_one_slip_sees_nothing(person: Person, running: Stage) -> None:
    page = person("Jonas")
    fill_invoice(page, "279645118")
    send(page)
    page.fill("#vat_number", "DE279645118")
    send(page)
    expect(page.locator("#saved")).to_contain_text("was sent to")
    page.get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(tip(page)).to_have_count(0)
    page.goto("about:blank")
    assert [d for d in stored(running, page)["decisions"] if d["action"] == "show"] == []


def test_who_is_about_to_see_it_but_succeeds_first_sees_none(person: Person, running: Stage) -> None:
    """The tooltip's own file is held up on its way; by the time it is there the form has been answered."""
    page = person()
    held: list[Route] = []
    page.route("**/v1/widget-tooltip.js", lambda route: held.append(route))
    fill_invoice(page, "279645118")
    send(page)
    send(page)
    with page.expect_request("**/v1/widget-tooltip.js"):
        send(page)
    page.fill("#vat_number", "DE279645118")
    send(page)
    expect(page.locator("#saved")).to_contain_text("was sent to")
    with page.expect_response("**/v1/widget-tooltip.js"):
        held[0].continue_()
    page.get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(tip(page)).to_have_count(0)
    page.goto("about:blank")
    told = [line["text"] for line in stored(running, page)["lines"] if line["kind"] == "nudge"]
    assert told and "shown" not in " ".join(told)


def test_not_now_closes_it_and_keeps_it_closed(person: Person, running: Stage) -> None:
    page = person("Ines")
    page.goto(f"{running.product}/expenses/new")
    page.fill("#supplier", "Kruse")
    page.fill("#amount", "12,50")
    for _ in range(3):
        press(page, "Save expense")
    expect(tip(page)).to_be_visible(timeout=WITHIN_MS)
    tip(page).get_by_role("button", name="Not now").click()
    expect(tip(page)).to_have_count(0)
    press(page, "Save expense")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Good")).to_be_visible()
    expect(tip(page)).to_have_count(0)
    page.goto("about:blank")
    played = stored(running, page)
    assert "dismissed" in [outcome["kind"] for outcome in played["outcomes"]]
    assert [d["action"] for d in played["decisions"]].count("show") == 1
