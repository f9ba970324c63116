"""The lexical half: BM25 over stemmed words, with a score that says how much of the query was found."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any, Final

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from beforehand.domain.article import Passage

K1: Final = 1.5
B: Final = 0.75
"""Robertson and Zaragoza, The Probabilistic Relevance Framework (2009): the usual values."""
HEAD_WEIGHT: Final = 2
"""Words of title and headings count twice: an article is named after what it answers."""
LONGEST_QUERY: Final = 200
"""Words read of a query: more is a pasted log."""
STEMMERS: Final = {
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
    "nl": "dutch", "sv": "swedish", "ar": "arabic",
}  # fmt: skip
STOP: Final = frozenset({
    "a", "am", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "cant", "could",
    "did", "do", "does", "dont", "for", "from", "had", "has", "have", "how", "i", "if", "im", "in",
    "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "so", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "too", "was",
    "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you",
    "your",
})  # fmt: skip
"""Words that any English question has: they would only dilute how much of it was found."""
logging.getLogger("bm25s").setLevel(logging.WARNING)
_WORD: Final = re.compile(r"\w+")


def words(text: str, lang: str = "en") -> list[str]:
    """Stemmed words without the commonest English ones; a text of only those keeps them."""
    found = _WORD.findall(text.lower().replace("'", "").replace("’", ""))
    kept = [word for word in found if word not in STOP] or found
    stemmed: list[str] = _stemmer(lang).stemWords(kept[:100_000])
    return stemmed


_stemmers: dict[str, Any] = {}


def _stemmer(lang: str) -> Any:
    name = STEMMERS.get(lang.split("-")[0].lower(), "english")
    if name not in _stemmers:
        _stemmers[name] = Stemmer.Stemmer(name)
    return _stemmers[name]


class WordIndex:
    """Built anew for each publication: a thousand passages take about 50 ms."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.size = len(passages)
        documents = [_document(passage) for passage in passages]
        self._model = bm25s.BM25(k1=K1, b=B, method="lucene")
        if any(documents):
            self._model.index(documents, show_progress=False)
            self._vocabulary: dict[str, int] = dict(self._model.vocab_dict)
            self._best = self._best_per_word()
        else:
            self._vocabulary, self._best = {}, np.zeros(0, dtype=np.float32)

    def _best_per_word(self) -> npt.NDArray[np.float32]:
        """The highest score any passage gets for each word."""
        data, starts = self._model.scores["data"], self._model.scores["indptr"]
        best = np.zeros(len(starts) - 1, dtype=np.float32)
        used = np.flatnonzero(np.diff(starts))
        best[used] = np.maximum.reduceat(data, starts[used])
        return best

    def scores(self, query: str, lang: str) -> npt.NDArray[np.float32]:
        """(passages,), 0..1: the BM25 score over the most that the query's words could bring. A word nobody wrote
        counts as much as the rarest, so a query about something else scores low."""
        out = np.zeros(self.size, dtype=np.float32)
        asked = list(dict.fromkeys(words(query[:20_000], lang)[:LONGEST_QUERY]))
        known = [word for word in asked if word in self._vocabulary]
        if not known:
            return out
        rare = float(self._best.max())
        most = sum(float(self._best[self._vocabulary[word]]) for word in known) + rare * (
            len(asked) - len(known)
        )
        out[:] = self._model.get_scores(known)
        return out / most if most > 0 else out


def _document(passage: Passage) -> list[str]:
    head = words(" ".join((passage.title, *passage.path)), passage.lang)
    named = words(" ".join(passage.keywords), passage.lang) if passage.keywords else []
    return head * HEAD_WEIGHT + named + words(passage.text, passage.lang)
