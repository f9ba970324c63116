"""What every embedder must do: the one that is served, and the original behind the same port."""

from __future__ import annotations

import numpy as np
import pytest

from beforehand.adapters.embedding import open_embedder
from beforehand.ports.embedder import Embedder
from tests.adapters.embedding.originals import original
from tests.conftest import ROOT

HOSTILE = [
    "", " ", "\x00", "\ud800", "\U0001f642" * 300, "\u202e\u05e9\u05dc\u05d5\u05dd",
    "x" * 1_000_000, "word " * 100_000, "[CLS] [SEP] [PAD]",
]  # fmt: skip


@pytest.fixture(scope="module", params=["served", "original"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return original() if request.param == "original" else open_embedder(ROOT / "models", "all-MiniLM-L6-v2")


def test_unit_vectors_in_the_order_given(embedder: Embedder) -> None:
    texts = ["a long text about invoices and taxes " * 9, "short", "middle sized words"]
    together = embedder.embed(texts)
    assert together.shape == (3, embedder.dimensions)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)
    for text, vector in zip(texts, together, strict=True):
        assert embedder.embed([text])[0] @ vector > 0.999


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_near_in_meaning_is_near(embedder: Embedder) -> None:
    asked, near, far = embedder.embed(
        ["how do I get my money back", "Refunds are paid within a week.", "Choose a colour for the logo."]
    )
    assert asked @ near > asked @ far + 0.1


def test_what_lies_past_the_limit_is_not_read(embedder: Embedder) -> None:
    long = "invoice " * 254
    one, other, within = embedder.embed([long + "apple", long + "giraffe zebra", "giraffe " + long])
    assert one @ other > 0.9999
    assert one @ within < 0.999


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_odd_texts_have_a_direction(embedder: Embedder, text: str) -> None:
    (vector,) = embedder.embed([text])
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_a_name_that_tells_versions_apart(embedder: Embedder) -> None:
    assert embedder.name
    assert embedder.dimensions == 384
