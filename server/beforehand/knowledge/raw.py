"""Documentation sources as they are found (MDX, reStructuredText, stray front matter) into plain Markdown."""

from __future__ import annotations

import re
from typing import Final

from beforehand.domain.article import Article

_FRONT: Final = re.compile(r"\A\s*---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
_FENCE: Final = re.compile(r"^([ \t]*)(```|~~~).*?(?:^[ \t]*\2[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
"""A block of code: left as it is."""
_LEVELS: Final = '=-~^"*#+'
_STEPS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.MULTILINE | re.DOTALL | re.IGNORECASE), by)
    for pattern, by in (
        (r"<(script|style)\b.*?</\1>", " "),
        (r"\{\s*`[^`]*`\s*\}|\{\{.*?\}\}", " "),  # JSX expressions: structured data, style objects
        (
            r"^(?:import\s[^\n]*\sfrom\s[^\n]*|import\s+['\"][^\n]*|export\s(?:default|const|function)\b[^\n]*)$",
            "",
        ),
        (r"^[ \t]*:::[ \t]*\w*(?:\[([^\]\n]*)\])?[^\n]*$", r"\1"),  # Docusaurus admonitions
        (
            r"^[ \t]*\.\. (?:\|[^|\n]+\| )?(?:figure|image|include|toctree|raw|container|tabs|only|meta|index)::[^\n]*"
            r"(?:\n[ \t]+:[\w-]+:[^\n]*)*",
            "",
        ),
        (r"^[ \t]*\.\. _[^\n]*:[^\n]*$", ""),
        (r"^[ \t]*\.\. ([\w-]+)::[ \t]*([^\n]*)(?:\n[ \t]+:[\w-]+:[^\n]*)*", r"\1: \2"),
        (r":(?:[\w-]+:)?[\w-]+:`([^`<]+?)\s*(?:<[^`>]*>)?`", r"\1"),
        (r"^[ \t]*\+(?:[-=]+\+)+[ \t]*$", ""),  # rules of grid tables
        (r"</?[A-Za-z][^<>]{0,500}>", " "),
    )
)
_UNDERLINED: Final = re.compile(
    r"^(?:([=\-~^\"*#+])\1{2,}\n)?(\S[^\n]{0,120})\n([=\-~^\"*#+])\3{2,}[ \t]*$", re.MULTILINE
)


def raw_article(slug: str, title: str, text: str, lang: str = "en") -> Article:
    """Never fails: what is not understood stays as words."""
    title = title.lstrip("\ufeff").strip() or slug
    return Article(slug=slug, title=title, lang=lang, body=clean(text), revision="")


def clean(text: str) -> str:
    """The same text as Markdown: no imports, tags, directives, structured data; code as it was."""
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\x00", " ")
    text = _FRONT.sub("", text)
    out: list[str] = []
    at = 0
    for fence in _FENCE.finditer(text):
        out += [_prose(text[at : fence.start()]), fence.group()]
        at = fence.end()
    return "".join([*out, _prose(text[at:])])


def _prose(text: str) -> str:
    for pattern, by in _STEPS:
        text = pattern.sub(by, text)
    return _UNDERLINED.sub(_heading, text)


def _heading(match: re.Match[str]) -> str:
    level = min(_LEVELS.index(match.group(3)) + 1, 6)
    return f"{'#' * level} {match.group(2)}"
