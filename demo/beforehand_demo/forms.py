"""Reading a submitted form: cleaned values out, messages by field in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from starlette.datastructures import FormData, UploadFile

from . import checks
from .money import Line

DATE = "Enter a valid date."
AMOUNT = "Enter an amount."
EMAIL = "Enter a valid e-mail address."
VAT = "Enter a valid VAT number."
IBAN = "This IBAN is not valid."
PAST = "The date lies in the past."
FUTURE = "The date lies in the future."
VAT_RATES = (19, 7, 0)


class Form:
    """One submission. `labels` gives each field id the name it has on the page."""

    def __init__(self, data: FormData, labels: Mapping[str, str]) -> None:
        self._data = data
        self.labels = dict(labels)
        self.errors: dict[str, str] = {}

    def fail(self, field: str, message: str) -> None:
        """Keeps the first message of a field: the later ones would only repeat it in other words."""
        self.errors.setdefault(field, message)

    def text(self, name: str, needed: str = "", limit: int = 0) -> str:
        value = self._data.get(name, "")
        text = value.strip() if isinstance(value, str) else ""
        if needed and not text:
            self.fail(name, needed)
        if limit and len(text) > limit:
            self.fail(name, f"Use {limit} characters or fewer.")
        return text

    def raw(self, name: str) -> str:
        """As typed, spaces included: for passwords."""
        value = self._data.get(name, "")
        return value if isinstance(value, str) else ""

    def many(self, name: str) -> list[str]:
        return [value.strip() for value in self._data.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        value = self._data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    async def content(self, name: str, limit: int) -> tuple[bytes, str | None]:
        """(at most limit + 1 bytes, the file's name), and the file is let go; (b"", None) where none was chosen."""
        upload = self.file(name)
        try:
            return (await upload.read(limit + 1), upload.filename) if upload else (b"", None)
        finally:
            for value in self._data.values():
                if isinstance(value, UploadFile):
                    await value.close()

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def choice(self, name: str, allowed: list[str], otherwise: str) -> str:
        value = self.text(name)
        return value if value in allowed else otherwise

    def whole(self, name: str, otherwise: int = 0) -> int:
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() else otherwise

    def date(self, name: str, optional: bool = False) -> date | None:
        text = self.text(name)
        if optional and not text:
            return None
        found = checks.parse_date(text)
        if found is None:
            self.fail(name, DATE)
        return found

    def amount(self, name: str, optional: bool = False) -> int | None:
        text = self.text(name)
        if optional and not text:
            return None
        found = checks.parse_amount(text)
        if found is None:
            self.fail(name, AMOUNT)
        return found

    def email(self, name: str, optional: bool = False) -> str:
        text = self.text(name)
        if not (optional and not text) and not checks.is_email(text):
            self.fail(name, EMAIL)
        return text.lower()

    def vat_number(self, name: str, country: str) -> str:
        text = self.text(name).upper()
        if text and not checks.is_vat_number(text, country):
            self.fail(name, VAT)
        return text

    def iban(self, name: str, optional: bool = True) -> str:
        text = self.text(name)
        if (text or not optional) and not checks.is_iban(text):
            self.fail(name, IBAN)
        return "".join(text.split()).upper()

    def lines(self) -> list[Line]:
        """The items of an invoice or quote; a row left wholly empty is not an item."""
        columns = [self.many(name) for name in ("item", "qty", "unit", "price", "vat")]
        rows = list(zip(*columns, strict=False))
        found = [self._line(place, row) for place, row in enumerate(rows) if row[0] or row[3]]
        return [line for line in found if line]

    def _line(self, place: int, row: tuple[str, ...]) -> Line | None:
        item, qty, unit, price, vat = row
        for name, label in (("item", "Item"), ("qty", "Quantity"), ("price", "Price")):
            self.labels[f"{name}-{place}"] = (
                f"{label} of item {place + 1}" if name != "item" else f"Item {place + 1}"
            )
        quantity, cents = checks.parse_quantity(qty), checks.parse_amount(price)
        if not item:
            self.fail(f"item-{place}", "Describe the item.")
        if quantity is None:
            self.fail(f"qty-{place}", "Enter a number.")
        if cents is None:
            self.fail(f"price-{place}", AMOUNT)
        rate = int(vat) if vat in {str(rate) for rate in VAT_RATES} else VAT_RATES[0]
        return Line(item, quantity or Decimal(1), unit[:10], cents or 0, rate)
