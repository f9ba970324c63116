"""Beforehand and Tallybrook running together, and a person who works with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from bench._stage import Stage, sign_in, stage

WITHIN_MS = 15_000
"""How long a story waits for what must come. How fast it comes is measured (bench/live.py), not decided here."""


PRESS_MS = 250
"""How long a hand holds the button. Two submits within a tenth of a second are one attempt, a double click."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both, as `beforehand demo` starts them; caps wide open, since many stories share three people."""
    folder: Path = tmp_path_factory.mktemp("stage")
    with stage(folder, BEFOREHAND_NUDGE_COOLDOWN_S="0", BEFOREHAND_NUDGE_CAP_PER_DAY="100") as it:
        yield it


@pytest.fixture
def person(chromium: Browser, running: Stage) -> Iterator[Callable[..., Page]]:
    """Signs in as Mara, Jonas or Ines in a browser of their own; fails on any script error."""
    contexts = []
    errors: list[str] = []

    def enter(who: str = "Mara", **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        sign_in(page, running.product, who)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert errors == []


def tip(page: Page) -> Locator:
    """The tooltip, through the open shadow root."""
    return page.locator(".tip")


def fill_invoice(page: Page, vat: str) -> None:
    page.get_by_role("link", name="Invoices").click()
    page.get_by_role("link", name="New invoice").click()
    page.select_option("#customer_id", label="Praxis Dr. Adebayo")
    page.fill("#vat_number", vat)
    page.fill("#item-0", "Survey")
    page.fill("#price-0", "100.00")


def press(page: Page, name: str) -> None:
    """Press a form's button as a hand does, and wait for the product's answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name=name).click(delay=PRESS_MS)


def send(page: Page) -> None:
    press(page, "Send invoice")


def stored(running: Stage, page: Page) -> dict[str, Any]:
    """The replay of the newest session."""
    session = running.replay().split()[0]
    played: dict[str, Any] = json.loads(running.replay(session))
    return played
