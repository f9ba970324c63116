"""Any model of sentence-transformers that pools by mean or cls can be served; another is refused by name.

Small models with random weights are made here: what is tested is the way, not the words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra models (torch)")
pytest.importorskip("sentence_transformers", reason="the extra models (sentence-transformers)")

from beforehand.adapters.embedding.export import export_model
from beforehand.adapters.embedding.onnx import OnnxEmbedder
from beforehand.adapters.embedding.reference import ReferenceEmbedder
from beforehand.domain.errors import Configuration

LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
TEXTS = ["abc def", "a", "some longer words to read here and there"]


def network(folder: Path, kind: str) -> Path:
    import torch
    import transformers

    torch.manual_seed(0)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY))
    if kind == "bert":
        config: Any = transformers.BertConfig(
            vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
            intermediate_size=64, max_position_embeddings=64,
        )  # fmt: skip
        model: Any = transformers.BertModel(config)
    else:
        config = transformers.DistilBertConfig(
            vocab_size=len(VOCABULARY),
            dim=32,
            n_layers=2,
            n_heads=4,
            hidden_dim=64,
            max_position_embeddings=64,
        )
        model = transformers.DistilBertModel(config)
    place = folder / "network"
    model.save_pretrained(place)
    transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(
        place
    )
    return place


def made(folder: Path, kind: str = "bert", pooling: str = "mean", more: str = "") -> Path:
    from sentence_transformers import SentenceTransformer, models

    transformer = models.Transformer(str(network(folder, kind)), max_seq_length=64)
    modules: list[Any] = [transformer, models.Pooling(32, pooling_mode=pooling)]
    if more == "Dense":
        modules.append(models.Dense(32, 8))
    elif more == "Normalize":
        modules.append(models.Normalize())
    path = folder / "made"
    SentenceTransformer(modules=modules, device="cpu").save(str(path))
    return path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "pooling", "more"),
    [
        ("bert", "mean", "Normalize"),
        ("bert", "cls", ""),
        ("distilbert", "mean", ""),
        ("distilbert", "cls", "Normalize"),
    ],
)
def test_kinds_of_models(tmp_path: Path, kind: str, pooling: str, more: str) -> None:
    path = made(tmp_path, kind, pooling, more)
    folder = export_model(str(path), tmp_path / "out", "fp32")
    served, expected = OnnxEmbedder(folder).embed(TEXTS), ReferenceEmbedder(str(path)).embed(TEXTS)
    assert np.sum(served * expected, axis=1).min() > 0.9999
    facts = json.loads((folder / "metrics.json").read_text())
    assert (facts["pooling"], facts["dimensions"], facts["max_tokens"]) == (pooling, 32, 64)
    assert folder == tmp_path / "out" / "made" / facts["version"]
    assert {f.name for f in folder.iterdir()} == {
        "model.onnx",
        "tokenizer.json",
        "metrics.json",
        "card.md",
        "LICENSE",
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("pooling", "more", "said"),
    [("max", "", "pools by max"), ("mean", "Dense", "The model is Transformer, Pooling, Dense")],
)
def test_what_cannot_be_served_is_refused_and_leaves_nothing(
    tmp_path: Path, pooling: str, more: str, said: str
) -> None:
    path = made(tmp_path, "bert", pooling, more)
    with pytest.raises(Configuration, match=said) as caught:
        export_model(str(path), tmp_path / "out")
    assert "\n" not in caught.value.sentence
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore")
def test_a_model_that_is_nowhere_and_a_precision_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(Configuration, match="could not be loaded"):
        export_model(str(tmp_path / "nowhere"), tmp_path / "out")
    with pytest.raises(Configuration, match="precision: expected int8, fp16, fp32"):
        export_model("x", tmp_path / "out", "int4")
