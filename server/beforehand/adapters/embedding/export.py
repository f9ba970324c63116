"""A sentence-transformers model into the form that is served: ONNX, 8 bit where that loses nothing that counts.

Pooling and normalisation go into the graph. The result is a folder models/<name>/<version>/ with model.onnx,
tokenizer.json, card.md, LICENSE and metrics.json (hash of every file, agreement with the original).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from beforehand.adapters.embedding.onnx import OnnxEmbedder, sha256
from beforehand.adapters.embedding.reference import ReferenceEmbedder
from beforehand.adapters.embedding.sample import TEXTS
from beforehand.domain.errors import Configuration

OPSET = 17
"""ONNX operators of 2022: every ONNX Runtime of the last years has them."""
MIN_MEAN_COSINE = 0.98
"""Mean agreement of the 8-bit vectors with the original's on the sample texts below which they are not used; the
retrieval measurement (bench/retrieval.py) is what decided that 8 bit is good enough for the default model."""
POOLINGS = ("mean", "cls")


def export_model(name_or_path: str, out: Path, precision: str = "int8") -> Path:
    """Returns the folder written. precision: int8, fp16 or fp32. Raises Configuration for a model that is not a
    transformer with mean or cls pooling."""
    reference = ReferenceEmbedder(name_or_path)
    wrapper, pooling, max_tokens = _wrap(reference.model)
    name = Path(name_or_path).name
    with tempfile.TemporaryDirectory() as work:
        full = Path(work) / "full.onnx"
        _trace(wrapper, reference.model.tokenizer, full)
        version = f"{sha256(full)[:8]}-{precision}"
        folder = out / name / version
        folder.mkdir(parents=True, exist_ok=True)
        _reduce(full, folder / "model.onnx", precision)
    _tokenizer(reference.model.tokenizer, folder)
    facts: dict[str, Any] = {
        "name": name, "version": version, "precision": precision, "dimensions": reference.dimensions,
        "pooling": pooling, "max_tokens": max_tokens, "source_weights_sha256": _weights(name_or_path),
    }  # fmt: skip
    _describe(folder, facts, reference)
    return folder


def _wrap(model: Any) -> tuple[torch.nn.Module, str, int]:
    modules = [type(module).__name__ for module in model]
    if not modules or modules[0] != "Transformer" or "Pooling" not in modules:
        raise Configuration(
            f"The model consists of {', '.join(modules)}; expected a transformer with pooling."
        )
    if set(modules) - {"Transformer", "Pooling", "Normalize"}:
        raise Configuration(f"The model has a part that cannot be exported: {', '.join(modules)}.")
    pooling = model[modules.index("Pooling")]
    mode = (
        pooling.get_pooling_mode_str() if hasattr(pooling, "get_pooling_mode_str") else pooling.pooling_mode
    )
    if mode not in POOLINGS:
        raise Configuration(f"The model pools by {mode}; expected mean or cls.")
    network = getattr(model[0], "auto_model", None) or model[0].model
    network.set_attn_implementation("eager")
    return _Pooled(network, mode).eval(), mode, int(model.max_seq_length or 256)


class _Pooled(torch.nn.Module):
    def __init__(self, network: torch.nn.Module, mode: str) -> None:
        super().__init__()
        self.network, self.mode = network, mode

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        hidden = self.network(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        if self.mode == "cls":
            vectors = hidden[:, 0]
        else:
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            vectors = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(vectors, p=2, dim=1)


def _trace(wrapper: torch.nn.Module, tokenizer: Any, path: Path) -> None:
    sample = tokenizer(TEXTS[:2], padding=True, return_tensors="pt")
    mask = sample["attention_mask"]
    inputs = (sample["input_ids"], mask, sample.get("token_type_ids", torch.zeros_like(mask)))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "tokens"} for name in names} | {"embedding": {0: "batch"}}
    with torch.no_grad():
        torch.onnx.export(
            wrapper, inputs, str(path), input_names=names, output_names=["embedding"], opset_version=OPSET,
            dynamic_axes=axes, dynamo=False,
        )  # fmt: skip


def _reduce(full: Path, path: Path, precision: str) -> None:
    if precision == "int8":
        quantize_dynamic(str(full), str(path), weight_type=QuantType.QInt8, per_channel=True)
    elif precision == "fp16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        onnx.save(convert_float_to_float16(onnx.load(str(full)), keep_io_types=True), str(path))
    elif precision == "fp32":
        shutil.copyfile(full, path)
    else:
        raise Configuration("precision: expected int8, fp16 or fp32.")


def _tokenizer(tokenizer: Any, folder: Path) -> None:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise Configuration(
            "The model has no fast tokenizer; expected one that can be saved as tokenizer.json."
        )
    backend.save(str(folder / "tokenizer.json"))


def _weights(name_or_path: str) -> str:
    from beforehand.adapters.embedding.reference import resolve

    path = Path(resolve(name_or_path)) / "model.safetensors"
    return sha256(path) if path.exists() else ""


def _describe(folder: Path, facts: dict[str, Any], reference: ReferenceEmbedder) -> None:
    """Licence, hashes, then the agreement, which is measured on what will be served, and the card."""
    (folder / "LICENSE").write_text(LICENCE.format(**facts))
    facts["files"] = {name: sha256(folder / name) for name in ("model.onnx", "tokenizer.json")}
    metrics = folder / "metrics.json"
    metrics.write_text(json.dumps(facts, indent=1) + "\n")
    cosines = np.sum(OnnxEmbedder(folder).embed(TEXTS) * reference.embed(TEXTS), axis=1)
    facts["agreement"] = {
        "texts": len(TEXTS),
        "mean_cosine": round(float(cosines.mean()), 5),
        "min_cosine": round(float(cosines.min()), 5),
    }  # fmt: skip
    facts["bytes"] = (folder / "model.onnx").stat().st_size
    if facts["agreement"]["mean_cosine"] < MIN_MEAN_COSINE:
        raise Configuration(
            f"{facts['name']}: the {facts['precision']} model agrees only {facts['agreement']['mean_cosine']} with the "
            "original; export it as fp16."
        )
    metrics.write_text(json.dumps(facts, indent=1) + "\n")
    (folder / "card.md").write_text(CARD.format(**facts))


CARD = """# {name}, version {version}

Sentence embeddings of {dimensions} dimensions, {pooling} pooling, at most {max_tokens} tokens, unit length.
Exported from sentence-transformers by `beforehand models export`; {precision} weights, {bytes} bytes.

- Weights it was made from (sha256 of model.safetensors): {source_weights_sha256}
- Agreement with the original on {agreement[texts]} texts: mean cosine {agreement[mean_cosine]},
  least {agreement[min_cosine]}
- Intended use: finding the help passage that fits a question or a page. English above all; other languages are weak.
- Not for: judging people, or texts longer than the token limit (they are cut).
- Measured on retrieval: see bench/results/retrieval.json.
"""
LICENCE = """{name}

The weights are those of the model of this name published by the sentence-transformers project under the Apache
License, Version 2.0 (a copy stands in the LICENSE file of this project); they were converted and reduced to
{precision} by `beforehand models export`. For a model you exported yourself, the licence of its publisher applies.
"""
