"""Secrets at rest: encrypted with a key that is not in the database."""

from __future__ import annotations

import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from beforehand.domain.errors import Configuration

KEY_BYTES = 32
"""AES-256."""
NONCE_BYTES = 12
"""The size AES-GCM is specified for; random, as few secrets are ever written."""
INFO = b"beforehand source secrets v1"


class Vault:
    """Seals lists of strings. `place` binds a ciphertext to its row, so it can't be moved to another."""

    def __init__(self, secret_key: bytes) -> None:
        if not secret_key:
            raise Configuration("secret.key: expected the key that encrypts secrets; it is empty.")
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=INFO).derive(secret_key)
        self._cipher = AESGCM(derived)

    def seal(self, secrets: tuple[str, ...], place: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.json.encode(secrets), place.encode())

    def open(self, sealed: bytes, place: str) -> tuple[str, ...]:
        """Raises Configuration where another key sealed it."""
        nonce, text = bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:])
        try:
            plain = self._cipher.decrypt(nonce, text, place.encode())
        except InvalidTag:
            raise Configuration(
                "secret.key does not open the secrets in this database; put back the secret.key they were"
                " written with, or make new secrets for the source."
            ) from None
        return msgspec.json.decode(plain, type=tuple[str, ...])
