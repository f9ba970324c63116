"""What must not travel: one table of patterns, in the common subset of JavaScript's and Python's regular expressions.

The table generates widget/src/core/redact.gen.ts; `redact` here is its twin for everything that arrives. The golden
file tests/data/redaction.json holds both to the same answers. Order matters: what is sure comes before what is a guess.
What is tried at every place of a text is bounded ({1,64}, {0,63}, {6,300}), so that no text costs more than its length.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple


class Pattern(NamedTuple):
    """name: for documentation. source: the expression (ASCII classes). to: its replacement, $1 is the first group.
    luhn: only where the digits pass the Luhn check (ISO/IEC 7812-1)."""

    name: str
    source: str
    to: str
    luhn: bool = False


TABLE: Final = (
    Pattern("credentials in a URL", r"(://)[^\s/@]+@", "$1"),
    Pattern("values in a query or fragment", r"([?&#;][\w.~%[\]-]+=)[^&#;\s\"'<>]+", "$1[value]"),
    Pattern("JSON web token", r"\beyJ[\w-]{6,300}\.[\w-]{4,}(?:\.[\w-]*)?", "[token]"),
    Pattern("authorisation header", r"\b([Bb]earer|[Bb]asic) +[\w.~+/=-]{8,}", "$1 [token]"),
    Pattern(
        "keys of well-known services",
        r"\b(?:(?:sk|pk|rk|whsec|gh[opsu]|glpat|xox[abeprs]|npm|hf)[_-]|AKIA|AIza)[\w-]{12,}",
        "[key]",
    ),
    Pattern(
        "named secret",
        r"\b((?:[Pp]assword|[Pp]asswd|[Ss]ecret|[Aa]pi[_ -]?[Kk]ey)\s*[:=]\s*)\S+",
        "$1[secret]",
    ),
    Pattern(
        "e-mail address",
        r"[^\s@<>()[\],;:\"'=/]{1,64}(?:@|%40)[^\s@%<>()[\],;:\"'=/.]+(?:\.[^\s@%<>()[\],;:\"'=/.]+)+",
        "[email]",
    ),
    Pattern("IBAN", r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]{4}){2,7}(?:[ -]?[A-Z\d]{1,3})?\b", "[iban]"),
    Pattern("payment card", r"\b\d(?:[ -]?\d){12,18}\b", "[card]", luhn=True),
    Pattern("US social security number", r"\b\d{3}-\d{2}-\d{4}\b", "[ssn]"),
    Pattern("IPv4 address", r"\b(?:\d{1,3}\.){3}\d{1,3}\b", "[ip]"),
    Pattern(
        "IPv6 address",
        r"\b(?:(?:[\da-fA-F]{1,4}:){4,7}[\da-fA-F]{1,4}|(?:[\da-fA-F]{1,4}:){1,6}(?::[\da-fA-F]{1,4}){1,6})\b",
        "[ip]",
    ),
    Pattern("phone number", r"(?:\+|\b00)\d(?:[ ()./-]{0,2}\d){7,}", "[phone]"),
    Pattern("national phone number", r"\b0\d{2,4}[ /-]\d{3}[ -]?\d{3,6}\b", "[phone]"),
    Pattern("North American phone number", r"(?:\(\d{3}\) ?|\b\d{3}-)\d{3}-\d{4}\b", "[phone]"),
    Pattern(
        "long hexadecimal",
        r"\b(?:[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}|[\da-fA-F]{24,})\b",
        "[id]",
    ),
    Pattern(
        "long random word",
        r"\b(?=[\w+-]{0,63}\d)(?=[\w+-]{0,63}[a-z])(?=[\w+-]{0,63}[A-Z])[\w+-]{32,}={0,2}",
        "[secret]",
    ),
    Pattern("long number", r"\b\d{9,}\b", "[number]"),
)

MACHINE_WORDS: Final = frozenset({"t", "fp", "form", "decision", "kind", "how", "source", "what"})
"""Fields whose values are made by the widget, never by a page or a person; left alone where they look it."""
_MACHINE_MADE: Final = re.compile(r"(?=.*[a-z])[\w:.-]{1,40}", re.ASCII)
FREE_RECORDS: Final = frozenset({"properties", "entries", "traits"})
"""Fields whose keys the site chooses: no name in them is a machine word."""
FIELD_LIMITS: Final = (64, 128, 160, 256, 512)
"""Characters that the text fields of the wire may have (a test compares them with the types)."""
LONG_NUMBER: Final = 10**14
"""Numbers of 15 digits and more are treated as text: payment cards have 15 or 16, times in ms have 13."""

_COMPILED: Final = [(re.compile(p.source, re.ASCII), p.to.replace("$1", r"\1"), p.luhn) for p in TABLE]
_KEY_SIGNS: Final = (
    b"AKIA",
    b"AIza",
    *(
        prefix + mark
        for prefix in b"sk pk rk sec ho hp hs hu pat xoxa xoxb xoxe xoxp xoxr xoxs npm hf".split()
        for mark in (b"_", b"-")
    ),
)
"""One of these stands in every key of a well-known service."""


def _classes(**marks: bytes) -> bytes:
    """A table that maps each given byte to its mark and every other to x."""
    table = bytearray(b"x" * 256)
    for mark, members in marks.items():
        for member in members:
            table[member] = ord(mark[-1])
    return bytes(table)


_DIGITS, _UPPER, _LOWER = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"
_NUMBERS: Final = _classes(_0=_DIGITS)
_BETWEEN: Final = b" ()./-"
_IBAN_START: Final = _classes(_0=_DIGITS, A=_UPPER)
_HEX: Final = _classes(h=_DIGITS + b"abcdefABCDEF", c=b":")
_WORDS: Final = _classes(w=_DIGITS + _UPPER + _LOWER + b"_+-")
_UNSUSPICIOUS: Final = bytes(set(range(256)) - set(b"@=+\\"))
_SMALL: Final = bytes.maketrans(_UPPER + b"- ", _LOWER + b"__")
_NINE_DIGITS, _KEY_LENGTH, _LONG_WORD = b"0" * 9, b"w" * 15, b"w" * 24
DOTS_OF_AN_ADDRESS: Final = 3


def redact(text: str) -> str:
    """The text without what must not travel; the same string where there is nothing."""
    for expression, to, luhn in _COMPILED:
        text = expression.sub(_if_luhn(to) if luhn else to, text)
    return text


def suspect(raw: bytes) -> bool:
    """May this JSON hold something to redact? False only if no pattern can match a string in it.

    Ordinary frames are asked this thousands of times a second, so it is made of byte searches, not of expressions.
    A backslash may hide anything.
    """
    return _has_sign(raw) or _has_number(raw) or _has_word(raw)


def _has_sign(raw: bytes) -> bool:
    """One pass for the single characters, one that makes capitals small and '-' and ' ' to '_', few searches: a search
    for one byte is ten times as fast as for three."""
    if (
        raw.translate(None, _UNSUSPICIOUS)
        or (b"%" in raw and b"%40" in raw)
        or (b"J" in raw and b"eyJ" in raw)
    ):
        return True
    low = raw.translate(_SMALL)
    return (
        b"://" in low or b"assw" in low or b"ecret" in low or b"earer_" in low or b"asic_" in low
        or b"pi_k" in low or b"pik" in low
    )  # fmt: skip


def _has_number(raw: bytes) -> bool:
    if _NINE_DIGITS in raw.translate(_NUMBERS, _BETWEEN) or raw.count(b".") >= DOTS_OF_AN_ADDRESS:
        return True
    hexes = raw.translate(_HEX)
    return b"hch" in hexes or b"hcc" in hexes or b"AA00" in raw.translate(_IBAN_START)


def _has_word(raw: bytes) -> bool:
    runs = raw.translate(_WORDS)
    if _KEY_LENGTH not in runs:
        return False
    return _LONG_WORD in runs or any(sign in raw for sign in _KEY_SIGNS)


def redact_tree(value: Any) -> Any:
    """Strings inside lists and dicts of our own shape; machine words are left alone, free records are not."""
    if isinstance(value, str):
        return _fitting(value)
    if isinstance(value, list):
        return [redact_tree(item) for item in value]
    if isinstance(value, dict):
        return {key: _redact_field(key, item) for key, item in value.items()}
    return value


def _redact_field(key: str, value: Any) -> Any:
    if key in FREE_RECORDS and isinstance(value, dict):
        return {_fitting(name): _redact_fact(item) for name, item in value.items()}
    if key in MACHINE_WORDS and isinstance(value, str) and _MACHINE_MADE.fullmatch(value):
        return value
    return redact_tree(value)


def _redact_fact(value: Any) -> Any:
    """A fact is a scalar; a list could only come from a caller of our own, and is no way around."""
    if isinstance(value, list):
        return [_redact_fact(item) for item in value]
    if isinstance(value, str):
        return _fitting(value)
    if isinstance(value, int | float) and abs(value) >= LONG_NUMBER:
        return _fitting(str(int(value)))
    return value


def _fitting(text: str) -> str:
    """Redacted, and within the limit of any field that could hold the text: a mark may be longer than what it hides."""
    clean = redact(text)
    if len(clean) <= len(text):
        return clean
    return clean[: next((limit for limit in FIELD_LIMITS if limit >= len(text)), len(text))]


def luhn(digits: str) -> bool:
    total = 0
    for i, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + i % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def _if_luhn(to: str) -> Any:
    def replace(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        return to if luhn(digits) else match.group()

    return replace
