"""The question a page asks by itself: built from where the person is and what went wrong, not typed."""

from __future__ import annotations

from beforehand.domain.article import HelpQuery
from beforehand.domain.element import Element

WORDS = {
    "rage_click": "does nothing",
    "dead_click": "does nothing",
    "error_click": "does not work",
    "repeated_failure": "",
    "hesitation": "what to enter",
    "form_abandonment": "",
}
"""What a person would say of a signal that has no message of its own."""


def context_query(
    route: str, title: str, element: Element | None, message: str, kind: str, lang: str = ""
) -> HelpQuery:
    """The page's message weighs most, then the control's name, then the page. kind: of the signal.

    Returns a query of kind "context"; its text is never empty, since a route at least is known.
    """
    label = element.label or element.name if element is not None else ""
    said = message or WORDS.get(kind, "")
    parts = [part.strip() for part in (label, said, _page(title)) if part.strip()]
    text = ". ".join(part.rstrip(".") for part in parts) or route.strip("/").replace("/", " ") or "home"
    return HelpQuery(kind="context", text=text, route=route, element=label, lang=lang)


def _page(title: str) -> str:
    """A document's title without the product's name, which stands behind a separator by custom."""
    for separator in (" · ", " | ", " — ", " – ", " - "):
        if separator in title:
            return title.rsplit(separator, 1)[0]
    return title
