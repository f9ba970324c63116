"""Vectors and words together, weighed by the kind of query."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import structlog

from beforehand.adapters.search.vectors import VectorIndex, number
from beforehand.adapters.search.words import WordIndex
from beforehand.domain.article import HelpQuery, Hit, Passage
from beforehand.domain.errors import BeforehandError
from beforehand.ports.embedder import Embedder
from beforehand.ports.search import SearchStatus

DENSE_SHARE: Final = {"question": 0.75, "context": 0.4}
"""Weight of the cosine; the rest is the share of the query's words that was found. A typed question paraphrases, a page
quotes. How they were chosen: docs/retrieval.md."""
ROUTE_BONUS: Final = 0.04
ELEMENT_BONUS: Final = 0.08
"""Added to a context's score where the article names this page as its target, or this control on it: the docs team's
own word counts, but cannot lift a passage that says nothing of the message."""
MAX_QUERY_CHARS: Final = 20_000
"""Read of a query; the embedder cuts at 256 tokens anyway."""

log = structlog.get_logger()


class _Index(NamedTuple):
    passages: list[Passage]
    row_of: dict[int, int]
    words: WordIndex
    vectors: VectorIndex | None


class FusedSearch:
    """ports.Search. Each publication makes a new index that replaces the old one in one assignment."""

    def __init__(self, cache: Path, embedder: Embedder | None, missing: str) -> None:
        self._cache = cache
        self._embedder = embedder
        self._missing = (
            "" if embedder is not None else missing or "No embedding model; search is by words only."
        )
        self._trouble = ""
        self._indexes: dict[str, _Index] = {}
        self._lock = threading.Lock()

    def publish(self, workspace: str, passages: Sequence[Passage]) -> int:
        public = list({number(passage): passage for passage in passages}.values())
        with self._lock:
            old = self._indexes.get(workspace)
            vectors = old.vectors if old is not None else None
            embedded = 0
            if self._embedder is not None:
                try:
                    vectors = vectors or VectorIndex(self._embedder, self._cache / workspace)
                    embedded = vectors.update(public)
                    self._trouble = ""
                except Exception as error:
                    log.error("vectors_failed", exc_info=error)
                    vectors = None
                    self._degrade(error)
            rows = {number(passage): row for row, passage in enumerate(public)}
            self._indexes[workspace] = _Index(public, rows, WordIndex(public), vectors)
        return embedded

    def find(self, workspace: str, query: HelpQuery, limit: int) -> list[Hit]:
        index = self._indexes.get(workspace)
        text = _clean(query.text)
        if index is None or not index.passages or not text.strip():
            return []
        lexical = index.words.scores(text, query.lang or "en")
        dense = self._dense(index, text)
        fused = self._fuse(index, query, dense, lexical)
        return _best(index, fused, dense, lexical, limit)

    def status(self, workspace: str) -> SearchStatus:
        """workspace '': all of them together."""
        chosen = [self._indexes[workspace]] if workspace in self._indexes else []
        if not workspace:
            chosen = list(self._indexes.values())
        degraded = self._missing or self._trouble
        name = self._embedder.name if self._embedder is not None and not degraded else ""
        return SearchStatus(sum(len(index.passages) for index in chosen), name, degraded)

    def _dense(self, index: _Index, text: str) -> npt.NDArray[np.float32] | None:
        if index.vectors is None:
            return None
        try:
            scores = index.vectors.scores(text, index.row_of, len(index.passages))
        except Exception as error:
            if not self._trouble:
                log.error("vectors_failed", exc_info=error)
            self._degrade(error)
            return None
        self._trouble = ""
        return scores

    def _degrade(self, error: Exception) -> None:
        sentence = error.sentence if isinstance(error, BeforehandError) else type(error).__name__
        self._trouble = f"The vector search failed ({sentence.rstrip('.')}); search is by words only."

    def _fuse(
        self,
        index: _Index,
        query: HelpQuery,
        dense: npt.NDArray[np.float32] | None,
        lexical: npt.NDArray[np.float32],
    ) -> npt.NDArray[np.float32]:
        fused = lexical.copy()
        if dense is not None:
            share = DENSE_SHARE[query.kind]
            fused = share * np.clip(dense, 0.0, 1.0) + (1.0 - share) * lexical
        if query.kind == "context" and query.route:
            fused += np.array([_bonus(passage, query) for passage in index.passages], dtype=np.float32)
        if query.lang:
            fused += np.array(
                [_same_language(passage, query.lang) for passage in index.passages], dtype=np.float32
            )
        return np.asarray(np.clip(fused, 0.0, 1.0), dtype=np.float32)


LANGUAGE_BONUS: Final = 0.02
"""Between two translations of one article the reader's language wins; it decides nothing else."""


def _same_language(passage: Passage, lang: str) -> float:
    return LANGUAGE_BONUS if passage.lang.split("-")[0] == lang.split("-")[0] else 0.0


def _bonus(passage: Passage, query: HelpQuery) -> float:
    best = 0.0
    for target in passage.targets:
        if target.route == query.route:
            same = bool(target.element) and target.element.casefold() == query.element.casefold()
            best = max(best, ROUTE_BONUS + ELEMENT_BONUS * same)
    return best


def _best(
    index: _Index, fused: npt.NDArray[np.float32], dense: npt.NDArray[np.float32] | None,
    lexical: npt.NDArray[np.float32], limit: int,
) -> list[Hit]:  # fmt: skip
    """Best first, one per article: an article is as good as its best passage."""
    hits: list[Hit] = []
    seen: set[tuple[str, str]] = set()
    for row in np.argsort(-fused, kind="stable"):
        passage = index.passages[row]
        if len(hits) >= limit or fused[row] <= 0:
            break
        if (passage.slug, passage.lang) in seen:
            continue
        seen.add((passage.slug, passage.lang))
        cosine = round(float(dense[row]), 4) if dense is not None else None
        hits.append(Hit(passage, round(float(fused[row]), 4), cosine, round(float(lexical[row]), 4)))
    return hits


def _clean(text: str) -> str:
    """What a tokenizer can read: no NUL, no lone surrogates."""
    return text[:MAX_QUERY_CHARS].replace("\x00", " ").encode("utf-8", "ignore").decode()
