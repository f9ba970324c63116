"""What differs from country to country: VAT numbers, IBAN lengths, postcodes.

Formats of VAT numbers: the European Commission's VIES questions and answers. IBAN lengths: the IBAN registry
of SWIFT. Postcodes: the Universal Postal Union's addressing sheets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    vat: str  # the whole VAT number, prefix included, as a regular expression
    postcode: str
    iban_length: int
    in_eu: bool = True


_ALL = [
    Country("AT", "Austria", r"ATU\d{8}", r"\d{4}", 20),
    Country("BE", "Belgium", r"BE[01]\d{9}", r"\d{4}", 16),
    Country("CZ", "Czechia", r"CZ\d{8,10}", r"\d{3} ?\d{2}", 24),
    Country("DK", "Denmark", r"DK\d{8}", r"\d{4}", 18),
    Country("EE", "Estonia", r"EE\d{9}", r"\d{5}", 20),
    Country("FI", "Finland", r"FI\d{8}", r"\d{5}", 18),
    Country("FR", "France", r"FR[0-9A-Z]{2}\d{9}", r"\d{5}", 27),
    Country("DE", "Germany", r"DE\d{9}", r"\d{5}", 22),
    Country("GR", "Greece", r"EL\d{9}", r"\d{3} ?\d{2}", 27),
    Country("IE", "Ireland", r"IE\d[0-9A-Z+*]\d{5}[A-Z]{1,2}", r"[A-Z0-9]{3} ?[A-Z0-9]{4}", 22),
    Country("IT", "Italy", r"IT\d{11}", r"\d{5}", 27),
    Country("LU", "Luxembourg", r"LU\d{8}", r"\d{4}", 20),
    Country("NL", "Netherlands", r"NL\d{9}B\d{2}", r"\d{4} ?[A-Z]{2}", 18),
    Country("NO", "Norway", r"NO\d{9}(MVA)?", r"\d{4}", 15, in_eu=False),
    Country("PL", "Poland", r"PL\d{10}", r"\d{2}-\d{3}", 28),
    Country("PT", "Portugal", r"PT\d{9}", r"\d{4}-\d{3}", 25),
    Country("ES", "Spain", r"ES[0-9A-Z]\d{7}[0-9A-Z]", r"\d{5}", 24),
    Country("SE", "Sweden", r"SE\d{12}", r"\d{3} ?\d{2}", 24),
    Country("CH", "Switzerland", r"CHE\d{9}(MWST|TVA|IVA)?", r"\d{4}", 21, in_eu=False),
    Country(
        "GB", "United Kingdom", r"GB(\d{9}|\d{12})", r"[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}", 22, in_eu=False
    ),
]
COUNTRIES: dict[str, Country] = {country.code: country for country in _ALL}
CHOICES: list[tuple[str, str]] = [(country.code, country.name) for country in _ALL]


def is_eu(code: str) -> bool:
    return code in COUNTRIES and COUNTRIES[code].in_eu
