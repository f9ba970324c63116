"""Vectors and words together: what is embedded when, and what happens when the vectors fail."""

from __future__ import annotations

from pathlib import Path

import faiss
import pytest

from beforehand.adapters.search import open_search
from beforehand.adapters.search.fused import FusedSearch
from beforehand.domain.article import HelpQuery, Hit
from beforehand.ports.embedder import Embedder
from tests.adapters.search.helping import Counting, Failing, articles, passage

QUERY = HelpQuery("question", "how do I write a tax id with country letters")


def test_only_what_is_new_is_embedded(tmp_path: Path, embedder: Embedder) -> None:
    counting = Counting(embedder)
    search = open_search(tmp_path, counting)
    assert search.publish("w1", articles()) == 6
    assert search.publish("w1", articles()) == 0
    changed = [*articles()[1:], passage("vat-numbers", "Changed words.")]
    assert search.publish("w1", changed) == 1
    assert counting.texts[6:] == ["Vat numbers. Changed words."]


def test_step_by_step_gives_the_same_as_at_once(tmp_path: Path, embedder: Embedder) -> None:
    step_by_step, at_once = open_search(tmp_path / "a", embedder), open_search(tmp_path / "b", embedder)
    final = [*articles()[2:], passage("extra", "Seats and plans, and a tax id.")]
    step_by_step.publish("w1", articles()[:4])
    step_by_step.publish("w1", [*articles(), passage("gone", "Will go.")])
    step_by_step.publish("w1", final)
    at_once.publish("w1", final)
    for text in ("tax id", "seats", "phone lost", "nothing of the kind"):
        for kind in ("question", "context"):
            query = HelpQuery(kind, text)
            one, other = step_by_step.find("w1", query, 9), at_once.find("w1", query, 9)
            assert [h.passage.slug for h in one] == [h.passage.slug for h in other]
            assert [h.score for h in one] == pytest.approx([h.score for h in other], abs=1e-4)


def test_a_new_start_loads_and_embeds_nothing(tmp_path: Path, embedder: Embedder) -> None:
    before = open_search(tmp_path, embedder)
    before.publish("w1", articles())
    counting = Counting(embedder)
    after = open_search(tmp_path, counting)
    assert after.publish("w1", articles()) == 0
    assert counting.texts == []
    assert after.find("w1", QUERY, 9) == before.find("w1", QUERY, 9)


def test_the_vectors_of_what_is_gone_are_gone(tmp_path: Path, embedder: Embedder) -> None:
    search = open_search(tmp_path, embedder)
    search.publish("w1", articles())
    search.publish("w1", articles()[:2])
    (file,) = tmp_path.glob("w1/*.faiss")
    assert faiss.read_index(str(file)).ntotal == 2


def damage_index(folder: Path) -> None:
    (file,) = folder.glob("w1/*.faiss")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def cut_index(folder: Path) -> None:
    (file,) = folder.glob("w1/*.faiss")
    file.write_bytes(file.read_bytes()[:100])


def lose_card(folder: Path) -> None:
    (file,) = folder.glob("w1/*.json")
    file.unlink()


def empty_card(folder: Path) -> None:
    (file,) = folder.glob("w1/*.json")
    file.write_text("[]")


@pytest.mark.parametrize("harm", [damage_index, cut_index, lose_card, empty_card])
def test_a_harmed_cache_is_filled_anew_and_said(
    tmp_path: Path, embedder: Embedder, harm: object, capsys: pytest.CaptureFixture[str]
) -> None:
    open_search(tmp_path, embedder).publish("w1", articles())
    harm(tmp_path)  # type: ignore[operator]
    search = open_search(tmp_path, embedder)
    assert search.publish("w1", articles()) == 6
    assert "index_refilled" in capsys.readouterr().out
    assert search.find("w1", QUERY, 1)[0].passage.slug == "vat-numbers"


def test_vectors_of_another_embedder_are_not_used(tmp_path: Path, embedder: Embedder) -> None:
    open_search(tmp_path, embedder).publish("w1", articles())
    other = Counting(embedder)
    other.name = "another@1"
    assert open_search(tmp_path, other).publish("w1", articles()) == 6


def test_a_disk_that_refuses_costs_no_search(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "w1").write_text("a file where the folder should be")
    search = open_search(tmp_path, embedder)
    search.publish("w1", articles())
    assert search.status("w1").degraded == ""
    assert search.find("w1", QUERY, 1)[0].dense is not None


@pytest.mark.parametrize("error", [Failing.error, RuntimeError("unforeseen"), MemoryError()])
def test_a_failing_model_leaves_the_words_and_says_so(
    tmp_path: Path, embedder: Embedder, error: Exception
) -> None:
    failing = Failing(embedder)
    search = open_search(tmp_path, failing)
    search.publish("w1", articles())
    whole = search.find("w1", QUERY, 3)
    assert whole[0].dense is not None
    failing.broken, failing.error = True, error
    hits = search.find("w1", QUERY, 3)
    assert hits[0].passage.slug == "vat-numbers"
    assert hits[0].dense is None
    status = search.status("w1")
    assert status.embedder == ""
    assert status.degraded.startswith("The vector search failed (")
    assert status.degraded.endswith("search is by words only.")
    failing.broken = False
    assert search.find("w1", QUERY, 3) == whole
    assert search.status("w1").degraded == ""


def test_a_model_that_fails_while_publishing(tmp_path: Path, embedder: Embedder) -> None:
    failing = Failing(embedder)
    failing.broken = True
    search = open_search(tmp_path, failing)
    assert search.publish("w1", articles()) == 0
    assert search.find("w1", QUERY, 1)[0].passage.slug == "vat-numbers"
    assert "words only" in search.status("w1").degraded
    failing.broken = False
    assert search.publish("w1", articles()) == 6
    assert search.status("w1").degraded == ""


def test_without_an_embedder_the_status_says_why(tmp_path: Path) -> None:
    assert open_search(tmp_path, None, "It was switched off.").status("").degraded == "It was switched off."
    assert open_search(tmp_path, None).status("").degraded


def test_the_share_of_the_vectors_depends_on_the_kind(tmp_path: Path, embedder: Embedder) -> None:
    search = FusedSearch(tmp_path, embedder, "", {"question": 1.0, "context": 0.0})
    search.publish("w1", articles())

    def best(kind: str) -> Hit:
        return search.find("w1", HelpQuery(kind, QUERY.text), 1)[0]  # type: ignore[arg-type]

    assert best("question").score == best("question").dense
    assert best("context").score == best("context").lexical


def test_a_passage_far_from_the_nearest_still_has_its_cosine(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beforehand.adapters.search.vectors.NEAREST", 1)
    search = open_search(tmp_path, embedder)
    search.publish("w1", articles())
    hits = search.find("w1", HelpQuery("question", "tax id, seats, phone, import"), 9)
    assert len([hit for hit in hits if hit.dense]) >= 4
