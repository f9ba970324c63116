"""Who is in front of the page: a visitor, and a person where a signed token says so."""

from __future__ import annotations

from typing import Literal

import msgspec

from beforehand.domain.event import Facts

Consent = Literal["granted", "pending", "denied"]


class AccountClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    name: str = ""
    plan: str = ""


class UserClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    """The verified content of a user token. sub: the site's own id of the person. exp: seconds UTC."""

    sub: str
    exp: int
    iat: int = 0
    name: str = ""
    email: str = ""
    locale: str = ""
    zone: str = ""
    account: AccountClaims | None = None
    traits: Facts = {}


class PersonFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a decision may rest on: unit of randomisation and of caps, and what was dismissed before.

    unit: 'p:<person id>' if verified, else 'v:<visitor id>'. shown: times (ms UTC) of nudges of the last 24 h.
    dismissed: struggle key -> time (ms UTC) it was waved away.
    """

    unit: str
    visitor: str
    person: str = ""
    verified: bool = False
    arm: Literal["treatment", "control"] = "treatment"
    propensity: float = 1.0
    consent: Consent = "granted"
    zone: str = ""
    locale: str = ""
    shown: tuple[int, ...] = ()
    dismissed: dict[str, int] = {}
