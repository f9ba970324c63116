"""Front matter: what is refused, and that the refusal names file, line and field in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from beforehand.domain.article import Target
from beforehand.domain.errors import Invalid
from beforehand.knowledge import check
from beforehand.knowledge.front import MAX_BYTES, read_article

GOOD = "---\ntitle: VAT numbers\n---\nStart with the country.\n"


def problem_of(folder: Path, text: str | bytes) -> str:
    (folder / "broken.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "good.md").write_text(GOOD)
    report = check(folder)
    assert [article.slug for article in report.articles] == ["good"], "a broken article stops no other"
    assert len(report.problems) == 1
    return str(report.problems[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no front matter", "broken.md:1: front matter: expected --- in the first line"),
        ("", "broken.md:1: front matter: expected ---"),
        ("---\ntitle: x\nno end", "broken.md:1: front matter: expected a closing ---"),
        ("---\nslug: a\n---\ntext", "broken.md:1: title: expected a text of 1 to 200"),
        ("---\nslug: a\ntitle: ''\n---\ntext", "broken.md:3: title: expected a text"),
        ("---\ntitle: [a]\n---\ntext", "broken.md:2: title: expected a text"),
        ("---\ntitle: a\nslug: Ärger Nr. 1\n---\ntext", "broken.md:3: slug: expected small letters"),
        ("---\ntitle: a\nslug: ../../etc\n---\ntext", "broken.md:3: slug: expected small letters"),
        ("---\ntitle: a\nlang: English\n---\ntext", "broken.md:3: lang: expected a language code"),
        ("---\ntitle: a\n\nupdated: soon\n---\ntext", "broken.md:4: updated: expected a date"),
        ("---\ntitle: a\nkeywords: tax\n---\ntext", "broken.md:3: keywords: expected a list"),
        ("---\ntitle: a\ntargets: [/x]\n---\ntext", "broken.md:3: targets: expected a list of {route"),
        ("---\ntitle: a\nvisibility: secret\n---\ntext", "broken.md:3: visibility: expected public"),
        ("---\ntitle: a\ntitel: b\n---\ntext", "broken.md:3: titel: expected one of title, slug"),
        ("---\ntitle: a\n  b: : c\n---\ntext", "broken.md:3: front matter: expected YAML"),
        ("---\n- a\n---\ntext", "broken.md:2: front matter: expected fields"),
        ("---\ntitle: !!python/object:os.system x\n---\ntext", "broken.md:2: front matter: expected YAML"),
        ("---\ntitle: a\n---\n \n", "broken.md:4: text: expected the article's text"),
        ("---\ntitle: a\n---\nte\x00xt", "broken.md:1: text: expected text without NUL"),
        (b"---\ntitle: a\n---\n\xff\xfe", "broken.md:1: text: expected UTF-8."),
        ("---\ntitle: a\n---\n" + "x" * (MAX_BYTES + 1), "broken.md:1: text: expected at most 1,000,000"),
    ],
)
def test_a_broken_article_names_file_line_and_field(tmp_path: Path, text: str | bytes, expected: str) -> None:
    said = problem_of(tmp_path, text)
    assert said.startswith(expected)
    assert "\n" not in said


def test_a_second_article_of_the_same_slug_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text(GOOD.replace("---\ntitle", "---\nslug: a\ntitle", 1))
    report = check(tmp_path)
    assert [str(problem) for problem in report.problems] == [
        "b.md:1: slug: expected one that a.md does not have already."
    ]


def test_a_translation_is_not_a_second_article(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "a-de.md").write_text(
        "---\ntitle: USt-Nummern\nslug: a\nlang: de\n---\nMit dem Land beginnen.\n"
    )
    assert {(a.slug, a.lang) for a in check(tmp_path).articles} == {("a", "en"), ("a", "de")}


def test_all_fields_arrive() -> None:
    text = (
        "\ufeff---\ntitle: ' VAT '\nslug: vat\nlang: pt-BR\nsummary: What it is.\nsection: invoices\ntargets:\n"
        "  - {route: /invoices/new, element: VAT number}\n  - route: /customers/new\nkeywords: [tax id, 13]\n"
        "updated: 2026-11-20\nvisibility: internal\n---\r\nText.\n"
    )
    article = read_article("file", text)
    assert (article.title, article.slug, article.lang, article.section) == ("VAT", "vat", "pt-BR", "invoices")
    assert article.targets == (Target("/invoices/new", "VAT number"), Target("/customers/new"))
    assert article.keywords == ("tax id", "13")
    assert (article.updated, article.visibility, article.summary) == ("2026-11-20", "internal", "What it is.")


def test_the_revision_changes_with_anything_shown() -> None:
    one = read_article("a", GOOD)
    assert read_article("a", GOOD).revision == one.revision
    assert read_article("a", GOOD + "More.\n").revision != one.revision
    assert read_article("a", GOOD.replace("VAT", "Tax")).revision != one.revision


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="expected a folder with Markdown files"):
        check(tmp_path / "nowhere")
