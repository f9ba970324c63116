"""Delivering a signed test event to a webhook: a real request to a real host.

Only https, only public addresses (a server must not be talked into reaching its own network), no redirects.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 3.0
HTTPS = 443


class Undelivered(Exception):
    """Why, in one sentence for the person who asked."""


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked; the name is looked up only once."""

    def __init__(self, host: str, address: str, port: int) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        self._address, self._context_ = address, ssl.create_default_context()

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT_SECONDS)
        self.sock = self._context_.wrap_socket(plain, server_hostname=self.host)


async def deliver_test(url: str, secret: str) -> int:
    """The status of the endpoint's answer. Raises Undelivered when there is none, or none of 2xx."""
    host = urlsplit(url).hostname or ""
    try:
        return await asyncio.wait_for(asyncio.to_thread(_deliver, url, secret), TIMEOUT_SECONDS)
    except (TimeoutError, OSError, http.client.HTTPException) as why:
        raise Undelivered(f"No answer from {host}.") from why


def _deliver(url: str, secret: str) -> int:
    parts = urlsplit(url)
    host = parts.hostname or ""
    body = json.dumps({"event": "test", "at": int(time.time())}).encode()
    signature = hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    link = _Pinned(host, _public_address(host, parts.port or HTTPS), parts.port or HTTPS)
    try:
        link.request(
            "POST",
            parts.path or "/",
            body,
            {"Content-Type": "application/json", "X-Tallybrook-Signature": signature},
        )
        status = link.getresponse().status
    finally:
        link.close()
    if not 200 <= status < 300:
        raise Undelivered(f"{host} answered with status {status}.")
    return status


def _public_address(host: str, port: int) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(ipaddress.ip_address(address).is_global for address in found):
        raise Undelivered(f"{host} is not a public host.")
    return found[0]
