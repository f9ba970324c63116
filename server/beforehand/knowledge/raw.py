"""Documentation sources as they are found (MDX, reStructuredText, stray front matter) into plain Markdown."""

from __future__ import annotations

import re
from typing import Final

from beforehand.domain.article import Article

_FRONT: Final = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_IMPORT: Final = re.compile(r"^(?:import|export) .*$", re.MULTILINE)
_JSON_LD: Final = re.compile(r"<(script|style)\b.*?</\1>|\{\{.*?\}\}", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_DIRECTIVE: Final = re.compile(
    r"^\.\. (?:figure|image|include|toctree|_)[^\n]*(?:\n[ \t]+:[^\n]*)*", re.MULTILINE
)
_NOTE: Final = re.compile(r"^\.\. (\w+)::[ \t]*", re.MULTILINE)
_ROLE: Final = re.compile(r":(?:\w+:)?\w+:`([^`<]+)(?:<[^`>]*>)?`")
_UNDERLINED: Final = re.compile(
    r"^(?:([=\-~^\"*#+])\1{2,}\n)?(\S[^\n]{0,120})\n([=\-~^\"*#+])\3{2,}[ \t]*$", re.MULTILINE
)
_LEVELS: Final = '=-~^"*#+'


def raw_article(slug: str, title: str, text: str, lang: str = "en") -> Article:
    """Never fails: what is not understood stays as words."""
    title = title.lstrip("﻿").strip() or slug
    return Article(slug=slug, title=title, lang=lang, body=clean(text), revision="")


def clean(text: str) -> str:
    text = text.lstrip("﻿").replace("\r\n", "\n").replace("\x00", " ")
    text = _FRONT.sub("", text)
    text = _JSON_LD.sub(" ", text)
    text = _IMPORT.sub("", text)
    text = _DIRECTIVE.sub("", text)
    text = _NOTE.sub(r"\1: ", text)
    text = _ROLE.sub(r"\1", text)
    text = _UNDERLINED.sub(_heading, text)
    return _TAG.sub(" ", text)


def _heading(match: re.Match[str]) -> str:
    level = min(_LEVELS.index(match.group(3)) + 1, 6)
    return f"{'#' * level} {match.group(2)}"
