"""Tallybrook on a fixed day, and somebody who is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from starlette.testclient import TestClient

from beforehand_demo.app import create_app
from beforehand_demo.settings import Settings

TODAY = date(2026, 11, 24)
SECRET = "s" * 43


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    settings = Settings(
        widget_origin="http://127.0.0.1:8787", widget_key="pk_test", widget_secret=SECRET, today=lambda: TODAY
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as it:
        yield it


@pytest.fixture
def mara(client: TestClient) -> TestClient:
    """The owner is logged in."""
    client.post("/login/as/mara")
    return client


@pytest.fixture
def fresh(client: TestClient) -> TestClient:
    """The owner, with the data of the first day."""
    client.post("/start-over")
    client.post("/login/as/mara")
    return client
