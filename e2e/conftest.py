"""A real Chromium for the stories. Their driver owns the event loop, so e2e/ runs in a process of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.conftest import anyio_backend, pytest_terminal_summary, shared_dir

__all__ = ["anyio_backend", "pytest_terminal_summary", "shared_dir"]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""The browser talks to nobody but the page under test."""


def executable() -> str | None:
    return os.environ.get("BEFOREHAND_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run, with a profile made for it. Skips aloud where there is none."""
    found = executable()
    if found is None:
        if os.environ.get("BEFOREHAND_REQUIRE_CHROMIUM"):
            pytest.fail("Chromium is required and not installed (apt install chromium)")
        pytest.skip("Chromium (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor of their own: no cookies or storage from another test."""
    context = chromium.new_context()
    yield context
    context.close()
