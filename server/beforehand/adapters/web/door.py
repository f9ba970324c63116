"""Who may come in: key, origin, privacy signals and rate, asked before anything else."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs

import structlog
from starlette.types import Scope

from beforehand.adapters.web.buckets import Buckets
from beforehand.domain.errors import BeforehandError, NoConsent, UnknownKey, WrongOrigin
from beforehand.domain.source import Source, Workspace
from beforehand.loop.directory import Directory
from beforehand.ports.clock import Clock

CONNECTS_PER_SECOND = 20.0
"""New connections a second from one address: an office behind one router after an outage, with jitter."""
CONNECT_BURST = 2_000
"""At once: the same office when everybody's page reconnects."""
CONNECTS_PER_KEY = 500.0
"""New connections a second to one source: its rush hour, and no more than a fraction of what a core can greet."""
KEY_BURST = 20_000
"""At once: every page of the site after a restart."""
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
SAY_AGAIN_S = 60.0
"""Seconds until the same refusal is logged again."""
MAX_SAID = 1_000
"""Refusals remembered for that."""

log = structlog.get_logger()


class Door:
    """admit() or a named refusal."""

    def __init__(self, directory: Directory, clock: Clock, forwarded_for: bool) -> None:
        self._directory = directory
        self._clock = clock
        self._forwarded_for = forwarded_for
        self._rates = Buckets(CONNECTS_PER_SECOND, CONNECT_BURST, clock)
        self._keys = Buckets(CONNECTS_PER_KEY, KEY_BURST, clock)
        self._said: dict[tuple[str, str], float] = {}
        self._seen: set[tuple[str, str]] = set()

    async def admit(self, scope: Scope) -> tuple[Workspace, Source, str]:
        """Workspace, source and origin of a request. Raises UnknownKey, WrongOrigin, NoConsent, TooFast."""
        headers = headers_of(scope)
        origin = headers.get("origin", "")
        try:
            self._rates.take(self._address(scope, headers), "connections")
            workspace, source = await self._directory.source(key_of(scope))
            self._keys.take(source.id, "connections to this key")
            if origin not in source.origins:
                raise WrongOrigin(
                    f"The origin {shown(origin)} is not on the allow-list of this key; "
                    "add it with `beforehand init --origin`."
                )
            if source.honour_privacy_signals and (headers.get("sec-gpc") == "1" or headers.get("dnt") == "1"):
                raise NoConsent(
                    "The browser asks not to be tracked (Global Privacy Control or Do-Not-Track)."
                )
        except BeforehandError as error:
            self.say(origin, error)
            raise
        return workspace, source, origin

    def first_event(self, source: Source, origin: str) -> None:
        """Said once per source and origin: the sign that the tag works."""
        if (source.id, origin) not in self._seen:
            self._seen.add((source.id, origin))
            log.info("first_event", origin=origin, source=source.name)

    def _address(self, scope: Scope, headers: dict[str, str]) -> str:
        if self._forwarded_for and (chain := headers.get("x-forwarded-for")):
            return network(chain.rsplit(",", 1)[-1].strip())
        client = scope.get("client")
        return network(str(client[0])) if client else ""

    def say(self, origin: str, error: BeforehandError) -> None:
        """Log a refusal, once a minute for the same reason and origin."""
        key, now = (origin[:200], error.code), self._clock.monotonic()
        if now - self._said.get(key, -SAY_AGAIN_S) < SAY_AGAIN_S:
            return
        if len(self._said) >= MAX_SAID:
            self._said.clear()
        self._said[key] = now
        log.warning("refused", origin=shown(origin), code=error.code, reason=error.sentence)


def network(address: str) -> str:
    """What one party holds: an IPv4 address, or the /64 of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    except ValueError:
        return address


def headers_of(scope: Scope) -> dict[str, str]:
    """Names in lower case; a header sent twice is kept as neither, so that no check can be tricked."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        headers[key] = "\x00" if key in headers and key == "origin" else value.decode("latin-1")
    return headers


def key_of(scope: Scope) -> str:
    """The public key in the URL. Raises UnknownKey."""
    keys = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("key", [])
    if len(keys) != 1 or not KEY.fullmatch(keys[0]):
        raise UnknownKey(
            "key: expected the public key of a source in the URL; it stands in data-key of the tag."
        )
    return str(keys[0])


def shown(origin: str) -> str:
    """An origin fit for a sentence: somebody else's text, cut and without control characters."""
    return "".join(c for c in origin[:100] if c.isprintable()) or "(none)"
