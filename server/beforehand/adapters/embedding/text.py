"""What every embedder is given."""

from __future__ import annotations


def readable(text: str) -> str:
    """What a tokenizer takes: no NUL, no lone surrogates."""
    return text.replace("\x00", " ").encode("utf-8", "ignore").decode()
