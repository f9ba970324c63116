"""The specification's messages are what the server really answers, and its traps are real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

SPECIFICATION = (Path(__file__).parents[2] / "demo" / "PRODUCT.md").read_text()
INVOICE = {
    "customer_id": "7",
    "country": "DE",
    "vat_number": "",
    "number": "2026-0418",
    "issued": "24 Nov 2026",
    "term": "14",
    "po": "",
    "item": "Survey",
    "qty": "1",
    "unit": "h",
    "price": "100.00",
    "vat": "19",
    "do": "send",
}
CUSTOMER = {
    "name": "Hafenlicht KG",
    "email": "buero@hafenlicht.example",
    "city": "Hamburg",
    "postcode": "20457",
    "country": "DE",
    "term": "14",
}
CARD = {"holder": "Mara Lindqvist", "card": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123"}
PASSWORD = {"current": "x", "new": "short", "repeat": "other"}
EXPENSE = {"supplier": "Kruse", "date": "24 Nov 2026", "category": "Material", "amount": "10.00", "vat": "19"}
TIME = {"project_id": "1", "date": "24 Nov 2026", "hours": "1:30"}

# (address, form, field, message)
FIELDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("/invoices/new", {**INVOICE, "customer_id": ""}, "customer_id", "Choose a customer."),
    ("/invoices/new", {**INVOICE, "vat_number": "279645118"}, "vat_number", "Enter a valid VAT number."),
    ("/invoices/new", {**INVOICE, "vat_number": "DE 279 645 118"}, "vat_number", "Enter a valid VAT number."),
    (
        "/invoices/new",
        {**INVOICE, "country": "FR", "vat": "0"},
        "vat_number",
        "A VAT number is needed for 0 % VAT.",
    ),
    ("/invoices/new", {**INVOICE, "number": "2026-0420"}, "number", "This invoice number cannot be used."),
    ("/invoices/new", {**INVOICE, "issued": "1 Nov 2026"}, "issued", "The issue date cannot be used."),
    ("/invoices/new", {**INVOICE, "issued": "24.11.2026"}, "issued", "Enter a valid date."),
    ("/invoices/new", {**INVOICE, "po": "x" * 41}, "po", "Use 40 characters or fewer."),
    ("/invoices/new", {**INVOICE, "item": ""}, "item-0", "Describe the item."),
    ("/invoices/new", {**INVOICE, "qty": "1,5"}, "qty-0", "Enter a number."),
    ("/invoices/new", {**INVOICE, "price": "92,50"}, "price-0", "Enter an amount."),
    ("/customers/new", {**CUSTOMER, "email": "mara"}, "email", "Enter a valid e-mail address."),
    (
        "/customers/new",
        {**CUSTOMER, "email": "praxis@adebayo.example"},
        "email",
        "A customer with this e-mail already exists.",
    ),
    ("/customers/new", {**CUSTOMER, "postcode": "1067"}, "postcode", "Enter a valid postcode."),
    ("/customers/new", {**CUSTOMER, "routing_id": "04011000-1"}, "routing_id", "Enter a valid routing ID."),
    ("/customers/new", {**CUSTOMER, "iban": "DE85850503000221147806"}, "iban", "This IBAN is not valid."),
    (
        "/customers/new",
        {**CUSTOMER, "iban": "DE85850503000221147807"},
        "mandate",
        "A mandate reference is needed for direct debit.",
    ),
    (
        "/projects/new/basics",
        {"name": "X", "customer_id": "1", "code": "EIC", "starts": "24 Nov 2026"},
        "code",
        "Another project uses this code.",
    ),
    (
        "/projects/new/billing",
        {"billing": "hourly", "budget": "10000.00", "rate": ""},
        "budget",
        "This budget cannot be used.",
    ),
    ("/projects/new/people", {"lead": "1"}, "members", "Choose at least one person."),
    ("/time/log", {**TIME, "hours": "1h30"}, "hours", "Enter hours like 1:30 or 1.5."),
    ("/time/log", {**TIME, "date": "2 Jan 2026"}, "date", "This day is closed."),
    ("/time/log", {**TIME, "hours": "26:00"}, "hours", "A day has 24 hours."),
    (
        "/expenses/new",
        {**EXPENSE, "amount": "300.00"},
        "receipt",
        "A receipt is needed for amounts over €250.00.",
    ),
    ("/expenses/new", {**EXPENSE, "category": "Mileage", "amount": ""}, "km", "Enter the distance in km."),
    ("/reports/show", {"from": "24 Nov 2026", "to": "1 Nov 2026"}, "from", "The start lies after the end."),
    (
        "/team/invite",
        {"email": "jonas@tallybrook.example", "role": "Member"},
        "email",
        "This person is already part of the team.",
    ),
    (
        "/integrations/ledger",
        {"consultant": "12", "client": "1", "month": "2026-01"},
        "consultant",
        "Enter a valid consultant number.",
    ),
    (
        "/integrations/webhooks",
        {"url": "http://hooks.example.com", "events": "invoice.sent"},
        "url",
        "Enter a valid URL.",
    ),
    (
        "/integrations/webhooks",
        {"url": "https://hooks.example.com/x"},
        "events",
        "Choose at least one event.",
    ),
    ("/billing/card", {**CARD, "card": "4242 4242 4242 4241"}, "card", "Enter a valid card number."),
    ("/billing/card", {**CARD, "expiry": "01/20"}, "expiry", "This card has expired."),
    (
        "/settings/company",
        {"name": "O", "city": "H", "postcode": "20457", "phone": "040"},
        "phone",
        "Enter a valid phone number.",
    ),
    (
        "/settings/invoicing",
        {"pattern": "RE", "next_number": "418", "sender": "a@b.example"},
        "pattern",
        "This format cannot be used.",
    ),
    (
        "/settings/invoicing",
        {"pattern": "{number}", "next_number": "418", "sender": "a@gmail.com"},
        "sender",
        "This sender address cannot be used.",
    ),
    ("/settings/tax", {"small_business": "1", "rate": "19"}, "rate", "This rate cannot be used."),
    (
        "/settings/notifications",
        {"quiet_from": "6pm", "quiet_to": "08:00"},
        "quiet_from",
        "Enter a time like 18:00.",
    ),
    ("/settings/security", PASSWORD, "new", "Choose a stronger password."),
    ("/settings/security/two-factor", {"code": "000000"}, "code", "That code is not right."),
]


@pytest.mark.parametrize(
    ("address", "form", "field", "message"), FIELDS, ids=[f"{a} {f}: {m}" for a, _, f, m in FIELDS]
)
def test_a_field_says_what_the_specification_says(
    mara: TestClient, address: str, form: dict[str, Any], field: str, message: str
) -> None:
    answer = mara.post(address, data=form, headers={"X-Tallybrook": "form"})
    assert answer.status_code == 422
    assert {"id": field, "message": message}.items() <= next(
        error for error in answer.json()["errors"] if error["id"] == field
    ).items()
    assert message in SPECIFICATION


# (address, form, status, alert)
ALERTS: list[tuple[str, dict[str, Any], int, str]] = [
    (
        "/team/invite",
        {"email": "new@tallybrook.example", "role": "Member"},
        402,
        "You cannot invite more people.",
    ),
    ("/projects/5/activate", {}, 200, ""),
    ("/quotes/72/accept", {}, 409, "This quote has run out."),
    ("/customers/2/delete", {}, 409, "This customer cannot be deleted."),
    ("/invoices/399/cancel", {}, 409, "Paid invoices cannot be cancelled."),
    (
        "/reports/export",
        {"from": "1 Jan 2025", "to": "24 Nov 2026"},
        500,
        "Something went wrong on our side.",
    ),
    (
        "/integrations/bank",
        {"bank": "20041155", "iban": "DE85850503000221147807"},
        502,
        "The bank refused the connection.",
    ),
    ("/billing/card", {**CARD, "card": "4000 0000 0000 0002"}, 402, "Your card was declined."),
    ("/team/1/remove", {}, 409, "The last owner cannot be removed."),
]


@pytest.mark.parametrize(("address", "form", "status", "alert"), ALERTS, ids=[row[0] for row in ALERTS])
def test_what_fails_as_a_whole_says_so(
    fresh: TestClient, address: str, form: dict[str, Any], status: int, alert: str
) -> None:
    answer = fresh.post(address, data=form, headers={"X-Tallybrook": "form"})
    assert answer.status_code == status
    assert answer.json().get("alert", "") == alert and alert in SPECIFICATION


def test_a_right_invoice_is_sent(fresh: TestClient) -> None:
    answer = fresh.post(
        "/invoices/new", data={**INVOICE, "vat_number": "DE279645118"}, headers={"X-Tallybrook": "form"}
    )
    assert answer.json()["said"] == "Invoice 2026-0418 was sent to praxis@adebayo.example."
    assert answer.json()["track"] == "invoice_sent"


def test_send_is_dead_where_the_customer_has_no_address(fresh: TestClient) -> None:
    text = fresh.get("/invoices/414").text
    assert '<button class="btn primary" type="button" id="send-invoice">Send</button>' in text
    assert "/invoices/414/send" not in text


def test_an_import_is_all_or_nothing(fresh: TestClient) -> None:
    def send(text: str, name: str = "customers.csv") -> Any:
        return fresh.post(
            "/customers/import", files={"file": (name, text.encode())}, headers={"X-Tallybrook": "form"}
        )

    head = "name,email,country,city,postcode,credit_limit\n"
    assert (
        send(head.replace(",", ";") + "A;a@a.example;DE;B;20457;").json()["errors"][0]["message"]
        == "Column name not found."
    )
    bad = send(head + 'A,a@a.example,DE,B,20457,"1.500,00"\nB,b@b.example,Germany,B,20457,\n').json()
    assert [error["message"] for error in bad["errors"]] == [
        "Row 2: credit_limit is not a number.",
        "Row 3: unknown country Germany.",
    ]
    assert send(head, "customers.xlsx").json()["errors"][0]["message"] == "Only CSV files can be imported."
    good = send(head + "A,a@a.example,DE,B,20457,1500.00\n").json()
    assert good["said"] == "1 customer was imported."
