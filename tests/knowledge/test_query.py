"""The question a page asks by itself."""

from __future__ import annotations

from beforehand.domain.element import Element
from beforehand.knowledge import context_query

FIELD = Element(fp="f1", role="textbox", label="VAT number", name="vat")


def test_message_label_and_page_without_the_products_name() -> None:
    query = context_query(
        "/invoices/new", "New invoice · Tallybrook", FIELD, "Enter a valid VAT number.", "repeated_failure"
    )
    assert query.kind == "context"
    assert query.text == "VAT number. Enter a valid VAT number. New invoice"
    assert (query.route, query.element) == ("/invoices/new", "VAT number")


def test_a_signal_without_a_message_says_what_it_saw() -> None:
    assert (
        context_query("/x", "", Element(fp="b", label="Send"), "", "dead_click").text == "Send. does nothing"
    )


def test_never_empty() -> None:
    assert context_query("/invoices/new", "", None, "", "form_abandonment").text == "invoices new"
    assert context_query("/", "  ", None, " ", "form_abandonment").text == "home"


def test_the_language_goes_along() -> None:
    assert context_query("/x", "t", FIELD, "m", "hesitation", "de-AT").lang == "de-AT"
