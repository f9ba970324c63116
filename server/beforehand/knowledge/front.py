"""Front matter: the fields above an article's text, checked one by one."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
import yaml

from beforehand.domain.article import Article, Target

SLUG: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
LANG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
MAX_TITLE: Final = 200
MAX_BYTES: Final = 1_000_000
"""Of one article: far above any help text, below what would hold up a publication."""


class Problem(msgspec.Struct, frozen=True):
    """str(problem) is one line: file:line: field: what was expected."""

    file: str
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.sentence}"


class Broken(Exception):
    """Why an article cannot be published."""

    def __init__(self, line: int, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.line, self.field, self.sentence = line, field, sentence


def read_article(name: str, text: str) -> Article:
    """name: the file's stem, the default slug. Raises Broken."""
    if "\x00" in text:
        raise Broken(1, "text", "expected text without NUL characters.")
    if len(text) > MAX_BYTES:
        raise Broken(1, "text", f"expected at most {MAX_BYTES:,} characters.")
    head, body, lines = _split(text.lstrip("﻿"))
    fields = _fields(head)
    for field in fields:
        if field not in _CHECKS:
            raise Broken(lines.get(field, 2), field, f"expected one of {', '.join(_CHECKS)}.")
    values = {field: _value(field, fields.get(field), lines, name) for field in _CHECKS}
    if not body.strip():
        raise Broken(
            len(head.splitlines()) + 3, "text", "expected the article's text below the front matter."
        )
    revision = msgspec.json.encode([values, body])
    return Article(body=body, revision=_hash(revision), **values)


def _split(text: str) -> tuple[str, str, dict[str, int]]:
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != "---":
        raise Broken(1, "front matter", "expected --- in the first line, then `title: ...`.")
    for i, line in enumerate(lines[1:], 1):
        if line.strip() == "---":
            head = "".join(lines[1:i])
            where = {
                m.group(1): n for n, row in enumerate(lines[1:i], 2) if (m := re.match(r"(\w+)\s*:", row))
            }
            return head, "".join(lines[i + 1 :]), where
    raise Broken(1, "front matter", "expected a closing --- below the fields.")


def _fields(head: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(head) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise Broken(line, "front matter", f"expected YAML, {error.problem or 'but it is none'}.") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Broken(2, "front matter", "expected YAML such as `title: VAT numbers`.") from None
    if not isinstance(fields, dict):
        raise Broken(2, "front matter", "expected fields such as `title: VAT numbers`.")
    return {str(key): value for key, value in fields.items()}


def _value(field: str, given: Any, lines: dict[str, int], name: str) -> Any:
    try:
        return _CHECKS[field](given, name)
    except ValueError as error:
        raise Broken(lines.get(field, 1), field, str(error)) from None


def _title(given: Any, name: str) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > MAX_TITLE:
        raise ValueError(f"expected a text of 1 to {MAX_TITLE} characters.")
    return given.strip()


def _slug(given: Any, name: str) -> str:
    slug = name if given is None else given
    if not isinstance(slug, str) or not SLUG.fullmatch(slug) or len(slug) > MAX_TITLE:
        raise ValueError("expected small letters, digits and hyphens.")
    return slug


def _lang(given: Any, name: str) -> str:
    lang = "en" if given is None else given
    if not isinstance(lang, str) or not LANG.fullmatch(lang):
        raise ValueError("expected a language code such as en or pt-BR.")
    return lang


def _text(given: Any, name: str) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise ValueError("expected a text.")
    return given.strip()


def _targets(given: Any, name: str) -> tuple[Target, ...]:
    if given is None:
        return ()
    try:
        return tuple(msgspec.convert(given, list[Target]))
    except msgspec.ValidationError:
        raise ValueError("expected a list of {route: /invoices/new, element: VAT number}.") from None


def _keywords(given: Any, name: str) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(word, str | int) for word in given):
        raise ValueError("expected a list of words.")
    return tuple(str(word) for word in given)


def _updated(given: Any, name: str) -> str:
    if given is None:
        return ""
    if isinstance(given, datetime.date):
        return given.isoformat()[:10]
    raise ValueError("expected a date such as 2026-11-20.")


def _visibility(given: Any, name: str) -> str:
    if given not in (None, "public", "internal"):
        raise ValueError("expected public or internal.")
    return given or "public"


_CHECKS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "title": _title, "slug": _slug, "lang": _lang, "summary": _text, "section": _text, "targets": _targets,
    "keywords": _keywords, "updated": _updated, "visibility": _visibility,
}  # fmt: skip


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
