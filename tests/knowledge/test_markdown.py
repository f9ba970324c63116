"""Markdown into nodes: what is shown is built from these kinds only; what is hostile survives as words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from beforehand.knowledge.markdown import blocks, plain

KINDS = frozenset(["p", "h", "ul", "ol", "li", "b", "i", "code", "pre", "a", "t", "br"])


def shown(text: str) -> list[dict[str, Any]]:
    return [block.node for block in blocks(text)]


def kinds(node: dict[str, Any]) -> set[str]:
    return {node["k"]}.union(*[kinds(child) for child in node.get("c", ())])


def t(text: str) -> dict[str, str]:
    return {"k": "t", "t": text}


def test_steps_with_bold_code_and_link() -> None:
    assert shown("1. Type **DE**.\n2. See [the list](https://example.org/vat) or `DE123`.") == [
        {"k": "ol", "c": [
            {"k": "li", "c": [t("Type "), {"k": "b", "c": [t("DE")]}, t(".")]},
            {"k": "li", "c": [
                t("See "), {"k": "a", "href": "https://example.org/vat", "c": [t("the list")]}, t(" or "),
                {"k": "code", "t": "DE123"}, t("."),
            ]},
        ]},
    ]  # fmt: skip


def test_headings_have_their_level_and_plain_words() -> None:
    found = blocks("# One *two*\n\ntext\n\n### Three\n")
    assert [(block.level, block.text) for block in found] == [(1, "One two"), (0, "text"), (3, "Three")]


def test_a_table_becomes_a_list_of_rows() -> None:
    (node,) = shown("| Country | Form |\n|---|---|\n| Germany | DE + 9 |\n")
    assert node["k"] == "ul"
    assert [plain(row) for row in node["c"]] == ["Country Form", "Germany DE + 9"]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/x",
        "\\\\evil\\x",
    ],
)
def test_an_unsafe_link_keeps_its_words_only(href: str) -> None:
    (node,) = shown(f"[click **here**]({href}) now")
    assert "a" not in kinds(node)
    assert "click here" in plain(node)
    assert plain(node).endswith("now")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=x>b</b>",
        "![x](javascript:alert(1))",
        "<svg/onload=alert(1)>",
        "\U0001f642 \u05e9\u05dc\u05d5\u05dd \u202e txt",
        "> " * 200 + "deep",
        "- " * 300 + "deep",
        "[" * 500,
        "*" * 5_000,
        "`" * 5_000,
        "| a " * 500 + "|\n" + "|---" * 500 + "|",
    ],
)
def test_hostile_text_gives_known_nodes_only(text: str) -> None:
    for node in shown(text):
        assert kinds(node) <= KINDS
        json.dumps(node)


def test_a_megabyte_is_parsed() -> None:
    assert sum(len(block.text) for block in blocks("word \U0001f642 **x** `y`\n\n" * 40_000)) > 300_000
