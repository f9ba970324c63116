"""`retrieval`: does the right article come first, by vectors, by words, and by both.

Corpora: knowledge/ with its questions, and beside it public help centres where that data is at hand. Intervals are 95 %
bootstrap intervals over questions. Several articles may answer; the first of them counts. Speed: one short query, one
thread, beside sentence-transformers in the same process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from beforehand import knowledge
from beforehand.adapters.embedding import open_embedder
from beforehand.adapters.search.fused import DENSE_SHARE, _bonus, _Index
from beforehand.adapters.search.vectors import number, text_of
from beforehand.adapters.search.words import WordIndex
from beforehand.domain.article import HelpQuery, Passage
from beforehand.domain.element import Element
from beforehand.knowledge.raw import raw_article
from beforehand.ports.embedder import Embedder
from bench import _result
from bench._result import ROOT

SHARED = Path(os.environ.get("BEFOREHAND_SHARED", ROOT.parent / "shared"))
DEPTH = 10
RESAMPLES = 2_000
SPEED_RUNS = 200
QUERY = "how do I change the number of the next invoice"
Scores = npt.NDArray[np.float32]
Question = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tune", action="store_true", help="print hit@1 and hit@5 for other shares of the vectors"
    )
    tune = parser.parse_args().tune
    served = open_embedder(ROOT / "models", "all-MiniLM-L6-v2")
    reference = _reference()
    corpora = _corpora()
    rows: list[dict[str, Any]] = []
    for name, passages, questions in corpora:
        corpus = Corpus(passages, served, reference)
        if tune:
            corpus.tune(name, questions)
            continue
        rows += corpus.rows(name, questions)
    if tune:
        return
    figures = _figures(rows)
    figures |= _speed(served, reference)
    notes = (
        []
        if any(row["corpus"] != "tallybrook" for row in rows)
        else ["The public help centres are not at hand here."]
    )
    if reference is None:
        notes.append("sentence-transformers is not installed: no fp32 figures.")
    _result.write("retrieval", figures, rows, notes)


def _reference() -> Embedder | None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch

        from beforehand.adapters.embedding.reference import ReferenceEmbedder

        torch.set_num_threads(1)
        return ReferenceEmbedder("all-MiniLM-L6-v2")
    except (ImportError, OSError):
        return None


def _corpora() -> list[tuple[str, list[Passage], list[Question]]]:
    folder = ROOT / "knowledge"
    report = knowledge.check(folder / "articles")
    found = [("tallybrook", report.passages, _questions(folder / "questions.jsonl"))]
    for path in sorted((SHARED / "data" / "docs-kb").glob("*/corpus.jsonl")):
        articles = [json.loads(line) for line in path.read_text().splitlines()]
        passages = [
            p for a in articles for p in knowledge.passages(raw_article(a["id"], a["title"], a["text"]))
        ]
        found.append((path.parent.name, passages, _questions(path.with_name("questions.jsonl"))))
    return found


def _questions(path: Path) -> list[Question]:
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [row for row in rows if row["answerable"]]


def query_of(question: Question) -> HelpQuery:
    """A typed question as it is; a page context as the widget's nudge asks it."""
    if question["kind"] == "question":
        return HelpQuery(kind="question", text=question["text"])
    route, _, title = question["page"].partition(" ")
    element = Element(fp="x", label=question["element"][:160]) if question["element"] else None
    return knowledge.context_query(route, title, element, question["error"], "dead_click")


