"""`start`: from exec of `beforehand serve` on stored data to the first 200 of /readyz, and memory at rest."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench import _result
from bench._result import ROOT
from bench._server import Server, free_port, make_data, wait_ready

RUNS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        make_data(data)
        start_once(data)  # the first start embeds the articles and keeps the index
        runs = [start_once(data) for _ in range(RUNS)]
        demo_first = demo_once(Path(folder) / "demo")
        demo = [demo_once(Path(folder) / "demo") for _ in range(3)]
    figures: dict[str, float | None] = {
        "ready_s": round(statistics.median(s for s, _ in runs), 2),
        "demo_ready_s": round(statistics.median(demo), 2),
        "demo_first_s": round(demo_first, 2),
        "rss_mb": round(statistics.median(m for _, m in runs), 1),
    }
    rows = [{"ready_s": round(s, 2), "rss_mb": round(m, 1)} for s, m in runs]
    _result.write(
        "start",
        figures,
        rows,
        ["ready_s: median of 5 starts on stored data; the index is reloaded, not rebuilt."],
    )


def start_once(data: Path) -> tuple[float, float]:
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "beforehand", "serve", "--data", str(data), "--port", str(port)],
        cwd=ROOT, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}", port, "", data)
    try:
        wait_ready(server)
        return time.perf_counter() - began, server.rss_mb()
    finally:
        process.terminate()
        process.wait(10)


def demo_once(data: Path) -> float:
    """From `./dev demo` to both addresses answering."""
    port, demo_port = free_port(), free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        ["./dev", "demo", "--data", str(data), "--port", str(port), "--demo-port", str(demo_port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for address in (f"http://127.0.0.1:{port}/readyz", f"http://127.0.0.1:{demo_port}/healthz"):
            while not answers(address):
                time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(10)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main()
