"""What one publication of a workspace looks like to a search: passages by row, and what may be seen."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from beforehand.adapters.search.vectors import VectorIndex, number
from beforehand.adapters.search.words import WordIndex
from beforehand.domain.article import Passage

ROUTE_BONUS: Final = 0.04
ELEMENT_BONUS: Final = 0.08
"""Added to a context's score where the article names this page as its target, or this control on it: the docs team's
own word counts, but cannot lift a passage that says nothing of the message."""

Scores = npt.NDArray[np.float32]


class Index:
    """Never changed once made, but for the masks it remembers."""

    def __init__(self, passages: list[Passage], vectors: VectorIndex | None) -> None:
        self.passages = passages
        self.vectors = vectors
        self.words = WordIndex(passages)
        self.keys = np.array([number(passage) for passage in passages], dtype=np.int64)
        self.order = np.argsort(self.keys)
        self._public = np.array([passage.visibility == "public" for passage in passages], dtype=bool)
        self._masks: dict[str, npt.NDArray[np.bool_]] = {}
        self._places: dict[str, list[tuple[int, str]]] = {}
        for row, passage in enumerate(passages):
            for target in passage.targets:
                self._places.setdefault(target.route, []).append((row, target.element.casefold()))

    def favour_targets(self, scores: Scores, route: str, element: str) -> None:
        """Add to `scores`, once per passage, what its targets say of this place."""
        bonus: dict[int, float] = {}
        for row, name in self._places.get(route, ()):
            same = bool(name) and name == element.casefold()
            bonus[row] = max(bonus.get(row, 0.0), ROUTE_BONUS + ELEMENT_BONUS * same)
        for row, more in bonus.items():
            scores[row] += more

    def allowed(self, lang: str) -> npt.NDArray[np.bool_]:
        """(passages,): public, and in the reader's language where the article exists in it. lang '': any."""
        key = _primary(lang)
        if key not in self._masks:
            self._masks[key] = self._public & self._readable(key)
        return self._masks[key]

    def _readable(self, lang: str) -> npt.NDArray[np.bool_]:
        langs = [_primary(passage.lang) for passage in self.passages]
        if lang not in langs:
            return np.ones(len(langs), dtype=bool)
        translated = {p.slug for p, own in zip(self.passages, langs, strict=True) if own == lang}
        pairs = zip(self.passages, langs, strict=True)
        return np.array([own == lang or p.slug not in translated for p, own in pairs], dtype=bool)


def _primary(lang: str) -> str:
    return lang.split("-")[0].lower()
