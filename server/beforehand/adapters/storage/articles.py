"""Articles with their revisions, and the passages that are searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.stores import Reads, Result, Writes
from beforehand.domain.article import Article, Passage
from beforehand.domain.errors import Refused

_encode = msgspec.json.Encoder().encode
_article = msgspec.json.Decoder(Article).decode
_passage = msgspec.json.Decoder(Passage).decode

PUBLISHED, ARCHIVED = "published", "archived"
Key = tuple[str, str]
"""(slug, lang)."""

_SELECT = (
    "SELECT r.body FROM article a JOIN revision r"
    " ON r.workspace_id = a.workspace_id AND r.article = a.id AND r.n = a.published_n"
    f" WHERE a.workspace_id = ? AND a.state = '{PUBLISHED}'"
)


class Known(NamedTuple):
    """What is stored of an article."""

    id: str
    n: int
    state: str
    hash: str


class ArticleStore(Writes):
    def replace(
        self, articles: Sequence[Article], passages: Sequence[Passage], author: str, at: int
    ) -> Result[int]:
        fresh = [self._recorder.ids.new() for _ in articles]
        return self._do(_replace, tuple(zip(fresh, articles, strict=True)), tuple(passages), author, at)


class ArticleReader(Reads):
    async def version(self) -> str:
        return await self._ask(_version)

    async def published(self) -> list[Article]:
        return await self._ask(_published)

    async def passages(self) -> list[Passage]:
        return await self._ask(_passages)

    async def get(self, slug: str, lang: str) -> Article | None:
        return await self._ask(_get, slug, lang)


def _replace(
    db: Db,
    workspace: str,
    articles: tuple[tuple[str, Article], ...],
    passages: tuple[Passage, ...],
    author: str,
    at: int,
) -> int:
    known = _known(db, workspace)
    given = {(article.slug, article.lang): (fresh, article) for fresh, article in articles}
    changed = 0
    for key, (fresh, article) in given.items():
        changed += _publish(db, workspace, known.get(key), fresh, article, author, at)
    changed += _archive(db, workspace, [k.id for key, k in known.items() if key not in given])
    if _place_passages(db, workspace, passages, at) or changed:
        db.run("UPDATE workspace SET knowledge = knowledge + 1 WHERE id = ?", (workspace,))
    return changed


def _known(db: Db, workspace: str) -> dict[Key, Known]:
    rows = db.rows(
        "SELECT a.slug, a.lang, a.id, a.published_n, a.state, r.hash FROM article a JOIN revision r"
        " ON r.workspace_id = a.workspace_id AND r.article = a.id AND r.n = a.published_n"
        " WHERE a.workspace_id = ?",
        (workspace,),
    )
    return {(row[0], row[1]): Known(*row[2:]) for row in rows}


def _publish(
    db: Db, workspace: str, known: Known | None, fresh: str, article: Article, author: str, at: int
) -> bool:
    if known is None:
        db.run(
            "INSERT INTO article (workspace_id, id, slug, lang, visibility, state, published_n)"
            " VALUES (?, ?, ?, ?, ?, ?, 1)",
            (workspace, fresh, article.slug, article.lang, article.visibility, PUBLISHED),
        )
        known = Known(fresh, 0, PUBLISHED, "")
    if known.hash == article.revision and known.state == PUBLISHED:
        return False
    n = known.n
    if known.hash != article.revision:
        n += 1
        _revise(db, workspace, known.id, n, article, author, at)
    db.run(
        "UPDATE article SET state = ?, published_n = ?, visibility = ? WHERE workspace_id = ? AND id = ?",
        (PUBLISHED, n, article.visibility, workspace, known.id),
    )
    return True


def _revise(db: Db, workspace: str, key: str, n: int, article: Article, author: str, at: int) -> None:
    db.run(
        "INSERT INTO revision (workspace_id, article, n, hash, author, at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (workspace, key, n, article.revision, author, at, _encode(article).decode()),
    )


def _archive(db: Db, workspace: str, articles: Sequence[str]) -> int:
    return sum(
        db.run(
            "UPDATE article SET state = ? WHERE workspace_id = ? AND id = ? AND state = ?",
            (ARCHIVED, workspace, article, PUBLISHED),
        )
        for article in articles
    )


def _place_passages(db: Db, workspace: str, passages: tuple[Passage, ...], at: int) -> bool:
    """A passage that goes is retired, not deleted: decisions cite it. True if anything changed."""
    articles = {key: known.id for key, known in _known(db, workspace).items()}
    rows = db.rows(
        "SELECT id, place, body FROM passage WHERE workspace_id = ? AND retired IS NULL", (workspace,)
    )
    stored = {row[0]: (row[1], row[2]) for row in rows}
    given = {p.id: (place, _encode(p).decode(), p) for place, p in enumerate(passages)}
    changed = False
    for key, (place, body, passage) in given.items():
        if stored.get(key) != (place, body):
            _put_passage(db, workspace, _owner(articles, passage), place, body, passage)
            changed = True
    for key in stored.keys() - given.keys():
        db.run("UPDATE passage SET retired = ? WHERE workspace_id = ? AND id = ?", (at, workspace, key))
        changed = True
    return changed


def _owner(articles: Mapping[Key, str], passage: Passage) -> str:
    owner = articles.get((passage.slug, passage.lang))
    if owner is None:
        raise Refused(
            f"a passage belongs to article {passage.slug} ({passage.lang}), which is not in the set"
        )
    return owner


def _put_passage(db: Db, workspace: str, article: str, place: int, body: str, passage: Passage) -> None:
    db.run(
        "INSERT INTO passage (workspace_id, id, article, place, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workspace_id, id) DO UPDATE SET article = excluded.article, place = excluded.place,"
        " body = excluded.body, retired = NULL",
        (workspace, passage.id, article, place, body),
    )


def _version(db: Db, workspace: str) -> str:
    row = db.row("SELECT knowledge FROM workspace WHERE id = ?", (workspace,))
    return str(row[0]) if row and row[0] else ""


def _published(db: Db, workspace: str) -> list[Article]:
    return [_article(row[0]) for row in db.rows(f"{_SELECT} ORDER BY a.slug, a.lang", (workspace,))]


def _passages(db: Db, workspace: str) -> list[Passage]:
    rows = db.rows(
        "SELECT body FROM passage WHERE workspace_id = ? AND retired IS NULL ORDER BY place, id", (workspace,)
    )
    return [_passage(row[0]) for row in rows]


def _get(db: Db, workspace: str, slug: str, lang: str) -> Article | None:
    row = db.row(f"{_SELECT} AND a.slug = ? AND a.lang = ?", (workspace, slug, lang))
    return _article(row[0]) if row else None
