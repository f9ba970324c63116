"""Every screenshot anew, into shots/: the demo product's pages and the tooltip at its element.

    ./dev shots            three looks: desktop, phone, dark
    ./dev shots --readme   also docs/tooltip.png, the README's picture
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from bench._stage import Stage, chromium, sign_in, stage

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "shots"
PRESS_MS = 250
"""How long a hand holds a button."""
WITHIN_MS = 15_000
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
}
PAGES = (
    "/", "/invoices", "/invoices/new", "/invoices/414", "/customers", "/quotes", "/projects", "/time", "/expenses",
    "/reports", "/team", "/settings", "/billing", "/integrations", "/customers/import",
)  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as data, stage(Path(data), **_open_caps()) as running, chromium() as browser:
        for look, options in LOOKS.items():
            with _signed_in(browser, running, options) as page:
                _pages(page, running, SHOTS / look)
                _tooltip(page, running, SHOTS / look / "tooltip.png")
        if "--readme" in sys.argv[1:]:
            with _signed_in(browser, running, LOOKS["desktop"] | {"device_scale_factor": 2}) as page:
                _tooltip(page, running, ROOT / "docs" / "tooltip.png", around_it=True)
    print(f"{len(list(SHOTS.rglob('*.png')))} pictures in {SHOTS}")


def _open_caps() -> dict[str, str]:
    return {"BEFOREHAND_NUDGE_COOLDOWN_S": "0", "BEFOREHAND_NUDGE_CAP_PER_DAY": "100"}


@contextmanager
def _signed_in(browser: Browser, running: Stage, options: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    sign_in(page, running.product)
    yield page
    context.close()


def _pages(page: Page, running: Stage, folder: Path) -> None:
    """One picture a page that the product has; the list may name more than it does."""
    for path in PAGES:
        answer = page.goto(running.product + path)
        if answer is not None and answer.ok:
            page.screenshot(path=folder / f"{path.strip('/').replace('/', '-') or 'home'}.png", full_page=True)
        else:
            print(f"no page {path}", file=sys.stderr)


def _tooltip(page: Page, running: Stage, picture: Path, around_it: bool = False) -> None:
    """Fail the VAT number of an invoice three times, and wait for the help."""
    page.goto(f"{running.product}/invoices/new")
    page.select_option("#customer_id", label="Praxis Dr. Adebayo")
    page.fill("#vat_number", "279645118")
    page.fill("#item-0", "Survey")
    page.fill("#price-0", "100.00")
    tip = page.locator(".tip")
    for _ in range(3):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name="Send invoice").click(delay=PRESS_MS)
    tip.wait_for(state="visible", timeout=WITHIN_MS)
    page.screenshot(path=picture, **({"clip": _around(page, tip)} if around_it else {}))


def _around(page: Page, tip: Locator) -> Any:
    """The part of the window that shows the form and the tooltip."""
    box = tip.bounding_box()
    size = page.viewport_size
    assert box is not None and size is not None
    top = max(0, min(box["y"] - 180, size["height"] - 560))
    return {"x": 240, "y": top, "width": size["width"] - 240, "height": min(560, size["height"] - top)}


if __name__ == "__main__":
    main()
