"""Short scenes of a user in trouble, as events: the patterns that tests and loads play."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

VAT = {
    "fp": "f-vat",
    "tag": "input",
    "role": "textbox",
    "label": "VAT number",
    "name": "vat_number",
    "form": "f-invoice",
}
FORM = {"fp": "f-invoice", "tag": "form", "role": "form", "label": "New invoice", "name": "invoice"}
SEND = {"fp": "b-send", "tag": "button", "role": "button", "label": "Send invoice", "form": "f-invoice"}
DEAD = {"fp": "b-dead", "tag": "button", "role": "button", "label": "Send"}


def new_invoice() -> list[Json]:
    """The page where it happens."""
    return [{
        "t": "page", "route": "/invoices/new", "url": "/invoices/new", "title": "New invoice · Tallybrook",
        "headings": ["New invoice", "Bill to"], "controls": ["VAT number", "Send invoice"],
    }]  # fmt: skip


def failed_submit(attempt: int) -> list[Json]:
    """Edited, sent, refused with a message at the field."""
    return [
        {"t": "input", "el": VAT, "length": "medium", "keys": 9, "dwell": 2_000},
        {"t": "click", "el": SEND, "x": 700, "y": 60},
        {"t": "submit", "el": FORM, "button": SEND, "attempt": attempt},
        {"t": "validation", "el": VAT, "message": "Enter a valid VAT number.", "attempt": attempt},
    ]


def success(attempt: int) -> list[Json]:
    """The same form, answered without a message: the page moves on."""
    return [
        {"t": "input", "el": VAT, "length": "medium", "keys": 2, "dwell": 900},
        {"t": "validation", "el": VAT, "cleared": True, "attempt": attempt},
        {"t": "submit", "el": FORM, "button": SEND, "attempt": attempt},
        {"t": "page", "route": "/invoices/:id", "url": "/invoices/419", "title": "Invoice", "how": "push"},
        {"t": "track", "name": "invoice_sent"},
    ]


def rage(count: int, at: int, gap: int = 180) -> list[Json]:
    """Clicks on a control that never answers; at: page ms of the first."""
    return [{"t": "click", "el": DEAD, "x": 300, "y": 200, "at": at + i * gap} for i in range(count)]


def ordinary(i: int) -> list[Json]:
    """The i-th event of ordinary use: a click, its answer, typing in a field, scrolling, and again."""
    control = {"fp": f"b-{i % 28}", "tag": "button", "role": "button", "label": f"Tab {i % 28}"}
    field = {
        "fp": f"f-{i % 5}",
        "tag": "input",
        "role": "textbox",
        "label": f"Field {i % 5}",
        "form": "f-note",
    }
    return [
        [{"t": "click", "el": control, "x": 10 + i % 300, "y": 20}],
        [{"t": "activity", "kind": "mutation", "delay": 40}],
        [{"t": "input", "el": field, "length": "short", "keys": 4, "dwell": 700}],
        [{"t": "scroll", "depth": i % 100}],
    ][i % 4]
