"""The messages test_messages does not reach, and the proof that no message of the specification is left untested."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.demo.test_messages import ALERTS, CARD, CUSTOMER, EXPENSE, FIELDS, INVOICE, SPECIFICATION, TIME

FORM = {"X-Tallybrook": "form"}
BASICS = {"name": "Pier lights", "customer_id": "1", "code": "PIE", "starts": "24 Nov 2026"}
QUOTE = {
    "customer_id": "1",
    "title": "Pier",
    "valid_until": "1 Dec 2026",
    "item": "Survey",
    "qty": "1",
    "unit": "h",
    "price": "9",
    "vat": "19",
}
LEDGER = {"consultant": "1234567", "client": "10", "month": "2026-01"}
COMPANY = {"name": "Osterfeld & Wrenn GmbH", "city": "Hamburg", "postcode": "20457"}
NUMBERS = {"pattern": "{year}-{number}", "next_number": "418", "sender": "a@wrenn.example"}
HEIC = b"\x00\x00\x00\x18ftypheic"

# (address, form, field, message, subject)
MORE: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("/login", {"password": "x"}, "email", "Enter your e-mail address.", ""),
    ("/login", {"email": "mara@tallybrook.example"}, "password", "Enter your password.", ""),
    (
        "/invoices/411/payment",
        {"amount": "99999.00", "paid_on": "24 Nov 2026"},
        "amount",
        "The payment is larger than the open amount.",
        "The payment was not recorded.",
    ),
    (
        "/invoices/411/payment",
        {"amount": "1.00", "paid_on": "25 Nov 2026"},
        "paid_on",
        "The date lies in the future.",
        "",
    ),
    ("/quotes/new", {**QUOTE, "title": ""}, "title", "Enter a title.", "The quote was not saved."),
    ("/quotes/new", {**QUOTE, "valid_until": "1 Nov 2026"}, "valid_until", "The date lies in the past.", ""),
    ("/customers/new", {**CUSTOMER, "name": ""}, "name", "Enter a name.", "The customer was not saved."),
    ("/customers/new", {**CUSTOMER, "city": ""}, "city", "Enter a city.", ""),
    (
        "/projects/new/basics",
        {**BASICS, "name": ""},
        "name",
        "Enter a project name.",
        "Step 1 is not complete.",
    ),
    ("/projects/new/basics", {**BASICS, "name": "x" * 81}, "name", "Use 80 characters or fewer.", ""),
    ("/projects/new/basics", {**BASICS, "code": "pie"}, "code", "Use two to five capital letters.", ""),
    ("/projects/new/basics", {**BASICS, "ends": "1 Nov 2026"}, "ends", "The end lies before the start.", ""),
    (
        "/projects/new/people",
        {"members": "1", "lead": "3"},
        "lead",
        "The lead is not part of the team.",
        "Step 3 is not complete.",
    ),
    ("/time/log", {**TIME, "project_id": ""}, "project_id", "Choose a project.", "The time was not saved."),
    ("/time/log", {**TIME, "note": "x" * 201}, "note", "Use 200 characters or fewer.", ""),
    (
        "/expenses/new",
        {**EXPENSE, "supplier": ""},
        "supplier",
        "Enter a supplier.",
        "The expense was not saved.",
    ),
    (
        "/team/invite",
        {"email": "nobody", "role": "Member"},
        "email",
        "Enter a valid e-mail address.",
        "The invitation was not sent.",
    ),
    ("/integrations/ledger", {**LEDGER, "client": "123456"}, "client", "Enter a valid client number.", ""),
    ("/integrations/ledger", {**LEDGER, "month": "01/2026"}, "month", "Enter a month like 2026-01.", ""),
    ("/integrations/api-keys", {"scope": "read"}, "name", "Give the key a name.", ""),
    (
        "/billing/card",
        {**CARD, "holder": ""},
        "holder",
        "Enter the name on the card.",
        "The card was not saved.",
    ),
    ("/billing/card", {**CARD, "expiry": "2030"}, "expiry", "Enter the expiry as MM/YY.", ""),
    ("/billing/card", {**CARD, "cvc": "12"}, "cvc", "Enter the security code.", ""),
    (
        "/billing/details",
        {"billing_email": "a@b.example"},
        "company",
        "Enter a name.",
        "The billing details were not saved.",
    ),
    (
        "/settings/company",
        {**COMPANY, "bic": "HKTO"},
        "bic",
        "Enter a valid BIC.",
        "The settings were not saved.",
    ),
    (
        "/settings/invoicing",
        {**NUMBERS, "next_number": "412"},
        "next_number",
        "The next number cannot be used.",
        "",
    ),
    ("/settings/invoicing", {**NUMBERS, "footer": "x" * 301}, "footer", "Use 300 characters or fewer.", ""),
    ("/settings/security", {"current": "x"}, "current", "The current password is not right.", ""),
    ("/settings/security", {"new": "a", "repeat": "b"}, "repeat", "The passwords are not the same.", ""),
]


@pytest.mark.parametrize(
    ("address", "form", "field", "message", "subject"), MORE, ids=[f"{row[0]} {row[3]}" for row in MORE]
)
def test_more_fields_say_what_the_specification_says(
    mara: TestClient, address: str, form: dict[str, Any], field: str, message: str, subject: str
) -> None:
    answer = mara.post(address, data=form, headers=FORM)
    assert answer.status_code == 422
    assert message in [error["message"] for error in answer.json()["errors"] if error["id"] == field]
    assert answer.json()["subject"].startswith(subject)


HEAD = "name,email,country,city,postcode,vat_number,credit_limit,since\n"
GOOD = "A,a@a.example,DE,B,20457,,,\n"
ROWS = {
    "Row 2: name is empty.": ",a@a.example,DE,B,20457,,,\n",
    "Row 2: email is not valid.": "A,a,DE,B,20457,,,\n",
    "Row 2: unknown country Germany.": "A,a@a.example,Germany,B,20457,,,\n",
    "Row 2: since is not a date.": "A,a@a.example,DE,B,20457,,,1.3.2024\n",
    "Row 2: vat_number is not valid.": "A,a@a.example,DE,B,20457,279645118,,\n",
    "Row 2: too many columns.": "A, and sons,a@a.example,DE,B,20457,,,\n",
    "Row 2: email exists already.": "A,praxis@adebayo.example,DE,B,20457,,,\n",
    "The file has no rows.": "",
    "The file has more than 200 rows.": GOOD * 201,
}


@pytest.mark.parametrize("message", ROWS)
def test_an_import_names_the_row_and_the_fault(mara: TestClient, message: str) -> None:
    upload = {"file": ("customers.csv", (HEAD + ROWS[message]).encode())}
    answer = mara.post("/customers/import", files=upload, headers=FORM).json()
    assert message in [error["message"] for error in answer["errors"]]
    assert answer["subject"] == "Nothing was imported."


def test_an_import_needs_a_file_that_can_be_read(mara: TestClient) -> None:
    nothing = mara.post("/customers/import", data={}, headers=FORM).json()
    latin = mara.post(
        "/customers/import", files={"file": ("a.csv", "Größe".encode("latin-1"))}, headers=FORM
    ).json()
    assert nothing["errors"][0]["message"] == "Choose a file."
    assert latin["errors"][0]["message"] == "The file could not be read."


def alert(mara: TestClient, address: str, status: int, **form: str) -> str:
    answer = mara.post(address, data=form, headers=FORM)
    assert answer.status_code == status
    return str(answer.json()["alert"])


def test_a_photo_of_a_phone_is_no_receipt(fresh: TestClient) -> None:
    answer = fresh.post("/expenses/new", data=EXPENSE, files={"receipt": ("receipt.jpg", HEIC)}, headers=FORM)
    assert answer.json()["errors"] == [
        {"id": "receipt", "label": "Receipt", "message": "This file cannot be used."}
    ]


def test_five_wrong_passwords_lock_the_door(fresh: TestClient) -> None:
    wrong = {"email": "jonas@tallybrook.example", "password": "wrong"}
    for _ in range(5):
        assert alert(fresh, "/login", 401, **wrong) == "E-mail or password is not right."
    assert alert(fresh, "/login", 429, **wrong) == "Too many attempts. Try again in 15 minutes."


def test_a_plan_needs_a_card_and_a_smaller_team(fresh: TestClient) -> None:
    assert alert(fresh, "/billing/plan/team", 402) == "Add a card first."
    fresh.post("/billing/card", data=CARD, headers=FORM)
    assert fresh.post("/billing/plan/team", headers=FORM).json()["said"] == "Your plan is Team now."
    fresh.post("/team/invite", data={"email": "fifth@tallybrook.example", "role": "Member"}, headers=FORM)
    assert alert(fresh, "/billing/plan/starter", 409) == "Your team is larger than this plan."


def test_the_plan_limits_projects_and_keys(fresh: TestClient) -> None:
    assert fresh.post("/projects/5/activate", headers=FORM).status_code == 200
    assert alert(fresh, "/projects/6/activate", 402) == "Your plan allows 5 active projects."
    assert "reveal" in fresh.post("/integrations/api-keys", data={"name": "Shop"}, headers=FORM).json()
    assert (
        alert(fresh, "/integrations/api-keys", 402, name="Third")
        == "You have reached the number of keys of your plan."
    )


def test_a_free_seat_comes_from_revoking_an_invitation(fresh: TestClient) -> None:
    fresh.post("/team/4/remove", headers=FORM)
    answer = fresh.post(
        "/team/invite", data={"email": "new@tallybrook.example", "role": "Member"}, headers=FORM
    )
    assert answer.json()["said"] == "An invitation was sent to new@tallybrook.example."


def test_a_sent_invoice_is_cancelled_with_a_credit_note(fresh: TestClient) -> None:
    assert alert(fresh, "/invoices/411/edit", 409, **INVOICE) == "Sent invoices cannot be changed."
    fresh.post("/invoices/411/cancel", headers=FORM)
    text = fresh.get("/invoices/411").text
    assert "Credit note C-2026-0411" in text and "−€11,859.54" in text
    assert alert(fresh, "/invoices/411/cancel", 409) == "This invoice is cancelled already."


def test_a_reminder_is_sent_once_a_week(fresh: TestClient) -> None:
    assert fresh.post("/invoices/411/remind", headers=FORM).status_code == 200
    assert alert(fresh, "/invoices/411/remind", 409) == "A reminder was sent less than 7 days ago."


def test_an_invoice_without_items_and_one_without_an_address(fresh: TestClient) -> None:
    assert (
        alert(fresh, "/invoices/new", 422, **{**INVOICE, "item": "", "price": ""}) == "Add at least one item."
    )
    said = fresh.post("/invoices/new", data={**INVOICE, "customer_id": "2"}, headers=FORM).json()["said"]
    assert said == "Invoice 2026-0418 was saved."


def test_a_test_delivery_that_reaches_nobody_says_why(fresh: TestClient) -> None:
    answer = fresh.post("/integrations/webhooks/1/test", headers=FORM)
    assert answer.status_code == 502
    assert answer.json() == {
        "alert": "Test delivery failed.",
        "detail": "No answer from hooks.kontorbuch.example.",
    }


def test_the_timer_starts_on_active_projects_only(fresh: TestClient) -> None:
    fresh.post("/time/start", data={"project_id": "5"}, headers=FORM)
    assert "stop-timer" not in fresh.get("/time").text
    fresh.post("/time/start", data={"project_id": "1"}, headers=FORM)
    assert "stop-timer" in fresh.get("/time").text


def test_a_quote_becomes_an_invoice_once_accepted(fresh: TestClient) -> None:
    assert re.search(r'id="convert-quote"[^>]* disabled', fresh.get("/quotes/74").text)
    fresh.post("/quotes/74/accept", headers=FORM)
    assert not re.search(r'id="convert-quote"[^>]* disabled', fresh.get("/quotes/74").text)
    assert fresh.post("/quotes/74/convert", headers=FORM).json()["to"] == "/invoices/418"


# Written by the browser's script, by the page or with a name inside; each has its own test here or in test_pages.
ELSEWHERE = {
    "Tallybrook could not be reached. Check your connection and try again.",
    "No invoices match this search.",
    "Please log in again.",
    "Invoice {number} was not saved.",
    "Invoice {number} was not sent.",
    "Step {n} is not complete.",
    "Invoice {number} was saved.",
    "Invoice {number} was sent to {e-mail}.",
    "SUBJECT One field needs your attention: LABEL.",
    "SUBJECT N fields need your attention: LABEL, LABEL.",
    "You do not have permission to do this.",
    "That code is not right.",
}


def test_no_message_of_the_specification_is_left_untested() -> None:
    tables = (
        {row[3] for row in FIELDS}
        | {row[3] for row in ALERTS}
        | {word for row in MORE for word in row[3:]}
        | set(ROWS)
    )
    asserted = set(re.findall(r'"([A-Z][^"]*\.)"', Path(__file__).read_text().partition("ELSEWHERE")[0]))
    others = {
        "Column name not found.",
        "Only CSV files can be imported.",
        "Row 2: credit_limit is not a number.",
    }
    promised = {re.sub(r"\s+", " ", found) for found in re.findall(r'"([A-Z][^"]*\.)"', SPECIFICATION)}
    assert len(promised) > 90
    assert promised - tables - asserted - others - ELSEWHERE == set()
