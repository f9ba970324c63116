"""Is a port free, and if not, who holds it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from beforehand.domain.errors import Configuration

LISTENING = "0A"
"""TCP state in /proc/net/tcp."""


def require_free(host: str, port: int, flag: str) -> None:
    """Raises Configuration that names the holder, where the system tells, and the flag to choose another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return
        except PermissionError:
            raise Configuration(
                f"Port {port} needs more rights than this user has; choose one above 1023 with {flag}."
            ) from None
        except OSError as error:
            holder = holder_of(port)
            who = f" by {holder}" if holder else ""
            reason = error.strerror or "not available"
            raise Configuration(
                f"Port {port} is taken{who} ({reason}); choose another with {flag}."
            ) from None


def holder_of(port: int) -> str:
    """'name (pid 123)' of the process that listens on the port; '' where /proc does not say."""
    inodes = _listening_inodes(port)
    if not inodes:
        return ""
    for folder in Path("/proc").glob("[0-9]*"):
        if _holds(folder, inodes):
            return f"{_name(folder)} (pid {folder.name})"
    return ""


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            cells = row.split()
            if cells[3] == LISTENING and int(cells[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(cells[9])
    return inodes


def _holds(folder: Path, inodes: set[str]) -> bool:
    try:
        return any(
            os.readlink(fd)[8:-1] in inodes
            for fd in (folder / "fd").iterdir()
            if os.readlink(fd).startswith("socket:[")
        )
    except OSError:
        return False


def _name(folder: Path) -> str:
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
        return " ".join(Path(words[0].decode()).name.split() + [w.decode() for w in words[1:4] if w])
    except (OSError, UnicodeDecodeError):
        return "another process"
