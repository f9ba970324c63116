"""A passage in a tooltip: one to three steps or sentences, in the article's words."""

from __future__ import annotations

from beforehand.domain.article import Article, Hit
from beforehand.knowledge import passages, tooltip_content
from beforehand.knowledge.markdown import plain
from beforehand.knowledge.tooltip import MAX_CHARS, MAX_STEPS


def content(body: str, lang: str = "en"):  # type: ignore[no-untyped-def]
    article = Article(slug="vat", title="VAT numbers", lang=lang, body=body, revision="r")
    return tooltip_content(
        Hit(passages(article)[0], 0.5), "Enter a valid VAT number.", ("You tried three times.",)
    )


def test_heading_steps_source_and_why() -> None:
    got = content(
        "## VAT number needs the country code\n\nSome words.\n\n1. Type **DE**.\n2. Add the digits.\n"
    )
    assert got.title == "VAT number needs the country code"
    assert [node["k"] for node in got.nodes] == ["ol"]
    assert plain(got.nodes[0]) == "Type DE. Add the digits."
    assert got.nodes[0]["c"][0]["c"][1] == {"k": "b", "c": [{"k": "t", "t": "DE"}]}
    assert (got.source.slug, got.source.title, got.why) == ("vat", "VAT numbers", ("You tried three times.",))


def test_three_steps_at_most() -> None:
    got = content("\n".join(f"{i}. Step {i}." for i in range(1, 8)))
    assert [plain(item) for item in got.nodes[0]["c"]] == ["Step 1.", "Step 2.", "Step 3."]


def test_what_hangs_below_a_step_is_left_to_the_article() -> None:
    got = content("1. Open it.\n\n   More about it.\n\n   - a\n   - b\n\n2. Close it.\n")
    assert [plain(item) for item in got.nodes[0]["c"]] == ["Open it.", "Close it."]


def test_without_steps_the_first_sentences() -> None:
    got = content("One is here. Two is **bold and** there. Three too.\n\nFour is too much. Five.\n")
    assert [plain(node) for node in got.nodes] == ["One is here. Two is bold and there. Three too."]


def test_sentences_of_two_paragraphs() -> None:
    got = content("One is here.\n\nTwo is there. Three too. Four.\n")
    assert [plain(node) for node in got.nodes] == ["One is here.", "Two is there. Three too."]


def test_a_later_paragraph_is_not_begun_where_it_does_not_fit() -> None:
    got = content(f"{'One sentence. ' * 2}\n\n{'word ' * 60}end.\n")
    assert [plain(node) for node in got.nodes] == ["One sentence. One sentence."]


def test_a_long_sentence_is_cut_before_a_word_and_says_so() -> None:
    got = content("word " * 300)
    text = plain(got.nodes[0])
    assert text.endswith("word …")
    assert len(text) <= MAX_CHARS + 2


def test_a_list_that_only_follows_words_does_not_replace_them() -> None:
    assert plain(content("Read this first.\n\n- a\n- b\n").nodes[0]) == "Read this first."
    assert plain(content("- a\n- b\n").nodes[0]) == "a b"


def test_code_alone_is_shown_as_words() -> None:
    assert plain(content("```\ncurl x\n```\n").nodes[0]) == "curl x"


def test_bounds_hold_for_anything() -> None:
    for body in (
        "x" * 5_000,
        "a. " * 2_000,
        "1. " + "word " * 400,
        "- " + "z" * 3_000,
        "**" + "b " * 900 + "**",
    ):
        got = content(body)
        assert len(got.nodes) <= MAX_STEPS
        assert sum(len(plain(node)) for node in got.nodes) <= MAX_STEPS * 2 * MAX_CHARS, body[:20]


def test_right_to_left() -> None:
    assert content("\u05e9\u05dc\u05d5\u05dd.", "he").dir == "rtl"
    assert content("Hello.", "en-GB").dir == "ltr"
