"""A sentence-transformers model as exported by `beforehand models export`, served by ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from beforehand.adapters.embedding.text import readable
from beforehand.domain.errors import CorruptModel

THREADS = 1
"""The server shares its core; a query of ten words takes about a millisecond on one."""

SHORTEST = 1e-6
"""Length of a vector below which it has no direction; the graph gives unit vectors."""

onnxruntime.set_default_logger_severity(3)


class OnnxEmbedder:
    """folder: models/<name>/<version>. Every file's hash is checked before it is parsed. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Raises CorruptModel."""
        facts = _facts(folder)
        self.name = f"{facts['name']}@{facts['version']}"
        self.dimensions = int(facts["dimensions"])
        self._tokenizer = _tokenizer(folder, int(facts["max_tokens"]))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = THREADS
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise CorruptModel(
                f"{self.name}: the model could not be loaded ({type(error).__name__})."
            ) from error
        self._inputs = [item.name for item in self._session.get_inputs()]

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(len(texts), dimensions), unit length. Raises CorruptModel when the model answers nonsense.

        One text a run: 8-bit models scale their activations over the whole batch, so a text's vector would depend on
        its neighbours (by up to 0.02 in a cosine); on one core a batch is no quicker.
        """
        out = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            out[row] = self._run(text)
        return out

    def _run(self, text: str) -> npt.NDArray[np.float32]:
        encoded = self._tokenizer.encode(readable(text))
        feed = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoded.type_ids], dtype=np.int64),
        }
        answer = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        vector = np.asarray(answer, dtype=np.float32)
        if vector.shape != (1, self.dimensions) or not _is_direction(vector[0]):
            raise CorruptModel(f"{self.name}: the model answered with vectors that are none.")
        return np.asarray(vector[0] / np.linalg.norm(vector[0]), dtype=np.float32)


def _is_direction(vector: npt.NDArray[np.float32]) -> bool:
    """Finite and not of length nought: what can be brought to unit length."""
    return bool(np.isfinite(vector).all() and np.linalg.norm(vector) > SHORTEST)


def _facts(folder: Path) -> dict[str, str]:
    """metrics.json after every file it lists was found with the right hash."""
    try:
        facts = json.loads((folder / "metrics.json").read_bytes())
        files: dict[str, str] = facts["files"]
        for name, expected in files.items():
            if sha256(folder / name) != expected:
                raise CorruptModel(f"{folder.parent.name}: {name} is not the file that was exported.")
        if not {"model.onnx", "tokenizer.json"} <= files.keys():
            raise CorruptModel(f"{folder.parent.name}: metrics.json lists no model and tokenizer.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptModel(
            f"{folder.parent.name}: a file is missing or broken ({type(error).__name__})."
        ) from error
    return dict(facts)


def _tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """The file itself pads to 128 and cuts there; both are switched to what the original does."""
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise CorruptModel(f"{folder.parent.name}: the tokenizer could not be read.") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
