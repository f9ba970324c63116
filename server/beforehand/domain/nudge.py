"""What a user is shown before they ask."""

from __future__ import annotations

from typing import Literal

import msgspec

from beforehand.domain.article import Node
from beforehand.domain.element import Element

Surface = Literal["tooltip"]


class Citation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the words come from; href is relative to the service (the help centre's page)."""

    slug: str
    title: str
    lang: str = "en"
    passage: str = ""
    href: str = ""


class NudgeContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """title: the problem in the page's own words; nodes: one to three steps; why: sentences for 'Why this?'."""

    title: str
    nodes: tuple[Node, ...]
    source: Citation
    why: tuple[str, ...] = ()
    lang: str = "en"
    dir: Literal["ltr", "rtl", "auto"] = "auto"


class Nudge(msgspec.Struct, frozen=True, omit_defaults=True):
    """decision: id of the stored decision. tape: the document it belongs to. ttl_ms: after that, too late to show."""

    decision: str
    surface: Surface
    tape: str
    route: str
    content: NudgeContent
    anchor: Element | None = None
    ttl_ms: int = 10_000
