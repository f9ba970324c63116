"""Documentation as other tools keep it: what is not prose goes, what is stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from beforehand.knowledge import passages
from beforehand.knowledge.raw import clean, raw_article

RST = """\ufeffLive Chat
=========

.. _label:

Press :kbd:`Ctrl` and see :docs:`the manual </x.html>`.

.. figure:: /images/a.png
   :alt: A picture
   :align: center

Usage
-----

.. tip:: Be kind.

.. include:: /snippets/x.rst
"""


def test_restructured_text() -> None:
    found = passages(raw_article("chat.rst", "\ufeffLive Chat", RST))
    assert [(p.title, p.path) for p in found] == [
        ("Live Chat", ("Live Chat",)),
        ("Live Chat", ("Live Chat", "Usage")),
    ]
    assert found[0].text == "Press Ctrl and see the manual."
    assert found[1].text == "tip: Be kind."


def test_mdx() -> None:
    text = (
        "---\ntitle: x\n---\nimport useBaseUrl from '@docusaurus/useBaseUrl';\n\n<Head><title>y</title></Head>\n\n"
        '<script type=\'application/ld+json\'>{"@type": "FAQPage"}</script>\n\n:::tip\nUse **this**.\n:::\n'
    )
    out = clean(text)
    for gone in ("import", "FAQPage", "<Head>", "title: x", ":::"):
        assert gone not in out, gone
    assert "Use **this**." in out


def test_code_keeps_its_lines() -> None:
    out = clean("```bash\nexport TOKEN=abc\nimport x\n```\n")
    assert "export TOKEN=abc" in out


def test_tags_stripped_elsewhere_leave_json_ld_as_an_expression() -> None:
    out = clean(
        ' {`\n { "@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [] }\n `}\n\nReal text.\n'
    )
    assert "schema.org" not in out
    assert "Real text." in out


@pytest.mark.parametrize("product", ["chatwoot", "plausible", "zammad-user"])
def test_every_page_of_real_documentation_gives_passages(shared_dir: Path, product: str) -> None:
    corpus = shared_dir / "data" / "docs-kb" / product / "corpus.jsonl"
    if not corpus.exists():
        pytest.skip("the shared data sets (BEFOREHAND_SHARED)")
    for line in corpus.read_text().splitlines():
        page = json.loads(line)
        found = passages(raw_article(page["id"], page["title"], page["text"]))
        assert found or len(page["text"].split()) < 30, page["id"]
        said = " ".join(p.text for p in found)
        for noise in ("schema.org", "useBaseUrl from", ".. figure::", ".. include::", ":kbd:", "\ufeff"):
            assert noise not in said, (page["id"], noise)
