"""Text to vectors at run time: ONNX Runtime and a tokenizer, no torch."""

from __future__ import annotations

from pathlib import Path

from beforehand.domain.errors import Unavailable
from beforehand.ports.embedder import Embedder


def open_embedder(models: Path, name: str) -> Embedder:
    """name: models/<name>/, of which the version exported last is taken, or <name>/<version>. Raises Unavailable,
    CorruptModel."""
    cards = [models / name / "metrics.json", *(models / name).glob("*/metrics.json")]
    found = [card for card in cards if card.is_file()]
    versions = [card.parent for card in sorted(found, key=lambda card: (card.stat().st_mtime, card))]
    if not versions:
        raise Unavailable(f"The embedding model {name} is not in the models folder; search is by words only.")
    try:
        from beforehand.adapters.embedding.onnx import OnnxEmbedder
    except ImportError as error:
        raise Unavailable(f"{error.name} could not be loaded; search is by words only.") from None
    return OnnxEmbedder(versions[-1])
