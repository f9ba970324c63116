"""Find the passage that helps. One index per workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from beforehand.domain.article import HelpQuery, Hit, Passage


class SearchStatus(msgspec.Struct, frozen=True):
    """degraded: '' or one sentence that says what is missing. embedder: '' if words only."""

    passages: int
    embedder: str
    degraded: str


class Search(Protocol):
    """All methods block (a few ms) and may be called from any thread."""

    def publish(self, workspace: str, passages: Sequence[Passage]) -> int:
        """Make these THE passages of the workspace; only new ones are embedded. Returns how many were."""

    def find(self, workspace: str, query: HelpQuery, limit: int) -> list[Hit]:
        """Best first, at most one per article. Empty where nothing is indexed. Never raises for odd text."""

    def status(self, workspace: str) -> SearchStatus: ...
