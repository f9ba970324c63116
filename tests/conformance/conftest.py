"""Every implementation of the storage port, by the same fixture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beforehand.ports.stores import Storage
from tests.storing import Place, furnish, postgres_place, sqlite_place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return sqlite_place(tmp_path, migrated=True)
    return postgres_place(tmp_path, migrated=True)


@pytest.fixture
async def storage(place: Place) -> AsyncIterator[Storage]:
    """Started, with workspace w1 furnished."""
    async with place.open() as storage:
        await furnish(storage, "w1")
        yield storage
