"""Beforehand and Tallybrook running as `beforehand demo` starts them, and a Chromium to use them with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench._result import ROOT
from bench._server import free_port

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
READY_WITHIN_S = 90.0


@dataclass
class Stage:
    """base: Beforehand; product: Tallybrook; data: the folder of both."""

    base: str
    product: str
    data: Path
    process: subprocess.Popen[bytes]

    def replay(self, session: str = "") -> str:
        """What `beforehand replay SESSION --json` prints, or --list without a session."""
        words = [session, "--json"] if session else ["--list"]
        command = [sys.executable, "-m", "beforehand", "replay", *words, "--data", str(self.data)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(15)


@contextmanager
def stage(data: Path, **env: str) -> Iterator[Stage]:
    port, demo_port = free_port(), free_port()
    words = ["demo", "--data", str(data), "--port", str(port), "--demo-port", str(demo_port)]
    data.mkdir(parents=True, exist_ok=True)
    with (data / "stage.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "beforehand", *words],
            cwd=ROOT,
            env={**os.environ, **env},
            stdout=log,
            stderr=log,
        )
    running = Stage(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{demo_port}", data, process)
    try:
        wait_for(process, f"{running.base}/readyz", f"{running.product}/healthz")
        yield running
    finally:
        running.stop()


def wait_for(process: subprocess.Popen[bytes], *addresses: str) -> None:
    """Raises RuntimeError when the process ends or time is up."""
    deadline = time.monotonic() + READY_WITHIN_S
    for address in addresses:
        while not answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{address} does not answer")
            time.sleep(0.02)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, product: str, who: str = "Mara") -> None:
    page.goto(f"{product}/login")
    page.get_by_role("button", name=f"Continue as {who}").click()
    page.wait_for_url(f"{product}/")
