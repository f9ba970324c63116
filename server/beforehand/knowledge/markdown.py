"""Markdown into the node tree that is shown, and into plain words that are searched.

Raw HTML is dropped: a node is one of p h ul ol li b i code pre a t br, built in the browser with textContent only.
"""

from __future__ import annotations

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from beforehand.domain.article import Node

_PARSER: Final = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
    ["table", "strikethrough"]
)
_BLOCKS: Final = {
    "paragraph_open": "p", "bullet_list_open": "ul", "ordered_list_open": "ol", "list_item_open": "li",
    "blockquote_open": "p", "table_open": "ul", "tr_open": "li",
}  # fmt: skip
_INLINE: Final = {"strong_open": "b", "em_open": "i", "link_open": "a"}
_TRANSPARENT: Final = frozenset({"thead_open", "tbody_open", "th_open", "td_open", "s_open"})
SAFE_LINK: Final = re.compile(r"https?://|mailto:", re.ASCII)
"""Links that are shown as such. Those from article to article keep their words only: the reader is in the product, and
there is no page for them yet."""


class Block:
    """One block at the top of a document: its node, its plain words, and its heading level (0: not a heading)."""

    def __init__(self, node: Node, level: int = 0) -> None:
        self.node = node
        self.level = level
        self.text = plain(node)


def blocks(text: str) -> list[Block]:
    """The document's top-level blocks in order."""
    tokens = _PARSER.parse(text)
    out: list[Block] = []
    at = 0
    while at < len(tokens):
        node, level, at = _block(tokens, at)
        if node is not None and (plain(node).strip() or node["k"] == "pre"):
            out.append(Block(node, level))
    return out


def _block(tokens: list[Token], at: int) -> tuple[Node | None, int, int]:
    token = tokens[at]
    if token.type == "heading_open":
        return {"k": "h", "c": _inline(tokens[at + 1])}, int(token.tag[1]), at + 3
    if token.type in ("fence", "code_block"):
        return {"k": "pre", "t": token.content.rstrip("\n")}, 0, at + 1
    if token.nesting == 1:
        end = _close(tokens, at)
        return _container(tokens, at, end), 0, end + 1
    return None, 0, at + 1


def _close(tokens: list[Token], at: int) -> int:
    depth = 0
    for i in range(at, len(tokens)):
        depth += tokens[i].nesting
        if depth == 0:
            return i
    return len(tokens) - 1


def _container(tokens: list[Token], start: int, end: int) -> Node | None:
    kind = _BLOCKS.get(tokens[start].type)
    children: list[Node] = []
    at = start + 1
    while at < end:
        token = tokens[at]
        if token.type == "inline":
            if children and children[-1]["k"] in ("t", "b", "i", "a", "code"):
                children.append({"k": "t", "t": " "})
            children += _inline(token)
            at += 1
        elif token.type in _TRANSPARENT or (token.hidden and token.nesting == 1):
            at += 1
        else:
            node, _, at = _block(tokens, at)
            if node is not None:
                children += _unwrapped(node, kind)
    if kind is None:
        return {"k": "p", "c": children} if children else None
    return {"k": kind, "c": children}


def _unwrapped(node: Node, kind: str | None) -> list[Node]:
    """A paragraph inside a paragraph (a quote) gives its children."""
    return list(node["c"]) if kind == "p" and node["k"] == "p" else [node]


def _inline(token: Token) -> list[Node]:
    stack: list[list[Node]] = [[]]
    for child in token.children or []:
        if child.type in _INLINE:
            stack.append(_opened(child, stack[-1]))
        elif child.type.endswith("_close") and len(stack) > 1 and child.type != "s_close":
            stack.pop()
        elif child.type == "code_inline":
            stack[-1].append({"k": "code", "t": child.content})
        elif child.type in ("softbreak", "hardbreak"):
            stack[-1].append({"k": "t", "t": " "} if child.type == "softbreak" else {"k": "br"})
        elif child.type in ("text", "image") and child.content:
            stack[-1].append({"k": "t", "t": child.content})
    return stack[0]


def _opened(token: Token, around: list[Node]) -> list[Node]:
    """Where the words inside go: a new node, or what is around where a link leads nowhere."""
    href = str(token.attrGet("href") or "")
    if token.type == "link_open" and not SAFE_LINK.match(href):
        return around
    node: Node = {"k": _INLINE[token.type], "c": []}
    if token.type == "link_open":
        node["href"] = href
    around.append(node)
    inside: list[Node] = node["c"]
    return inside


def plain(node: Node) -> str:
    """The words of a node; list items and blocks parted by a space."""
    parts = [str(node.get("t", ""))]
    for child in node.get("c", ()):
        parts.append(plain(child))
        if child["k"] in ("li", "p", "ul", "ol", "h", "br"):
            parts.append(" ")
    return (
        "".join(parts)
        if node["k"] in ("b", "i", "a", "code", "t")
        else re.sub(r"\s+", " ", "".join(parts)).strip()
    )
