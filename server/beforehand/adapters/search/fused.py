"""Vectors and words together, weighed by the kind of query."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import structlog

from beforehand.adapters.search.index import Index, Scores
from beforehand.adapters.search.vectors import VectorIndex, number
from beforehand.domain.article import HelpQuery, Hit, Passage
from beforehand.domain.errors import BeforehandError
from beforehand.ports.embedder import Embedder
from beforehand.ports.search import SearchStatus

DENSE_SHARE: Final[Mapping[str, float]] = {"question": 0.75, "context": 0.4}
"""Weight of the cosine; the rest is the share of the query's words that was found. A typed question paraphrases, a page
quotes. How they were chosen: docs/retrieval.md."""
MAX_QUERY_CHARS: Final = 20_000
"""Read of a query; the embedder cuts at 256 tokens anyway."""
ASKED: Final = 200
"""Best passages by words whose cosine is asked for even where it is not among the nearest."""

log = structlog.get_logger()


class FusedSearch:
    """ports.Search. Each publication makes a new index that replaces the old one in one assignment.

    shares: the weight of the cosine by kind of query, for those who measure.
    """

    def __init__(
        self, cache: Path, embedder: Embedder | None, missing: str, shares: Mapping[str, float] = DENSE_SHARE
    ) -> None:
        self._cache = cache
        self._embedder = embedder
        self._missing = (
            "" if embedder is not None else missing or "No embedding model; search is by words only."
        )
        self._trouble = ""
        self._shares = shares
        self._indexes: dict[str, Index] = {}
        self._lock = threading.Lock()

    def publish(self, workspace: str, passages: Sequence[Passage]) -> int:
        unique = list({number(passage): passage for passage in passages}.values())
        with self._lock:
            old = self._indexes.get(workspace)
            vectors, embedded = self._vectors(workspace, old, unique)
            self._indexes[workspace] = Index(unique, vectors)
        return embedded

    def _vectors(
        self, workspace: str, old: Index | None, passages: list[Passage]
    ) -> tuple[VectorIndex | None, int]:
        if self._embedder is None:
            return None, 0
        try:
            vectors = old.vectors if old is not None else None
            vectors = vectors or VectorIndex(self._embedder, self._cache / workspace)
            embedded = vectors.update(passages)
        except Exception as error:
            log.error("vectors_failed", exc_info=error)
            self._degrade(error)
            return None, 0
        self._trouble = ""
        return vectors, embedded

    def find(self, workspace: str, query: HelpQuery, limit: int) -> list[Hit]:
        index = self._indexes.get(workspace)
        text = _clean(query.text)
        if index is None or not index.passages or not text.strip():
            return []
        lexical = index.words.scores(text, query.lang or "en")
        dense = self._dense(index, text, lexical)
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

    def _dense(self, index: Index, text: str, lexical: Scores) -> Scores | None:
        if index.vectors is None:
            return None
        try:
            scores = index.vectors.scores(text, index.keys, index.order, _largest(lexical, ASKED))
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

    def _fuse(self, index: Index, query: HelpQuery, dense: Scores | None, lexical: Scores) -> Scores:
        """(passages,); 0 where the asker may not see it. A target's bonus may lift a score above 1."""
        fused = lexical.copy()
        if dense is not None:
            share = self._shares[query.kind]
            fused = share * np.clip(dense, 0.0, 1.0) + (1.0 - share) * lexical
        if query.kind == "context" and query.route:
            index.favour_targets(fused, query.route, query.element)
        return np.asarray(fused * index.allowed(query.lang), dtype=np.float32)


def _largest(scores: Scores, count: int) -> npt.NDArray[np.intp]:
    """Rows of the highest scores above 0, in no order."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > count:
        rows = rows[np.argpartition(-scores[rows], count)[:count]]
    return rows


def _best(index: Index, fused: Scores, dense: Scores | None, lexical: Scores, limit: int) -> list[Hit]:
    """Best first, one per article: an article is as good as its best passage."""
    hits: list[Hit] = []
    seen: set[str] = set()
    for row in np.argsort(-fused, kind="stable"):
        passage = index.passages[row]
        if len(hits) >= limit or fused[row] <= 0:
            break
        if passage.slug in seen:
            continue
        seen.add(passage.slug)
        cosine = round(float(dense[row]), 4) if dense is not None else None
        score = round(min(float(fused[row]), 1.0), 4)
        hits.append(Hit(passage, score, cosine, round(float(lexical[row]), 4)))
    return hits


def _clean(text: str) -> str:
    """What a tokenizer can read: no NUL, no lone surrogates."""
    return text[:MAX_QUERY_CHARS].replace("\x00", " ").encode("utf-8", "ignore").decode()
