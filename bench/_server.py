"""A real server in its own process, on a fresh data folder, for a measurement."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench._result import ROOT

ORIGIN = "http://127.0.0.1:9"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """pid and address of a running `beforehand serve`."""

    process: subprocess.Popen[bytes]
    base: str
    port: int
    key: str
    data: Path

    def cpu_s(self) -> float:
        """User and system seconds of the whole process so far."""
        return cpu_s(self.process.pid)

    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(row for row in status.splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.base}/healthz", timeout=5) as answer:
            health: dict[str, Any] = json.load(answer)
            return health


def cpu_s(pid: int) -> float:
    cells = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(cells[11]) + int(cells[12])) / TICKS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(*words: str, data: Path) -> str:
    command = [sys.executable, "-m", "beforehand", *words, "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def make_data(data: Path, articles: bool = True) -> str:
    """Workspace, source and the product's own articles; returns the public key."""
    facts = json.loads(run("init", "--origin", ORIGIN, "--json", data=data))
    if articles:
        run("kb", "push", str(ROOT / "knowledge" / "articles"), data=data)
    return str(facts["key"])


@contextmanager
def serving(
    command: list[str] | None = None, head: list[str] | None = None, articles: bool = True, **env: str
) -> Iterator[Server]:
    """Start, wait until ready, and end the server again, on a fresh data folder with the product's articles or without.

    command: a server that needs no data folder; head: what to run instead of `beforehand serve`.
    """
    with tempfile.TemporaryDirectory() as folder:
        data, port, key = Path(folder) / "data", free_port(), ""
        words = command
        if words is None:
            key = make_data(data, articles)
            words = [*(head or [sys.executable, "-m", "beforehand", "serve"]), "--data", str(data)]
        process = subprocess.Popen(
            [*words, "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "BEFOREHAND_LOG_LEVEL": "warning", **env},
        )
        server = Server(process, f"http://127.0.0.1:{port}", port, key, data)
        try:
            wait_ready(server)
            yield server
        finally:
            process.terminate()
            process.wait(10)


def wait_ready(server: Server, path: str = "/readyz", within_s: float = 60.0) -> float:
    """Seconds until the first 200. Raises RuntimeError when the process ends or time is up."""
    began = time.perf_counter()
    while time.perf_counter() - began < within_s:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.process.returncode}")
        try:
            with urllib.request.urlopen(server.base + path, timeout=1) as answer:
                if answer.status == 200:
                    return time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise RuntimeError(f"no answer within {within_s} s")
