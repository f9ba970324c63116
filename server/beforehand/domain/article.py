"""Help content: articles, their passages, and what a search gives back."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Node = dict[str, Any]
"""One node of the answer tree: {"k": "p|h|ul|ol|li|b|i|code|pre|a|t|br", "t": text, "c": [children],
"href": only on a}. The widget builds it with createElement and textContent, nothing else."""


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in the product an article speaks of: route template and, if any, the control's label."""

    route: str
    element: str = ""


class Article(msgspec.Struct, frozen=True, omit_defaults=True):
    """A published text. body: Markdown. revision: hash of all that is shown."""

    slug: str
    title: str
    lang: str
    body: str
    revision: str
    summary: str = ""
    section: str = ""
    targets: tuple[Target, ...] = ()
    keywords: tuple[str, ...] = ()
    updated: str = ""
    visibility: Literal["public", "internal"] = "public"


class Passage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of an article under one heading: the unit that is searched and cited.

    id: hash of (slug, lang, path, text), so an unchanged piece keeps its vector. path: headings above
    it. text: plain words (what is embedded, with title and path). nodes: what is shown. keywords: words
    people use that the text does not. internal: indexed, never found for a visitor.
    """

    id: str
    slug: str
    lang: str
    title: str
    path: tuple[str, ...]
    text: str
    nodes: tuple[Node, ...] = ()
    targets: tuple[Target, ...] = ()
    keywords: tuple[str, ...] = ()
    visibility: Literal["public", "internal"] = "public"


class HelpQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to look for. kind weighs the two indexes. route and element let an article's targets count."""

    kind: Literal["question", "context"]
    text: str
    route: str = ""
    element: str = ""
    lang: str = ""


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A passage that may help. score: fused, 0..1; dense, lexical: its parts (None: not consulted)."""

    passage: Passage
    score: float
    dense: float | None = None
    lexical: float | None = None
