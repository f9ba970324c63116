"""Text to vectors at run time: ONNX Runtime and a tokenizer, no torch."""

from __future__ import annotations

from pathlib import Path

from beforehand.domain.errors import Unavailable
from beforehand.ports.embedder import Embedder


def open_embedder(models: Path, name: str) -> Embedder:
    """The newest version of models/<name>/. Raises Unavailable, CorruptModel."""
    versions = sorted(path.parent for path in (models / name).glob("*/metrics.json"))
    if not versions:
        raise Unavailable(f"The embedding model {name} is not in the models folder; search is by words only.")
    try:
        from beforehand.adapters.embedding.onnx import OnnxEmbedder
    except ImportError as error:
        raise Unavailable(f"{error.name} could not be loaded; search is by words only.") from None
    return OnnxEmbedder(versions[-1])
