"""Served vectors are the original's: against vectors made once, and the original where it is installed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from beforehand.adapters.embedding import open_embedder
from beforehand.adapters.embedding.sample import TEXTS
from tests.adapters.embedding.originals import original
from tests.conftest import ROOT

LEAST = 0.965
MEAN = 0.985
"""Cosine with the original. What 8-bit weights cost is .975 at worst and .990 on average on these texts (metrics.json);
another pooling, a lost token or a limit of 128 costs more on some text, as the test below shows."""
FOLDER = ROOT / "models" / "all-MiniLM-L6-v2"


def recorded() -> tuple[list[str], np.ndarray]:
    rows = json.loads((ROOT / "tests" / "data" / "reference_vectors.json").read_text())["vectors"]
    return [text for text, _ in rows], np.array([vector for _, vector in rows], dtype=np.float32)


def test_served_vectors_agree_with_those_recorded_from_the_original() -> None:
    texts, expected = recorded()
    assert len(texts) == 20
    cosines = np.sum(open_embedder(ROOT / "models", "all-MiniLM-L6-v2").embed(texts) * expected, axis=1)
    assert cosines.min() >= LEAST
    assert cosines.mean() >= MEAN


def test_the_recorded_vectors_are_the_originals() -> None:
    texts, expected = recorded()
    assert np.sum(original().embed(texts) * expected, axis=1).min() > 0.999


def test_served_vectors_agree_with_the_original() -> None:
    served = open_embedder(ROOT / "models", "all-MiniLM-L6-v2").embed(TEXTS)
    cosines = np.sum(served * original().embed(TEXTS), axis=1)
    assert cosines.min() >= LEAST
    assert cosines.mean() >= MEAN


def test_the_threshold_notices_another_text() -> None:
    """A wrong pooling or tokenizer moves a vector at least as far as losing half of the words does."""
    texts, expected = recorded()
    halves = [" ".join(text.split()[::2]) for text in texts if len(set(text.split())) > 5]
    whole = [vector for text, vector in zip(texts, expected, strict=True) if len(set(text.split())) > 5]
    cosines = np.sum(
        open_embedder(ROOT / "models", "all-MiniLM-L6-v2").embed(halves) * np.array(whole), axis=1
    )
    assert cosines.mean() < MEAN - 0.05


@pytest.mark.parametrize("folder", sorted(FOLDER.iterdir()), ids=lambda folder: folder.name)
def test_what_is_shipped_is_whole_small_and_described(folder: object) -> None:
    assert hasattr(folder, "iterdir")
    files = {path.name: path for path in folder.iterdir()}
    assert set(files) == {"model.onnx", "tokenizer.json", "metrics.json", "card.md", "LICENSE"}
    assert sum(path.stat().st_size for path in files.values()) <= 50_000_000
    facts = json.loads(files["metrics.json"].read_text())
    assert (
        facts["source_weights_sha256"] == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
    assert facts["agreement"]["mean_cosine"] >= MEAN
    assert facts["version"] == folder.name  # type: ignore[attr-defined]
    assert "apache-2.0" in files["LICENSE"].read_text()
