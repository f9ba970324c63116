"""Finding the passage that helps: vectors and words, fused, one index per workspace."""

from __future__ import annotations

from pathlib import Path

from beforehand.adapters.search.fused import FusedSearch
from beforehand.ports.embedder import Embedder
from beforehand.ports.search import Search


def open_search(cache: Path, embedder: Embedder | None, missing: str = "") -> Search:
    """cache: folder for the vector indexes, may be deleted. embedder None: by words only, and `missing` says why."""
    return FusedSearch(cache, embedder, missing)
