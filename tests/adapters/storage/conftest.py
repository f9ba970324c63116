"""The same two databases as in the conformance suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storing import Place, postgres_place, sqlite_place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return sqlite_place(tmp_path) if request.param == "sqlite" else postgres_place(tmp_path)


@pytest.fixture
def sqlite(tmp_path: Path) -> Place:
    return sqlite_place(tmp_path)
