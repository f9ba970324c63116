"""The network drops and comes back, and a tab is duplicated: nothing is lost, nothing is repeated."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from bench._stage import sign_in
from e2e.stories.network import Divided, divided

OUTAGE_S = 10.0
ACKNOWLEDGED = "Object.keys(localStorage).every((name) => !name.includes('.tape.'))"


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Divided]:
    with divided(tmp_path_factory.mktemp("divided")) as it:
        yield it


def look_around(page: Page) -> None:
    """A few pages, as somebody does who works."""
    for name in ("Invoices", "Customers", "Projects"):
        page.get_by_role("link", name=name, exact=False).first.click()
        page.get_by_role("heading", name=name).first.wait_for()


def test_ten_seconds_without_network_lose_and_repeat_nothing(chromium: Browser, between: Divided) -> None:
    page = chromium.new_context().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, between.product)
    look_around(page)
    between.until(lambda: sum(between.tapes().values()) > 10)
    before = max(between.tapes().values())
    between.proxy.cut()
    ends = time.monotonic() + OUTAGE_S
    while time.monotonic() < ends:
        look_around(page)
    at_cut = max(between.tapes().values())
    between.proxy.heal()
    between.until(lambda: max(between.tapes().values()) > at_cut + 20)
    page.wait_for_function(ACKNOWLEDGED)
    look_around(page)
    page.goto("about:blank")
    between.until(lambda: "closing" in between.last_types())
    assert max(between.tapes().values()) > before + 20, "what happened during the outage arrived"
    assert errors == []
    page.context.close()


def test_a_duplicated_tab_keeps_both_tapes_whole(chromium: Browser, between: Divided) -> None:
    context = chromium.new_context()
    first = context.new_page()
    sign_in(first, between.product)
    look_around(first)
    known = set(between.tapes())
    kept = first.evaluate("JSON.stringify({...sessionStorage})")
    second = context.new_page()
    second.add_init_script(
        f"Object.entries({kept}).forEach(([name, value]) => sessionStorage.setItem(name, value))"
    )
    second.goto(first.url)
    for page in (first, second, first, second):
        look_around(page)
    first.goto("about:blank")
    second.goto("about:blank")
    between.until(
        lambda: len(set(between.tapes()) - known) >= 1 and between.last_types().count("closing") >= 2
    )
    between.tapes()
    context.close()
