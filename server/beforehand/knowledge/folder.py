"""A folder of Markdown files: what can be published of it, and what is wrong with the rest."""

from __future__ import annotations

from pathlib import Path

import msgspec

from beforehand.domain.article import Article, Passage
from beforehand.domain.errors import Invalid
from beforehand.knowledge.front import Broken, Problem, read_article
from beforehand.knowledge.passages import passages

SKIPPED = frozenset({"README.md"})


class Report(msgspec.Struct):
    """articles and their passages, in the order of their paths; problems name file, line and field."""

    articles: list[Article]
    passages: list[Passage]
    problems: list[Problem]


def check(folder: Path) -> Report:
    """Read every .md file below the folder. A broken article doesn't stop the others. Raises Invalid."""
    if not folder.is_dir():
        raise Invalid(f"FOLDER: expected a folder with Markdown files, and {folder} is none.")
    report = Report([], [], [])
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*.md")):
        if path.name not in SKIPPED:
            _take(report, seen, path, path.relative_to(folder).as_posix())
    return report


def _take(report: Report, seen: dict[tuple[str, str], str], path: Path, name: str) -> None:
    try:
        article = read_article(path.stem, path.read_bytes().decode("utf-8"))
        other = seen.setdefault((article.slug, article.lang), name)
        if other != name:
            raise Broken(1, "slug", f"expected one that {other} does not have already.")
        pieces = passages(article)
    except UnicodeDecodeError:
        report.problems.append(Problem(name, 1, "text", "expected UTF-8."))
    except OSError as error:
        report.problems.append(Problem(name, 1, "file", f"could not be read ({error.strerror})."))
    except Broken as broken:
        report.problems.append(Problem(name, broken.line, broken.field, broken.sentence))
    else:
        report.articles.append(article)
        report.passages.extend(pieces)
