"""An article cut at its headings: the unit that is searched, cited and shown."""

from __future__ import annotations

import hashlib
from typing import Final

from beforehand.domain.article import Article, Passage
from beforehand.knowledge.markdown import Block, blocks

MAX_WORDS: Final = 200
"""Of a passage: about what the embedder reads (256 tokens); longer sections are cut between blocks."""


def passages(article: Article) -> list[Passage]:
    """In the article's order. The part above the first heading has the empty path."""
    found: list[Passage] = []
    path: list[tuple[int, str]] = []
    held: list[Block] = []

    def close() -> None:
        found.extend(_cut(article, tuple(text for _, text in path), held))
        held.clear()

    for block in blocks(article.body):
        if block.level:
            close()
            path[:] = [item for item in path if item[0] < block.level]
            path.append((block.level, block.text))
        else:
            held.append(block)
    close()
    return found


def _cut(article: Article, path: tuple[str, ...], held: list[Block]) -> list[Passage]:
    """Between blocks, never inside one: a list of steps stays whole."""
    out: list[Passage] = []
    part: list[Block] = []
    words = 0
    for block in held:
        count = len(block.text.split())
        if part and words + count > MAX_WORDS:
            out.append(_passage(article, path, part))
            part, words = [], 0
        part.append(block)
        words += count
    if part:
        out.append(_passage(article, path, part))
    return out


def _passage(article: Article, path: tuple[str, ...], part: list[Block]) -> Passage:
    text = "\n".join(block.text for block in part)
    key = "\x00".join((article.slug, article.lang, article.title, *path, text))
    return Passage(
        id=hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32], slug=article.slug,
        lang=article.lang, title=article.title, path=path, text=text,
        nodes=tuple(block.node for block in part), targets=article.targets,
        keywords=article.keywords, visibility=article.visibility,
    )  # fmt: skip
