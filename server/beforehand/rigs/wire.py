"""A WebSocket client that costs almost nothing, so that a load comes from one core beside the server.

It speaks just what a browser's widget does: text frames under 64 KiB, no extensions. Frames are masked with a
zero key, which RFC 6455 allows, so a frame can be built once and sent many times.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
SHORT, MEDIUM = 126, 127
"""Payload length markers: below 126 in the byte itself, 126 means 16 bits follow, 127 means 64."""


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One final, masked frame."""
    length = len(payload)
    if length < SHORT:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
    elif length < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | SHORT, length)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | MEDIUM, length)
    return head + b"\0\0\0\0" + payload


class WireClient(asyncio.Protocol):
    """on_text(payload) is called for each text frame; refused holds the HTTP answer if the upgrade failed."""

    def __init__(self, on_text: Callable[[bytes], None]) -> None:
        self._on_text = on_text
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._key = base64.b64encode(os.urandom(16)).decode()
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[int] = loop.create_future()
        self.refused = b""

    @classmethod
    async def connect(
        cls, host: str, port: int, path: str, origin: str, on_text: Callable[[bytes], None]
    ) -> WireClient:
        """Raises ConnectionError with the status line where the server refuses."""
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: cls(on_text), host, port)
        client._upgrade(host, port, path, origin)
        await client.opened
        return client

    def _upgrade(self, host: str, port: int, path: str, origin: str) -> None:
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {self._key}", "Sec-WebSocket-Version: 13", f"Origin: {origin}", "", "",
        ]  # fmt: skip
        self.raw("\r\n".join(lines).encode())

    def raw(self, data: bytes) -> None:
        """Prebuilt frames, as they are."""
        assert self._transport is not None
        self._transport.write(data)

    def text(self, payload: bytes) -> None:
        self.raw(frame(payload))

    def close(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(
                ConnectionError(self.refused.decode("latin-1") or "closed before the upgrade")
            )
        if not self.closed.done():
            self.closed.set_result(1006)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done() and not self._shake():
            return
        while self._next():
            pass

    def _shake(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[:end])
        if not head.startswith(b"HTTP/1.1 101"):
            self.refused = bytes(self._buffer)
            return False
        del self._buffer[: end + 4]
        self.opened.set_result(None)
        return True

    def _next(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        length, start = buffer[1], 2
        if length == SHORT:
            if len(buffer) < 4:
                return False
            length, start = struct.unpack_from("!H", buffer, 2)[0], 4
        elif length == MEDIUM:
            if len(buffer) < 10:
                return False
            length, start = struct.unpack_from("!Q", buffer, 2)[0], 10
        end = start + length
        if len(buffer) < end:
            return False
        opcode, payload = buffer[0] & 0x0F, bytes(buffer[start:end])
        del buffer[:end]
        self._take(opcode, payload)
        return True

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._on_text(payload)
        elif opcode == PING:
            self.raw(frame(payload, PONG))
        elif opcode == CLOSE:
            if not self.closed.done():
                self.closed.set_result(struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005)
            self.raw(frame(payload[:2], CLOSE))
            self.close()
