"""The demo product's articles and the questions asked of them: committed first, and in other words."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final

import msgspec
import pytest

from beforehand import knowledge
from beforehand.adapters.search.words import words
from beforehand.domain.article import Article

ROOT: Final = Path(__file__).resolve().parents[2]
ARTICLES: Final = ROOT / "knowledge" / "articles"
QUESTIONS: Final = ROOT / "knowledge" / "questions.jsonl"
HELD_OUT: Final = ROOT / "knowledge" / "questions-held-out.jsonl"

MIN_TYPED: Final = 110
MIN_CONTEXTS: Final = 50
MIN_UNANSWERABLE: Final = 60
"""So many that a share of 0.8 has a 95 % interval narrower than plus or minus 0.12, for each of the three groups."""
MIN_ARTICLES: Final = 40
RUN: Final = 3
"""Words in a row that a question may not take from a title: two ("the invoice") come by chance."""
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """One line of questions.jsonl; page, element and error say where a context arose."""

    id: str
    kind: str
    answers: list[str]
    answerable: bool
    text: str = ""
    page: str = ""
    element: str = ""
    error: str = ""


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return _read(QUESTIONS)


@pytest.fixture(scope="module")
def every(questions: list[Question]) -> list[Question]:
    """Both files: the second is by another writer, and nothing was set by it."""
    return questions + _read(HELD_OUT)


@pytest.fixture(scope="module")
def report() -> knowledge.Report:
    return knowledge.check(ARTICLES)


@pytest.fixture(scope="module")
def articles(report: knowledge.Report) -> dict[str, Article]:
    return {article.slug: article for article in report.articles}


def test_there_are_enough_questions_of_each_group(questions: list[Question]) -> None:
    groups = Counter((question.kind, question.answerable) for question in questions)
    assert groups["question", True] >= MIN_TYPED
    assert groups["context", True] >= MIN_CONTEXTS
    assert groups["question", False] + groups["context", False] >= MIN_UNANSWERABLE
    assert groups["question", False] > 0 and groups["context", False] > 0
    assert {kind for kind, _ in groups} == {"question", "context"}


def test_ids_are_unique(every: list[Question]) -> None:
    assert [name for name, count in Counter(q.id for q in every).items() if count > 1] == []


def test_a_question_has_answers_exactly_when_it_is_answerable(every: list[Question]) -> None:
    assert [q.id for q in every if bool(q.answers) != q.answerable] == []


def test_a_question_has_its_words(every: list[Question]) -> None:
    """A typed one its text, a context the page it arose on."""
    assert [q.id for q in every if not (q.text if q.kind == "question" else q.page).strip()] == []


def test_every_answer_is_an_article(every: list[Question], articles: dict[str, Article]) -> None:
    assert {slug for q in every for slug in q.answers} - set(articles) == set()


def test_every_article_is_an_answer(questions: list[Question], articles: dict[str, Article]) -> None:
    assert set(articles) - {slug for q in questions for slug in q.answers} == set()


@pytest.mark.parametrize("file", [QUESTIONS, HELD_OUT], ids=lambda file: file.stem)
def test_half_of_the_typed_questions_share_no_word_with_a_right_title(
    file: Path, articles: dict[str, Article]
) -> None:
    """Else looking for the same words would pass for understanding."""
    typed = [q for q in _read(file) if q.kind == "question" and q.answerable]
    sharing = {q.id: sorted(_shared(q, articles)) for q in typed if _shared(q, articles)}
    assert len(sharing) <= len(typed) / 2, f"{len(sharing)} of {len(typed)} share words: {sharing}"


def test_no_question_and_no_context_quotes_a_right_title(
    every: list[Question], articles: dict[str, Article]
) -> None:
    quoting = {
        q.id: runs
        for q in every
        for slug in q.answers
        if (runs := _runs(f"{q.text} {q.page} {q.element} {q.error}") & _runs(articles[slug].title))
    }
    assert quoting == {}


def test_the_articles_can_all_be_published(report: knowledge.Report) -> None:
    assert [str(problem) for problem in report.problems] == []
    assert len(report.articles) >= MIN_ARTICLES


def test_every_article_says_what_it_is_and_where_it_helps(articles: dict[str, Article]) -> None:
    lacking = [
        slug for slug, a in articles.items() if not (a.summary and a.section and a.targets and a.updated)
    ]
    assert lacking == []


def test_every_passage_stands_under_a_heading_that_names_its_problem(report: knowledge.Report) -> None:
    """The heading becomes the tooltip's title; the passage's first block is the help."""
    assert [(p.slug, p.text[:40]) for p in report.passages if len(p.path) != 1] == []


def test_a_folder_is_a_section(articles: dict[str, Article]) -> None:
    places = {path.stem: path.parent.name for path in ARTICLES.rglob("*.md")}
    assert {slug: a.section for slug, a in articles.items()} == places


def test_links_between_articles_lead_to_files() -> None:
    broken = [
        (path.name, link)
        for path in sorted(ARTICLES.rglob("*.md"))
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in link and not (path.parent / link.partition("#")[0]).is_file()
    ]
    assert broken == []


def test_the_questions_were_committed_before_the_articles() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("the git history (no .git here)")
    if _git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("the whole git history (this clone is shallow)")
    asked, answered = _first_commit("knowledge/questions.jsonl"), _first_commit("knowledge/articles")
    assert asked and answered and asked != answered
    assert _is_ancestor(asked, answered)
    assert not _is_ancestor(answered, asked)


def _read(file: Path) -> list[Question]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [msgspec.convert(json.loads(line), Question) for line in lines if line.strip()]


def _shared(question: Question, articles: dict[str, Article]) -> set[str]:
    titles = {word for slug in question.answers for word in words(articles[slug].title)}
    return titles & set(words(question.text))


def _runs(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"\w+", text.lower())
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


def _first_commit(path: str) -> str:
    return _git("log", "--format=%H", "--reverse", "--", path).partition("\n")[0]


def _is_ancestor(older: str, newer: str) -> bool:
    command = ["git", "merge-base", "--is-ancestor", older, newer]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
