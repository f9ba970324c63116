"""`retrieval`: does the right article come first, by vectors, by words, and by both as they are served.

Corpora: knowledge/ with its questions, and beside it public help centres where that data is at hand. Intervals are 95 %
bootstrap intervals over questions. Several articles may answer; the first of them counts. Speed: one short query, one
thread, beside sentence-transformers in the same process, in alternating runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from beforehand.adapters.embedding import open_embedder
from beforehand.ports.embedder import Embedder
from bench import _result
from bench._result import ROOT
from bench._retrieval import HELD_OUT, OWN, Corpus, Question, Remembered, corpora, query_of, summary

METHODS = (
    "lexical",
    "dense served",
    "dense fp32",
    "fused",
    "fused fp32",
    "fused without targets",
    "rank fusion",
)
SHARES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0)
SPEED_RUNS = 200
QUERY = "how do I change the number of the next invoice"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tune", action="store_true", help="try other shares, each corpus left out in turn")
    tune = parser.parse_args().tune
    served = open_embedder(ROOT / "models", "all-MiniLM-L6-v2")
    reference = None if tune else _reference()
    with tempfile.TemporaryDirectory() as work:
        fp32 = Remembered(reference, ROOT / ".tools" / "bench") if reference is not None else None
        found = [
            Corpus(*one, Remembered(served), fp32, Path(work))
            for one in corpora()
            if not (tune and one[0] == HELD_OUT)
        ]
        if tune:
            _leave_one_out(found)
        else:
            _report(found, served, reference)


def _report(found: list[Corpus], served: Embedder, reference: Embedder | None) -> None:
    rows = [row for corpus in found for row in _rows(corpus)]
    public = [corpus for corpus in found if corpus.name not in (OWN, HELD_OUT)]
    if public:
        rows += _pooled(public)
    figures = _figures(rows) | _speed(served, reference)
    notes = [f"Served: {served.name}."]
    if not public:
        notes.append(
            "The public help centres are not at hand here: only the product's own articles were measured."
        )
    if reference is None:
        notes.append("sentence-transformers is not installed: no fp32 figures, no speed-up.")
    notes += _verdicts(rows)
    _result.write("retrieval", figures, rows, notes)


def _rows(corpus: Corpus) -> list[dict[str, Any]]:
    out = []
    for method in corpus.methods(METHODS):
        ranks = corpus.ranks(method)
        for kind in ("all", "question", "context"):
            chosen = [ranks[q["id"]] for q in corpus.questions if kind in ("all", q["kind"])]
            out.append({"corpus": corpus.name, "method": method, "kind": kind, **summary(chosen)})
    return out


def _pooled(found: list[Corpus]) -> list[dict[str, Any]]:
    """All public help centres together."""
    out = []
    for method in found[0].methods(METHODS):
        for kind in ("all", "question", "context"):
            chosen = [
                corpus.ranks(method)[q["id"]]
                for corpus in found
                for q in corpus.questions
                if kind in ("all", q["kind"])
            ]
            out.append({"corpus": "docs-kb", "method": method, "kind": kind, **summary(chosen)})
    return out


def _pick(rows: list[dict[str, Any]], corpus: str, method: str, kind: str, measure: str) -> Any:
    wanted = (corpus, method, kind)
    return next((r[measure] for r in rows if (r["corpus"], r["method"], r["kind"]) == wanted), None)


def _figures(rows: list[dict[str, Any]]) -> dict[str, float | None]:
    keys = {
        "lexical_hit5": ("lexical", "all", "hit5"), "dense_fp32_hit5": ("dense fp32", "all", "hit5"),
        "served_hit5": ("dense served", "all", "hit5"), "fused_hit1": ("fused", "all", "hit1"),
        "fused_hit5": ("fused", "all", "hit5"), "fused_fp32_hit5": ("fused fp32", "all", "hit5"),
        "context_hit5": ("fused", "context", "hit5"),
    }  # fmt: skip
    return {key: _pick(rows, OWN, *where) for key, where in keys.items()}


def _verdicts(rows: list[dict[str, Any]]) -> list[str]:
    """What the figures say of the two questions that decide: is fusion worth it, is 8 bit good enough."""
    out = []
    for corpus in (OWN, HELD_OUT, "docs-kb"):
        for measure in ("hit1", "hit5"):
            fused = _pick(rows, corpus, "fused", "all", measure)
            parts = [_pick(rows, corpus, method, "all", measure) for method in ("lexical", "dense served")]
            if fused is not None:
                over = 100 * (fused - max(parts))
                out.append(f"{corpus}: fused {measure} is {over:+.1f} points from the better of its parts.")
    interval = _pick(rows, OWN, "fused fp32", "all", "hit5_interval")
    if interval is not None:
        fused = _pick(rows, OWN, "fused", "all", "hit5")
        inside = "inside" if interval[0] <= fused <= interval[1] else "OUTSIDE"
        out.append(f"Fused hit@5 as served {fused} lies {inside} the interval of fp32 {interval}.")
    return out


def _reference() -> Embedder | None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch

        from beforehand.adapters.embedding.reference import ReferenceEmbedder

        torch.set_num_threads(1)
        return ReferenceEmbedder("all-MiniLM-L6-v2")
    except (ImportError, OSError):
        return None


def _speed(served: Embedder, reference: Embedder | None) -> dict[str, float | None]:
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


def _leave_one_out(found: list[Corpus]) -> None:
    """For each corpus: the share that is best on the others, and what it gives here."""
    for kind in ("question", "context"):
        table = {
            corpus.name: {share: summary(_by_share(corpus, kind, share)) for share in SHARES}
            for corpus in found
        }
        for name, figures in table.items():
            others = [table[other] for other in table if other != name]
            best = max(SHARES, key=lambda s: sum(other[s]["mrr"] for other in others))
            shown = " ".join(f"{s:.2f}:{figures[s]['hit1']:.3f}/{figures[s]['hit5']:.3f}" for s in SHARES)
            print(
                f"{kind:<9} {name:<12} best elsewhere {best:.2f} gives {figures[best]['mrr']:.3f} | {shown}"
            )


def _by_share(corpus: Corpus, kind: str, share: float) -> list[int]:
    asked: list[Question] = [q for q in corpus.questions if q["kind"] == kind]
    search = corpus.search("served", {"question": share, "context": share})
    return [corpus.place(search.find(corpus.name, query_of(q), corpus.DEPTH), q) for q in asked]


if __name__ == "__main__":
    main()