class Corpus:
    """Scores of every passage for every query, by each method."""

    def __init__(self, passages: list[Passage], served: Embedder, reference: Embedder | None) -> None:
        self.passages = passages
        self._words = WordIndex(passages)
        texts = [text_of(passage) for passage in passages]
        self._embedders = {"served": served} | ({"fp32": reference} if reference is not None else {})
        self._vectors = {name: embedder.embed(texts) for name, embedder in self._embedders.items()}
        rows = {number(passage): row for row, passage in enumerate(passages)}
        self._index = _Index(passages, rows, self._words, None)

    def dense(self, query: HelpQuery, name: str) -> Scores:
        return np.asarray(
            np.clip(self._vectors[name] @ self._embedders[name].embed([query.text])[0], 0, 1),
            dtype=np.float32,
        )

    def lexical(self, query: HelpQuery) -> Scores:
        return self._words.scores(query.text, query.lang or "en")

    def fused(self, query: HelpQuery, share: float | None = None, name: str = "served") -> Scores:
        weight = DENSE_SHARE[query.kind] if share is None else share
        scores = weight * self.dense(query, name) + (1 - weight) * self.lexical(query)
        if query.kind == "context" and query.route:
            scores = scores + np.array(
                [_bonus(passage, query) for passage in self.passages], dtype=np.float32
            )
        return np.asarray(scores, dtype=np.float32)

    def rank(self, scores: Scores, question: Question) -> int:
        """Place of the first right article, 0 if none within DEPTH."""
        seen: list[str] = []
        for row in np.argsort(-scores, kind="stable"):
            slug = self.passages[row].slug
            if slug not in seen:
                seen.append(slug)
                if slug in question["answers"]:
                    return len(seen)
                if len(seen) >= DEPTH:
                    return 0
        return 0

    def rows(self, name: str, questions: list[Question]) -> list[dict[str, Any]]:
        methods: dict[str, Callable[[HelpQuery], Scores]] = {
            "lexical": self.lexical,
            "dense served": lambda q: self.dense(q, "served"),
            "fused": self.fused,
        }
        if "fp32" in self._embedders:
            methods["dense fp32"] = lambda q: self.dense(q, "fp32")
            methods["fused fp32"] = lambda q: self.fused(q, name="fp32")
        out = []
        for method, score in methods.items():
            ranks = {q["id"]: self.rank(score(query_of(q)), q) for q in questions}
            for kind in ("all", "question", "context"):
                chosen = [ranks[q["id"]] for q in questions if kind in ("all", q["kind"])]
                out.append({"corpus": name, "method": method, "kind": kind, **summary(chosen)})
        return out

    def tune(self, name: str, questions: list[Question]) -> None:
        for kind in ("question", "context"):
            chosen = [q for q in questions if q["kind"] == kind]
            for share in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0):
                ranks = [self.rank(self.fused(query_of(q), share), q) for q in chosen]
                figures = summary(ranks)
                shown = " ".join(f"{key} {figures[key]:.3f}" for key in ("hit1", "hit5", "mrr"))
                print(f"{name:<12} {kind:<9} {share:.2f} {shown}")


def summary(ranks: list[int]) -> dict[str, Any]:
    """hit@1, hit@5 and MRR@10 with 95 % bootstrap intervals."""
    array = np.array(ranks)
    measures = {
        "hit1": (array == 1).astype(float),
        "hit5": ((array >= 1) & (array <= 5)).astype(float),
        "mrr": np.where(array > 0, 1 / np.maximum(array, 1), 0.0),
    }
    random = np.random.default_rng(0)
    picks = random.integers(0, len(array), (RESAMPLES, len(array)))
    out: dict[str, Any] = {"n": len(array)}
    for name, values in measures.items():
        low, high = np.percentile(values[picks].mean(axis=1), (2.5, 97.5))
        out[name] = round(float(values.mean()), 4)
        out[f"{name}_interval"] = [round(float(low), 3), round(float(high), 3)]
    return out


def _figures(rows: list[dict[str, Any]]) -> dict[str, float | None]:
    def pick(method: str, kind: str, measure: str) -> float | None:
        return next(
            (
                r[measure]
                for r in rows
                if (r["corpus"], r["method"], r["kind"]) == ("tallybrook", method, kind)
            ),
            None,
        )

    return {
        "lexical_hit5": pick("lexical", "all", "hit5"),
        "dense_fp32_hit5": pick("dense fp32", "all", "hit5"),
        "served_hit5": pick("dense served", "all", "hit5"),
        "fused_hit1": pick("fused", "all", "hit1"),
        "fused_hit5": pick("fused", "all", "hit5"),
        "fused_fp32_hit5": pick("fused fp32", "all", "hit5"),
        "context_hit5": pick("fused", "context", "hit5"),
    }


def _speed(served: Embedder, reference: Embedder | None) -> dict[str, float | None]:
    """Alternating runs of one short query."""
    times: dict[str, list[float]] = {"served": [], "reference": []}
    for _ in range(SPEED_RUNS):
        for name, embedder in (("served", served), ("reference", reference)):
            if embedder is not None:
                began = time.perf_counter()
                embedder.embed([QUERY])
                times[name].append((time.perf_counter() - began) * 1000)
    ours = statistics.median(times["served"])
    speedup = round(statistics.median(times["reference"]) / ours, 2) if times["reference"] else None
    return {"embed_ms_p50": round(ours, 3), "embed_speedup": speedup}


if __name__ == "__main__":
    main()
