"""The lexical half alone."""

from __future__ import annotations

import numpy as np

from beforehand.adapters.search.words import WordIndex, words
from tests.adapters.search.helping import articles, passage


def test_words_are_stemmed_by_language_and_stop_words_go() -> None:
    assert words("How do I cancel the invoices?") == ["cancel", "invoic"]
    assert words("Rechnungen", "de") == words("Rechnung", "de") == ["rechnung"]
    assert words("don\u2019t", "en") == words("dont")


def test_a_text_of_stop_words_keeps_them() -> None:
    assert words("who are you") == ["who", "are", "you"]


def test_the_score_is_the_share_of_the_query_that_was_found() -> None:
    index = WordIndex(articles())
    full = index.scores("tax id", "en").max()
    diluted = index.scores("tax id zebra quantum giraffe", "en").max()
    assert 0.5 < full <= 1
    assert diluted < full / 2
    assert not index.scores("zebra quantum", "en").any()


def test_title_words_weigh_more_than_words_of_the_text() -> None:
    index = WordIndex(
        [
            passage("a", "Some words about deadlines.", title="Other"),
            passage("b", "Some words.", title="Deadlines"),
        ]
    )
    scores = index.scores("deadlines", "en")
    assert scores[1] > scores[0] > 0


def test_the_best_per_word_is_what_the_index_can_give() -> None:
    index = WordIndex(articles())
    for word in ("tax", "invoic", "phone"):
        assert np.isclose(index.scores(word, "en").max(), 1.0), word


def test_nothing_indexed_and_nothing_but_marks() -> None:
    assert len(WordIndex([]).scores("tax", "en")) == 0
    assert not WordIndex([passage("a", "!!!", title="?")]).scores("tax", "en").any()
