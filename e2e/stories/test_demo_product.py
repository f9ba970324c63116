"""In a real browser: moving without reloads, messages at their fields, dead buttons, and life without the widget."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import date

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from beforehand_demo.app import create_app
from beforehand_demo.settings import Settings

START_SECONDS = 10  # far more than a start takes, so that only a real fault fails


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The product with a widget configured whose server does not run."""
    port, dead = free_port(), free_port()
    settings = Settings(
        port=port,
        widget_origin=f"http://127.0.0.1:{dead}",
        widget_key="pk_test",
        widget_secret="s" * 43,
        today=lambda: date(2026, 11, 24),
    )
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings), port=port, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    give_up = time.monotonic() + START_SECONDS
    while not server.started and time.monotonic() < give_up:
        threading.Event().wait(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(START_SECONDS)


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Mara, just logged in; an error thrown by any script fails the test."""
    context = chromium.new_context(base_url=address)
    made = context.new_page()
    thrown: list[str] = []
    made.on("pageerror", lambda error: thrown.append(str(error)))
    made.goto("/login")
    made.get_by_role("button", name="Continue as Mara").click()
    expect(made).to_have_title("Home · Tallybrook")
    yield made
    context.close()
    assert thrown == []


def test_moving_keeps_the_document_and_tells_the_title(page: Page) -> None:
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Customers", exact=True).click()
    expect(page).to_have_title("Customers · Tallybrook")
    assert page.url.endswith("/customers") and page.evaluate("window.same")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator('.side a[aria-current="page"]')).to_have_text("Customers")
    page.go_back()
    expect(page).to_have_title("Home · Tallybrook")
    assert page.evaluate("window.same")


def test_a_refused_field_is_named_described_and_focused(page: Page) -> None:
    page.goto("/invoices/new")
    page.select_option("#customer_id", "1")
    page.fill("#vat_number", "279 645 118")
    page.fill("#item-0", "Travel")
    page.fill("#price-0", "92.50")
    expect(page.locator("#sums")).to_contain_text("€110.08")
    page.get_by_role("button", name="Send invoice").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Invoice 2026-0418 was not sent. One field needs your attention: VAT number."
    )
    field = page.locator("#vat_number")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "vat_number-e")
    expect(page.locator("#vat_number-e")).to_have_text("Enter a valid VAT number.")
    field.fill("DE279645118")
    page.get_by_role("button", name="Send invoice").click()
    expect(page).to_have_title("Invoice 2026-0418 · Tallybrook")
    expect(page.locator("#saved")).to_contain_text("was sent to kontakt@uhlenbrock.example.")


def test_send_is_dead_until_the_customer_has_an_address(page: Page) -> None:
    page.goto("/invoices/414")
    page.wait_for_load_state("networkidle")
    before, asked = page.locator("body").inner_html(), []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Send", exact=True).click(click_count=3)
    assert page.locator("body").inner_html() == before and asked == []


def test_a_failed_export_says_so(page: Page) -> None:
    page.goto("/reports")
    page.fill("#from", "1 Jan 2025")
    page.get_by_role("button", name="Export CSV").click()
    expect(page.get_by_role("alert")).to_have_text("Something went wrong on our side.")


def test_no_connection_says_so_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/customers/new")
    page.fill("#name", "Hafenlicht KG")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save customer").click()
    expect(page.get_by_role("alert")).to_contain_text("Tallybrook could not be reached.")
    expect(page.locator("#name")).to_have_value("Hafenlicht KG")


def test_the_widget_is_told_by_its_public_queue(page: Page) -> None:
    page.goto("/invoices/411")
    page.wait_for_function("(Beforehand.q || []).some(([name]) => name === 'identify')")
    calls = page.evaluate("Beforehand.q.map((call) => Array.from(call))")
    told = dict(calls)
    assert told["identify"]["token"].count(".") == 2
    assert told["setContext"] == {"plan": "Starter", "invoice_status": "overdue", "invoice_total": 11859.54}


@pytest.mark.parametrize("path", ["/invoices", "/invoices/new", "/time", "/team", "/settings/company"])
def test_a_phone_needs_no_sideways_scroll(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.get_by_role("link", name="Customers", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Customers", exact=True)).to_be_hidden()


def test_a_long_page_scrolls_to_its_end(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 700})
    page.goto("/invoices")
    expect(page.locator(".me")).to_be_in_viewport(ratio=1)
    page.evaluate("document.querySelector('.body').scrollTo(0, 1e6)")
    expect(page.get_by_role("link", name="2026-0396")).to_be_in_viewport(ratio=1)
