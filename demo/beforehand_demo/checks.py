"""The product's rules for single values: pure functions, text in, value or None out.

None always means "not acceptable"; which words the person reads is decided where the form is.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from .countries import COUNTRIES

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MIN_PASSWORD = 12  # characters; NIST SP 800-63B asks for 8 at least, the product for more
CHARACTER_KINDS = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")
FREE_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "outlook.com",
        "hotmail.com",
        "yahoo.com",
        "icloud.com",
        "t-online.de",
    }
)


def parse_date(text: str) -> date | None:
    """`23 Nov 2026` or `2026-11-23`. Figures with dots or slashes mean different days in different countries."""
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        found = re.fullmatch(r"(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})", text)
        if not found:
            return None
        return date(int(found[3]), _month(found[2]), int(found[1]))
    except ValueError:
        return None


def _month(word: str) -> int:
    word = word.lower()
    return (MONTHS.index(word) if word in MONTHS else MONTH_NAMES.index(word)) + 1


def parse_amount(text: str) -> int | None:
    """Euro with a decimal point -> cents."""
    if not re.fullmatch(r"\d{1,8}(\.\d{1,2})?", text.strip(), re.ASCII):
        return None
    return int(Decimal(text.strip()) * 100)


def parse_quantity(text: str) -> Decimal | None:
    """A number above 0 with at most three decimals."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text.strip(), re.ASCII):
        return None
    return Decimal(text.strip()) or None


def parse_hours(text: str) -> int | None:
    """`1:30` or `1.5` -> minutes."""
    text = text.strip()
    clock = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text, re.ASCII)
    if clock:
        return int(clock[1]) * 60 + int(clock[2]) or None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII):
        return None
    return round(Decimal(text) * 60) or None


def is_email(text: str) -> bool:
    return re.fullmatch(r"[^@\s,;<>]+@([a-z0-9-]+\.)+[a-z]{2,}", text.strip(), re.IGNORECASE) is not None


def is_vat_number(text: str, country: str) -> bool:
    """Whether `text` has the form of a VAT number of `country` (two letters), its prefix included."""
    if country not in COUNTRIES:
        return False
    return re.fullmatch(COUNTRIES[country].vat, text.strip().upper(), re.ASCII) is not None


def is_postcode(text: str, country: str) -> bool:
    if country not in COUNTRIES:
        return False
    return re.fullmatch(COUNTRIES[country].postcode, text.strip().upper(), re.ASCII) is not None


def mod_97(text: str) -> int:
    """ISO 7064, MOD 97-10: letters count from A = 10; a valid number leaves 1."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def is_iban(text: str) -> bool:
    iban = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", iban, re.ASCII):
        return False
    country = COUNTRIES.get(iban[:2])
    return country is not None and len(iban) == country.iban_length and mod_97(iban[4:] + iban[:4]) == 1


def is_bic(text: str) -> bool:
    return re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", text.strip().upper(), re.ASCII) is not None


def is_routing_id(text: str) -> bool:
    """Leitweg-ID of the German e-invoice: coarse part, optional fine part, two check digits (MOD 97-10)."""
    text = text.strip().upper()
    if not re.fullmatch(r"\d{2,12}(-[A-Z0-9]{1,30})?-\d{2}", text, re.ASCII):
        return False
    return mod_97(text.replace("-", "")) == 1


def is_phone(text: str) -> bool:
    return re.fullmatch(r"\+[1-9]\d{0,2}( ?\d{2,}){1,5}", text.strip(), re.ASCII) is not None


def is_card_number(digits: str) -> bool:
    """Luhn's check over 13 to 19 digits."""
    if not re.fullmatch(r"\d{13,19}", digits, re.ASCII):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_webhook_url(text: str) -> bool:
    parts = urlsplit(text.strip())
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and parts.username is None and " " not in text.strip()


def is_clock(text: str) -> bool:
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text.strip(), re.ASCII) is not None


def parse_expiry(text: str) -> tuple[int, int] | None:
    """`MM/YY` -> (year, month)."""
    found = re.fullmatch(r"(0[1-9]|1[0-2]) ?/ ?(\d{2})", text.strip(), re.ASCII)
    return (2000 + int(found[2]), int(found[1])) if found else None


def parse_month(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m").date()
    except ValueError:
        return None


def is_strong_password(password: str, forbidden: list[str]) -> bool:
    """Length, kinds of characters, repeats, and none of the `forbidden` words (names) inside it."""
    kinds = sum(re.search(kind, password) is not None for kind in CHARACTER_KINDS)
    named = any(word and word.lower() in password.lower() for word in forbidden)
    return len(password) >= MIN_PASSWORD and kinds >= 3 and not named and not re.search(r"(.)\1\1", password)


def is_receipt(content: bytes) -> bool:
    """PDF, JPG or PNG, told by the first bytes and not by the name: a renamed HEIC photo stays one."""
    return content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
