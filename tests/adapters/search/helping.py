"""Articles to search, and embedders that fail in known ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from beforehand.domain.article import Passage, Target
from beforehand.domain.errors import CorruptModel
from beforehand.ports.embedder import Embedder

TEXTS = {
    "vat-numbers": "A tax id begins with the two letters of the country, then digits without spaces.",
    "send-invoice": "Choose Send to mail the invoice as a PDF to the customer's address.",
    "import-rows": "Every row of the file needs a name; a column that is missing stops the import.",
    "two-factor": "Codes depend on the time of your phone. Lost it? Use a recovery code at log-in.",
    "roles": "Only an owner may invite people and change what they are allowed to do.",
    "plan-limits": "A plan has a number of seats; when none is free, upgrade or remove somebody.",
}


def passage(slug: str, text: str, *, lang: str = "en", title: str = "", **more: object) -> Passage:
    named = title or slug.replace("-", " ").capitalize()
    return Passage(id=f"{slug}/{lang}/{text}", slug=slug, lang=lang, title=named, path=(), text=text, **more)  # type: ignore[arg-type]


def articles() -> list[Passage]:
    return [passage(slug, text) for slug, text in TEXTS.items()]


def at(route: str, element: str = "") -> tuple[Target, ...]:
    return (Target(route, element),)


class Counting:
    """An embedder that remembers what it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.texts += texts
        return self._embedder.embed(texts)


class Failing(Counting):
    """Broken while `broken`; raises what a model raises whose output is no number, or something unforeseen."""

    broken = False
    error: Exception = CorruptModel("mini@1: the model answered with vectors that are none.")

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        if self.broken:
            raise self.error
        return super().embed(texts)
