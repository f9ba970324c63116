from __future__ import annotations

import pytest

from beforehand.adapters.embedding import open_embedder
from beforehand.ports.embedder import Embedder
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The one that is shipped."""
    return open_embedder(ROOT / "models", "all-MiniLM-L6-v2")
