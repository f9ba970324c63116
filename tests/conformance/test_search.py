"""What every search must do, with an embedder and without."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from beforehand.adapters.embedding import open_embedder
from beforehand.adapters.search import open_search
from beforehand.domain.article import HelpQuery
from beforehand.ports.search import Search
from tests.adapters.search.helping import TEXTS, articles, at, passage
from tests.conftest import ROOT

HOSTILE = [
    "\x00", "\ud800 x", "\U0001f642" * 400, "\u202e\u05e9\u05dc\u05d5\u05dd", "?!",
    "a" * 1_000_000, "word " * 200_000, "the of and",
    "' OR 1=1 --", "<script>", "\n\t ", "OR AND NOT *", "%s%n{0}",
    "\u0645\u0631\u062d\u0628\u0627", "\u8bf7\u8f93\u5165",
]  # fmt: skip


@pytest.fixture(params=["vectors and words", "words only"])
def search(request: pytest.FixtureRequest, tmp_path: Path) -> Search:
    embedder = None if request.param == "words only" else open_embedder(ROOT / "models", "all-MiniLM-L6-v2")
    return open_search(tmp_path, embedder, "")


def ask(text: str, **more: str) -> HelpQuery:
    return HelpQuery(kind="question", text=text, **more)


def test_the_right_article_comes_first(search: Search) -> None:
    search.publish("w1", articles())
    for text, slug in [
        ("how do I write a tax id with country letters", "vat-numbers"),
        ("import says a column is missing", "import-rows"),
        ("recovery code when my phone is lost", "two-factor"),
    ]:
        hits = search.find("w1", ask(text), 3)
        assert hits[0].passage.slug == slug
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(0 <= hit.score <= 1 for hit in hits)


def test_at_most_one_hit_per_article_and_no_more_than_asked(search: Search) -> None:
    more = [passage("vat-numbers", f"Another tax id of country number {i}.") for i in range(5)]
    search.publish("w1", articles() + more)
    slugs = [hit.passage.slug for hit in search.find("w1", ask("tax id country"), 10)]
    assert len(slugs) == len(set(slugs)) <= len(TEXTS)
    assert len(search.find("w1", ask("tax id country invoice seats"), 1)) == 1


def test_a_workspace_sees_its_own_articles_only(search: Search) -> None:
    search.publish("w1", articles())
    search.publish("w2", [passage("other", "A tax id of somebody else.")])
    assert [hit.passage.slug for hit in search.find("w2", ask("tax id"), 9)] == ["other"]
    assert "other" not in {hit.passage.slug for hit in search.find("w1", ask("tax id"), 9)}
    assert search.find("w3", ask("tax id"), 9) == []


def test_what_is_no_longer_published_is_not_found(search: Search) -> None:
    search.publish("w1", articles())
    search.publish("w1", [p for p in articles() if p.slug != "vat-numbers"])
    assert "vat-numbers" not in {
        hit.passage.slug for hit in search.find("w1", ask("tax id country letters"), 9)
    }
    search.publish("w1", [])
    assert search.find("w1", ask("tax id"), 9) == []


def test_an_internal_article_is_never_found(search: Search) -> None:
    search.publish("w1", [*articles(), passage("secret", "The tax id of the staff.", visibility="internal")])
    for text in ("tax id of the staff", "secret", "The tax id of the staff."):
        assert "secret" not in {hit.passage.slug for hit in search.find("w1", ask(text), 99)}


def test_the_translation_in_the_readers_language_is_chosen(search: Search) -> None:
    german = passage(
        "vat-numbers", "Die Nummer beginnt mit dem Land (tax id).", lang="de", title="USt-Nummern"
    )
    search.publish("w1", [*articles(), german])

    def lang_of(lang: str) -> str:
        hits = search.find("w1", ask("tax id", lang=lang), 9)
        return next(hit.passage.lang for hit in hits if hit.passage.slug == "vat-numbers")

    assert (lang_of("de-AT"), lang_of("en"), lang_of("fr")[:1] != "") == ("de", "en", True)
    assert "roles" in {h.passage.slug for h in search.find("w1", ask("owner invite people", lang="de"), 9)}


def test_targets_count_for_a_page_and_not_for_a_question(search: Search) -> None:
    twins = [passage(slug, "Enter an amount with a point.", title="Amounts") for slug in ("a", "b")]
    twins[1] = passage(
        "b", "Enter an amount with a point.", title="Amounts", targets=at("/expenses/new", "Amount")
    )
    search.publish("w1", twins)

    def scores(query: HelpQuery) -> dict[str, float]:
        return {hit.passage.slug: hit.score for hit in search.find("w1", query, 2)}

    here = scores(
        HelpQuery(
            "context", "Enter an amount on the page of expenses", route="/expenses/new", element="amount"
        )
    )
    page = scores(
        HelpQuery("context", "Enter an amount on the page of expenses", route="/expenses/new", element="Date")
    )
    away = scores(
        HelpQuery(
            "context", "Enter an amount on the page of expenses", route="/invoices/new", element="Amount"
        )
    )
    assert here["b"] > page["b"] > page["a"] == away["a"] == away["b"]
    typed = scores(
        HelpQuery(
            "question", "Enter an amount on the page of expenses", route="/expenses/new", element="amount"
        )
    )
    assert typed["a"] == typed["b"]


def test_keywords_find_an_article_that_does_not_use_them(search: Search) -> None:
    search.publish(
        "w1",
        [
            *articles(),
            passage("zero", "Goods sold abroad bear no duty.", keywords=("innergemeinschaftlich",)),
        ],
    )
    assert search.find("w1", ask("innergemeinschaftlich"), 1)[0].passage.slug == "zero"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_odd_queries_are_answered(search: Search, text: str) -> None:
    search.publish("w1", articles())
    hits = search.find("w1", ask(text), 3)
    assert all(hit.score == hit.score for hit in hits)


def test_odd_articles_are_published(search: Search) -> None:
    odd = [passage(f"odd-{i}", text.encode("utf-8", "ignore").decode()) for i, text in enumerate(HOSTILE)]
    search.publish("w1", [*articles(), *odd])
    assert search.find("w1", ask("tax id with country letters"), 1)[0].passage.slug == "vat-numbers"


def test_reading_while_publishing(search: Search) -> None:
    """Every answer is of one publication or the other, from several threads."""
    search.publish("w1", articles())
    done = threading.Event()

    def read() -> set[str]:
        found: set[str] = set()
        while not done.is_set():
            hits = search.find("w1", ask("tax id with country letters"), 1)
            found.add(hits[0].passage.slug if hits else "nothing")
        return found

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for i in range(12):
            new = (passage(f"new-{i}-{j}", f"Words {i} {j}.") for j in range(i % 4))
            search.publish("w1", [*articles(), *new])
        done.set()
        assert [reader.result() for reader in readers] == [{"vat-numbers"}] * 2


def test_status(search: Search) -> None:
    search.publish("w1", articles())
    search.publish("w2", articles()[:2])
    assert (search.status("w1").passages, search.status("").passages, search.status("w9").passages) == (
        6,
        8,
        0,
    )
