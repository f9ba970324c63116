"""Amounts in cents, VAT, and how numbers and days are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Line:
    """One item of an invoice or quote. price in cents, vat in percent."""

    item: str
    qty: Decimal
    unit: str
    price: int
    vat: int

    @property
    def amount(self) -> int:
        return _cents(self.qty * self.price)


@dataclass(frozen=True)
class Totals:
    subtotal: int
    vat: list[tuple[int, int]]  # (rate in percent, cents), highest rate first
    total: int


def totals(lines: Iterable[Line]) -> Totals:
    """VAT is computed once per rate on the sum, not per line, as tax offices expect on an invoice."""
    by_rate: dict[int, int] = {}
    for line in lines:
        by_rate[line.vat] = by_rate.get(line.vat, 0) + line.amount
    vat = [(rate, _cents(Decimal(net) * rate / 100)) for rate, net in sorted(by_rate.items(), reverse=True)]
    subtotal = sum(by_rate.values())
    return Totals(subtotal, vat, subtotal + sum(tax for _, tax in vat))


def _cents(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def euro(cents: int | None) -> str:
    if cents is None:
        return ""
    return f"{'−' if cents < 0 else ''}€{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def plain(cents: int | None) -> str:
    """As it is typed into a field: no sign, no separator."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


def number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def day(value: date | str | None) -> str:
    """`23 Nov 2026`"""
    if not value:
        return ""
    value = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{value.day} {value:%b} {value.year}"


def hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
