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
    """title_hint: what the page said; it stands on the page already, so the passage's own heading names the problem
    and the hint only serves where there is none. why: for 'Why this?'."""
    passage = hit.passage
    heading = passage.path[-1] if passage.path else passage.title
    return NudgeContent(
        title=heading or title_hint,
        nodes=_short(passage.nodes, passage.text),
        why=why,
        lang=passage.lang,
        source=Citation(slug=passage.slug, title=passage.title, lang=passage.lang, passage=passage.id),
        dir="rtl" if passage.lang.split("-")[0] in RIGHT_TO_LEFT else "ltr",
    )


def _short(nodes: tuple[Node, ...], text: str) -> tuple[Node, ...]:
    body = [_cut(node) for node in nodes if node.get("k") != "h"][:MAX_BLOCKS]
    return tuple(body) or ({"k": "p", "c": [{"k": "t", "t": text}]},)


def _cut(node: Node) -> Node:
    if node.get("k") in {"ul", "ol"} and len(node.get("c", [])) > MAX_ITEMS:
        return {**node, "c": node["c"][:MAX_ITEMS]}
    return node
