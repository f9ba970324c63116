"""What a passage says when there is only room for a tooltip."""

from __future__ import annotations

from beforehand.domain.article import Hit, Node
from beforehand.domain.nudge import Citation, NudgeContent

MAX_BLOCKS = 3
"""Paragraphs or lists: a tooltip beside a field is read, not scrolled."""
MAX_ITEMS = 4
"""Of a list; the article has the rest."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi"})


def tooltip_content(hit: Hit, title_hint: str, why: tuple[str, ...]) -> NudgeContent:
    """title_hint: the problem in the page's own words ('' : the passage's title). why: for 'Why this?'."""
    passage = hit.passage
    return NudgeContent(
        title=title_hint or passage.title, nodes=_short(passage.nodes, passage.text), why=why, lang=passage.lang,
        source=Citation(slug=passage.slug, title=passage.title, lang=passage.lang, passage=passage.id,
                        href=f"help/{passage.lang}/{passage.slug}"),
        dir="rtl" if passage.lang.split("-")[0] in RIGHT_TO_LEFT else "ltr",
    )  # fmt: skip


def _short(nodes: tuple[Node, ...], text: str) -> tuple[Node, ...]:
    body = [_cut(node) for node in nodes if node.get("k") != "h"][:MAX_BLOCKS]
    return tuple(body) or ({"k": "p", "c": [{"k": "t", "t": text}]},)


def _cut(node: Node) -> Node:
    if node.get("k") in {"ul", "ol"} and len(node.get("c", [])) > MAX_ITEMS:
        return {**node, "c": node["c"][:MAX_ITEMS]}
    return node
