"""What a retrieval measurement is made of: corpora with questions, methods, ranks, intervals."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from beforehand import knowledge
from beforehand.adapters.search.fused import DENSE_SHARE, FusedSearch
from beforehand.domain.article import HelpQuery, Hit, Passage
from beforehand.domain.element import Element
from beforehand.knowledge.raw import raw_article
from beforehand.ports.embedder import Embedder
from bench._result import ROOT

SHARED = Path(os.environ.get("BEFOREHAND_SHARED", ROOT.parent / "shared"))
OWN = "tallybrook"
HELD_OUT = "tallybrook held out"
"""The same articles, asked by questions that were never looked at while articles or search were worked on."""
RESAMPLES = 2_000
LISTED = 100
RANK_K = 60
Question = dict[str, Any]


def corpora() -> list[tuple[str, list[Passage], list[Question]]]:
    """Name, passages and answerable questions: the demo product's two sets, then the public ones that are here."""
    folder = ROOT / "knowledge"
    report = knowledge.check(folder / "articles")
    found = [
        (OWN, report.passages, _questions(folder / "questions.jsonl")),
        (HELD_OUT, report.passages, _questions(folder / "questions-held-out.jsonl")),
    ]
    for path in sorted((SHARED / "data" / "docs-kb").glob("*/corpus.jsonl")):
        articles = [json.loads(line) for line in path.read_text().splitlines()]
        pieces = [
            p for a in articles for p in knowledge.passages(raw_article(a["id"], a["title"], a["text"]))
        ]
        found.append((path.parent.name, pieces, _questions(path.with_name("questions.jsonl"))))
    return found


def _questions(path: Path) -> list[Question]:
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [row for row in rows if row["answerable"]]


def query_of(question: Question) -> HelpQuery:
    """A typed question as it is; a page context as a nudge asks it. The product's own pages begin with their route."""
    if question["kind"] == "question":
        return HelpQuery(kind="question", text=question["text"])
    page = question["page"]
    route, title = ([*page.split(" ", 1), ""])[:2] if page.startswith("/") else ("", page)
    element = Element(fp="x", label=question["element"][:160]) if question["element"] else None
    return knowledge.context_query(route, title, element, question["error"], "dead_click")


class Remembered:
    """An embedder that embeds a text once; with a folder, once for all runs (keyed by embedder and text)."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._known: dict[str, npt.NDArray[np.float32]] = {}
        self._file = folder / f"{hashlib.sha256(self.name.encode()).hexdigest()[:16]}.npz" if folder else None
        if self._file is not None and self._file.exists():
            self._known = dict(np.load(self._file))

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._known.update(zip(new, self._embedder.embed(list(new.values())), strict=True))
        if len(new) > 1 and self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._file, **self._known)  # type: ignore[arg-type]
        return np.array([self._known[key] for key in keys], dtype=np.float32)


class Corpus:
    """One body of articles with its questions; ranks by every method, found through the search that is served."""

    DEPTH = 10

    def __init__(
        self, name: str, passages: list[Passage], questions: list[Question],
        served: Remembered, fp32: Remembered | None, work: Path,
    ) -> None:  # fmt: skip
        self.name, self.passages, self.questions = name, passages, questions
        self._embedders = {"served": served} | ({"fp32": fp32} if fp32 is not None else {})
        self._work = work
        self._ranks: dict[str, dict[str, int]] = {}
        self._halves: list[FusedSearch] = []
        for embedder in self._embedders.values():
            embedder.embed([query_of(q).text for q in questions])

    def methods(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if "fp32" not in name or "fp32" in self._embedders]

    def search(self, embedder: str, shares: Mapping[str, float]) -> FusedSearch:
        found = FusedSearch(self._work, self._embedders.get(embedder), "measured without vectors", shares)
        found.publish(self.name, self.passages)
        return found

    def ranks(self, method: str) -> dict[str, int]:
        """Question -> place of the first right article, 0 if none within DEPTH."""
        if method == "rank fusion":
            return {q["id"]: self.place(self._rank_fusion(q), q) for q in self.questions}
        if method not in self._ranks:
            embedder = "fp32" if "fp32" in method else "served" if method != "lexical" else ""
            dense_only = {"question": 1.0, "context": 1.0}
            search = self.search(embedder, dense_only if method.startswith("dense") else DENSE_SHARE)
            bare = not method.startswith("fused") or method.endswith("without targets")
            found = {
                q["id"]: search.find(self.name, self._query(q, bare), self.DEPTH) for q in self.questions
            }
            self._ranks[method] = {q["id"]: self.place(found[q["id"]], q) for q in self.questions}
        return self._ranks[method]

    def _rank_fusion(self, question: Question) -> list[Hit]:
        """The plain way, to compare with: 1 / (60 + place) from each half (Cormack, Clarke and Buettcher 2009)."""
        query, score, hits = (
            self._query(question, bare=True),
            defaultdict[str, float](float),
            dict[str, Hit](),
        )
        if not self._halves:
            self._halves = [
                self.search("", DENSE_SHARE),
                self.search("served", {"question": 1.0, "context": 1.0}),
            ]
        for half in self._halves:
            for place, hit in enumerate(half.find(self.name, query, LISTED), 1):
                score[hit.passage.slug] += 1 / (RANK_K + place)
                hits[hit.passage.slug] = hit
        return [hits[slug] for slug in sorted(score, key=lambda s: -score[s])[: self.DEPTH]]

    def _query(self, question: Question, bare: bool) -> HelpQuery:
        """bare: without the route, so that a part is measured without the help of the articles' targets."""
        query = query_of(question)
        return HelpQuery(kind=query.kind, text=query.text) if bare else query

    def place(self, hits: list[Hit], question: Question) -> int:
        for place, hit in enumerate(hits, 1):
            if hit.passage.slug in question["answers"]:
                return place
        return 0


def summary(ranks: list[int]) -> dict[str, Any]:
    """hit@1, hit@5 and MRR@10 with 95 % bootstrap intervals."""
    array = np.array(ranks)
    measures = {
        "hit1": (array == 1).astype(float),
        "hit5": ((array >= 1) & (array <= 5)).astype(float),
        "mrr": np.where(array > 0, 1 / np.maximum(array, 1), 0.0),
    }
    picks = np.random.default_rng(0).integers(0, len(array), (RESAMPLES, len(array)))
    out: dict[str, Any] = {"n": len(array)}
    for name, values in measures.items():
        low, high = np.percentile(values[picks].mean(axis=1), (2.5, 97.5))
        out[name] = round(float(values.mean()), 4)
        out[f"{name}_interval"] = [round(float(low), 3), round(float(high), 3)]
    return out
