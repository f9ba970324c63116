"""Every page renders whole and as a fragment, and opens to nobody who is not logged in."""

from __future__ import annotations

import re

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.testclient import TestClient

from tests.demo.conftest import SECRET

PAGES = {
    "/": "Home",
    "/invoices": "Invoices",
    "/invoices?q=zzz": "Invoices",
    "/invoices/new": "New invoice",
    "/invoices/414": "Invoice 2026-0414",
    "/invoices/414/edit": "Edit invoice",
    "/invoices/411": "Invoice 2026-0411",
    "/quotes": "Quotes",
    "/quotes/new": "New quote",
    "/quotes/74": "Quote Q-74",
    "/customers": "Customers",
    "/customers/new": "New customer",
    "/customers/2": "Kastellan Immobilien AG",
    "/customers/2/edit": "Edit customer",
    "/customers/import": "Import customers",
    "/projects": "Projects",
    "/projects/5": "Nordhafen retrofit",
    "/projects/new/basics": "New project",
    "/projects/new/billing": "New project",
    "/projects/new/people": "New project",
    "/projects/new/review": "New project",
    "/time": "Time",
    "/expenses": "Expenses",
    "/expenses/new": "New expense",
    "/reports": "Reports",
    "/team": "Team",
    "/team/invite": "Invite a person",
    "/integrations": "Integrations",
    "/integrations/bank": "Bank feed",
    "/integrations/ledger": "Ledger export",
    "/integrations/api-keys": "API keys",
    "/integrations/webhooks": "Webhooks",
    "/billing": "Plan and billing",
    "/billing/card": "Payment card",
    "/billing/details": "Billing details",
    "/settings/company": "Company",
    "/settings/invoicing": "Invoicing",
    "/settings/tax": "Tax",
    "/settings/notifications": "Notifications",
    "/settings/security": "Security",
    "/settings/security/two-factor": "Two-factor log-in",
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_renders_whole_and_as_a_fragment(mara: TestClient, address: str) -> None:
    whole = mara.get(address)
    assert whole.status_code == 200
    assert f"<title>{PAGES[address]} · Tallybrook</title>" in whole.text
    assert "<h1" in whole.text and 'data-key="pk_test"' in whole.text
    part = mara.get(address, headers={"X-Tallybrook": "fragment"}).text
    assert part.lstrip().startswith("<main") and "<html" not in part and "<aside class=" not in part


@pytest.mark.parametrize("address", PAGES)
def test_no_page_carries_inline_script_or_style(mara: TestClient, address: str) -> None:
    text = mara.get(address).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=|\sstyle=|<style", text)


def test_nobody_gets_in_without_logging_in(client: TestClient) -> None:
    client.cookies.clear()
    answer = client.get("/invoices", follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/login?again=1"
    assert client.get("/invoices", headers={"X-Tallybrook": "fragment"}).status_code == 401
    assert client.get("/support-token").url.path == "/login"


def test_an_unknown_address_has_a_page(mara: TestClient) -> None:
    answer = mara.get("/nothing/here")
    assert answer.status_code == 404 and "This page does not exist" in answer.text


def test_a_form_from_another_site_is_refused(mara: TestClient) -> None:
    answer = mara.post("/logout", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_the_policy_lets_in_only_itself_and_the_widget(mara: TestClient) -> None:
    policy = mara.get("/").headers["content-security-policy"]
    assert "script-src 'self' http://127.0.0.1:8787;" in policy and "ws://127.0.0.1:8787" in policy
    assert "unsafe" not in policy and "*" not in policy


def test_the_support_token_verifies_and_names_the_person(mara: TestClient) -> None:
    token = mara.get("/support-token").json()["token"]
    claims = jwt.decode(token, OctKey.import_key(SECRET)).claims
    assert claims["name"] == "Mara Lindqvist" and claims["exp"] - claims["iat"] == 900
    assert claims["account"]["plan"] == "Starter"


def test_a_member_may_not_send_invoices(client: TestClient) -> None:
    client.post("/login/as/ines")
    answer = client.post("/invoices/414/send", headers={"X-Tallybrook": "form"})
    assert answer.status_code == 403 and answer.json()["alert"] == "You do not have permission to do this."
