"""A sentence-transformers model into the form that is served: ONNX, 8 bit where that loses nothing that counts.

Pooling and normalisation go into the graph. The result is a folder models/<name>/<version>/ with model.onnx,
tokenizer.json, card.md, LICENSE and metrics.json (hash of every file, agreement with the original).
"""

from __future__ import annotations

import inspect
import json
import re
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from beforehand.adapters.embedding.onnx import OnnxEmbedder, sha256
from beforehand.adapters.embedding.reference import ReferenceEmbedder, resolve
from beforehand.adapters.embedding.sample import TEXTS
from beforehand.domain.errors import Configuration

OPSET = 17
"""ONNX operators of 2022: every ONNX Runtime of the last years has them."""
MIN_MEAN_COSINE = 0.98
"""Mean agreement of the 8-bit vectors with the original's on the sample texts below which they are not used; the
retrieval measurement (bench/retrieval.py) is what decided that 8 bit is good enough for the default model."""
POOLINGS = ("mean", "cls")
PRECISIONS = ("int8", "fp16", "fp32")
DEFAULT_TOKENS = 256
"""Read of a text where the model names no limit."""


def export_model(name_or_path: str, out: Path, precision: str = "int8") -> Path:
    """Returns the folder written, out/<name>/<version>. precision: int8, fp16 or fp32. Raises Configuration for a
    model that cannot be found or is not a transformer with mean or cls pooling; nothing is written then."""
    if precision not in PRECISIONS:
        raise Configuration(f"precision: expected {', '.join(PRECISIONS)}.")
    reference = _reference(name_or_path)
    wrapper, pooling, max_tokens = _wrap(reference.model)
    name = Path(name_or_path).name
    with tempfile.TemporaryDirectory() as work:
        full, folder = Path(work) / "full.onnx", Path(work) / name
        folder.mkdir()
        _trace(wrapper, reference.model.tokenizer, full)
        version = f"{sha256(full)[:8]}-{precision}"
        _reduce(full, folder / "model.onnx", precision)
        _tokenizer(reference.model.tokenizer, folder)
        facts: dict[str, Any] = {
            "name": name, "version": version, "precision": precision, "dimensions": reference.dimensions,
            "pooling": pooling, "max_tokens": max_tokens, **_source(name_or_path),
        }  # fmt: skip
        _describe(folder, facts, reference)
        return _place(folder, out / name / version)


def _reference(name_or_path: str) -> ReferenceEmbedder:
    try:
        return ReferenceEmbedder(name_or_path)
    except (OSError, ValueError) as error:
        raise Configuration(
            f"The model {name_or_path} could not be loaded ({type(error).__name__}); expected the folder or the name "
            "of a sentence-transformers model that is on this machine."
        ) from None


def _place(made: Path, folder: Path) -> Path:
    """Whole or not at all: a half-written version would be served at the next start."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder)
    return folder


def _wrap(model: Any) -> tuple[torch.nn.Module, str, int]:
    modules = [type(module).__name__ for module in model]
    if set(modules) - {"Transformer", "Pooling", "Normalize"} or modules[:2] != ["Transformer", "Pooling"]:
        raise Configuration(
            f"The model is {', '.join(modules)}; expected Transformer, Pooling and maybe Normalize."
        )
    if getattr(model, "default_prompt_name", None):
        raise Configuration(
            "The model puts a prompt before every text; expected one without a default prompt."
        )
    mode = _pooling(model[1])
    if mode not in POOLINGS:
        raise Configuration(f"The model pools by {mode}; expected mean or cls.")
    network = getattr(model[0], "auto_model", None) or model[0].model
    network.set_attn_implementation("eager")
    return _Pooled(network, mode).eval(), mode, int(model.max_seq_length or DEFAULT_TOKENS)


def _pooling(module: Any) -> str:
    named = getattr(module, "get_pooling_mode_str", None)
    return str(named() if named is not None else module.pooling_mode)


class _Pooled(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, network: torch.nn.Module, mode: str) -> None:
        super().__init__()
        self.network, self.mode = network, mode
        self.typed = "token_type_ids" in inspect.signature(network.forward).parameters

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        """token_type_ids are left out for networks that know none (MPNet, DistilBERT)."""
        types = {"token_type_ids": token_type_ids} if self.typed else {}
        hidden = self.network(input_ids=input_ids, attention_mask=attention_mask, **types).last_hidden_state
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
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer, about cases that the agreement below would show
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
    else:
        shutil.copyfile(full, path)


def _tokenizer(tokenizer: Any, folder: Path) -> None:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise Configuration(
            "The model has no fast tokenizer; expected one that can be saved as tokenizer.json."
        )
    backend.save(str(folder / "tokenizer.json"))


def _source(name_or_path: str) -> dict[str, str]:
    """What the model's own folder says of its weights and licence; '' where it says nothing."""
    folder = Path(resolve(name_or_path))
    weights, readme = folder / "model.safetensors", folder / "README.md"
    said = re.search(r"^license: *(\S+)", readme.read_text(), re.MULTILINE) if readme.exists() else None
    return {
        "source_weights_sha256": sha256(weights) if weights.exists() else "",
        "source_licence": said.group(1) if said else "",
    }


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

The weights are those published under this name, under the licence that their publisher states: {source_licence}.
They were converted and reduced to {precision} by `beforehand models export`; nothing else was changed.
The text of the Apache License, Version 2.0 (apache-2.0) stands in the LICENSE file of this project.
"""
