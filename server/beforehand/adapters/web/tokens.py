"""Resume tokens, signed by us, and user tokens, signed by the site. Neither is ever echoed or logged."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from beforehand.domain.errors import BadResume, BadToken, ExpiredToken
from beforehand.domain.person import UserClaims
from beforehand.ports.clock import Clock

RESUME_S = 86_400
"""Seconds a resume token is good for: a laptop closed overnight; later, a document begins a new tape."""
LEEWAY_S = 30
"""Seconds of difference between the site's clock and ours that nbf and iat forgive; exp is kept exactly."""
MAX_SUB = 256
"""Characters of a person's external id."""
MAX_EXP = 32_503_680_000
"""Seconds UTC: the year 3000. Later ones are a mistake (milliseconds, most often)."""
MAX_TOKEN = 4_096
"""Characters of a user token."""


class _Resume(msgspec.Struct, array_like=True):
    workspace: str
    tape: str
    visitor: str
    expires: int


class ResumeTokens:
    """HMAC-SHA256 over (workspace, tape, visitor, expiry)."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = hmac.digest(key, b"resume token v1", "sha256")
        self._clock = clock

    def make(self, workspace: str, tape: str, visitor: str) -> str:
        expires = self._clock.now() // 1000 + RESUME_S
        body = msgspec.json.encode(_Resume(workspace, tape, visitor, expires))
        return _b64(body) + "." + _b64(self._mac(body))

    def read(self, token: str, workspace: str, tape: str) -> str:
        """The visitor's id. Raises BadResume for anything but our own, unexpired token of this very tape."""
        body, _, mac = token.partition(".")
        try:
            raw = _unb64(body)
            genuine = hmac.compare_digest(self._mac(raw), _unb64(mac))
        except ValueError:
            genuine = False
        if not genuine:
            raise BadResume("resume: expected the token that a welcome brought.")
        resume = msgspec.json.decode(raw, type=_Resume)
        if (resume.workspace, resume.tape) != (workspace, tape):
            raise BadResume("resume: expected the token of this tape.")
        if resume.expires < self._clock.now() // 1000:
            raise BadResume("resume: expected a token younger than a day; begin a new tape.")
        return resume.visitor

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()


def read_user(token: str, secrets: Sequence[str], now_s: int) -> UserClaims:
    """The verified claims of a user token: JWT, HS256 only. Raises BadToken, ExpiredToken."""
    if len(token) > MAX_TOKEN:
        raise BadToken(f"user: expected a token of at most {MAX_TOKEN} characters.")
    claims = _checked(_verified(token, secrets), now_s)
    return claims


def _verified(token: str, secrets: Sequence[str]) -> dict[str, object]:
    for secret in secrets:
        try:
            return dict(jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
    raise BadToken("user: expected a JWT signed with HS256 and this source's secret.")


def _checked(claims: dict[str, object], now_s: int) -> UserClaims:
    if not isinstance(claims.get("exp"), int) or isinstance(claims.get("exp"), bool):
        raise BadToken("user: expected the claim exp, in whole seconds since 1970.")
    for name in ("nbf", "iat"):
        value = claims.get(name, 0)
        if not isinstance(value, int | float) or value > now_s + LEEWAY_S:
            raise BadToken(f"user: expected the claim {name} to be a time that is not in the future.")
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub.strip() or len(sub) > MAX_SUB or "\x00" in sub:
        raise BadToken(f"user: expected the claim sub to be a text of 1 to {MAX_SUB} characters.")
    try:
        user = msgspec.convert({**claims, "iat": int(claims.get("iat") or 0)}, UserClaims)  # type: ignore[call-overload]
        storable = b"\\u0000" not in msgspec.json.encode(user) and user.exp <= MAX_EXP
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        field = str(error).rpartition("`$.")[2].strip("`") or "every claim"
        raise BadToken(f"user: expected {field} to have the documented form.") from None
    if not storable:
        raise BadToken(
            "user: expected claims without NUL characters, and exp in seconds before the year 3000."
        )
    if user.exp <= now_s:
        raise ExpiredToken("user: the token has expired; sign a new one and call identify again.")
    return user


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    """Raises ValueError for anything but the canonical form."""
    data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _b64(data) != text:
        raise ValueError("not canonical")
    return data
