"""Articles cut at their headings."""

from __future__ import annotations

from beforehand.domain.article import Article, Passage
from beforehand.knowledge import passages
from beforehand.knowledge.passages import MAX_WORDS

BODY = """Intro.

## Germany

1. Type DE.
2. Add nine digits.

### Old numbers

Ask us.

## France

Type FR.
"""


def article(body: str, **fields: str) -> Article:
    return Article(slug="vat", title=fields.get("title", "VAT"), lang="en", body=body, revision="r")


def words(count: int) -> str:
    return " ".join(f"w{i}" for i in range(count))


def test_each_heading_is_a_passage_with_the_headings_above_it() -> None:
    found = passages(article(BODY))
    assert [(p.path, p.text) for p in found] == [
        ((), "Intro."),
        (("Germany",), "Type DE. Add nine digits."),
        (("Germany", "Old numbers"), "Ask us."),
        (("France",), "Type FR."),
    ]
    assert all(p.title == "VAT" for p in found)


def test_a_long_section_is_cut_between_paragraphs() -> None:
    found = passages(article("## Long\n\n" + "\n\n".join([words(90)] * 5)))
    assert [len(p.text.split()) for p in found] == [180, 180, 90]
    assert {p.path for p in found} == {("Long",)}


def test_a_list_of_steps_is_never_cut() -> None:
    steps = "\n".join(f"{i}. {words(40)}" for i in range(1, 11))
    found = passages(article(f"{words(150)}\n\n{steps}\n\n{words(20)}"))
    holding = [p for p in found if any(node["k"] == "ol" for node in p.nodes)]
    assert len(holding) == 1
    assert len(holding[0].nodes[0]["c"]) == 10
    assert len(holding[0].text.split()) > MAX_WORDS


def test_no_word_is_lost() -> None:
    body = "\n\n".join(f"## H{i}\n\n{words(150)}\n\n{words(120)}" for i in range(5))
    assert sum(len(p.text.split()) for p in passages(article(body))) == 5 * 270


def test_only_what_changed_gets_a_new_id() -> None:
    before = {p.id for p in passages(article(BODY))}
    after = {p.id for p in passages(article(BODY.replace("Type FR", "Write FR")))}
    assert len(before) == len(after) == 4
    assert len(before & after) == 3
    assert not before & {p.id for p in passages(article(BODY, title="Tax numbers"))}


def test_an_internal_article_gives_internal_passages() -> None:
    found = passages(
        Article(
            slug="a", title="A", lang="en", body="x", revision="r", visibility="internal", keywords=("k",)
        )
    )
    assert [(p.visibility, p.keywords) for p in found] == [("internal", ("k",))]


def test_a_heading_alone_and_nothing_at_all() -> None:
    assert passages(article("## Nothing below")) == []
    assert passages(article("")) == []
    assert isinstance(passages(article("x"))[0], Passage)
