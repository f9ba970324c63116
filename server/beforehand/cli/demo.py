"""beforehand demo: the product and a small SaaS that embeds it, seeded, from one command."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated, TypeVar

import typer

from beforehand import knowledge
from beforehand.adapters.web.server import make_server
from beforehand.app import Beforehand, Installation
from beforehand.cli import options
from beforehand.cli.ports import require_free
from beforehand.domain.errors import Configuration
from beforehand.domain.source import Source
from beforehand.resources import resource
from beforehand.settings import Settings

READY_WITHIN_S = 60
"""Seconds until both must answer; the first start embeds every article."""
POLL_S = 0.05
"""Seconds between looks whether a server answers."""
STOP_WITHIN_S = 5
"""Seconds the demo product has to end by itself."""
PR_SET_PDEATHSIG = 1
"""Linux prctl: the kernel ends the child when we die, however we die."""
STEPS = 4
DEMO_COOLDOWN_S = 3
DEMO_CAP_PER_DAY = 50
"""Instead of two minutes and three a day, which are meant for people at work."""
T = TypeVar("T")


def demo(
    host: options.Host = None,
    port: options.Port = None,
    demo_port: Annotated[int, typer.Option("--demo-port", help="Port of the demo product.")] = 8788,
    data: Annotated[Path, typer.Option("--data", help="Data folder of the demo.")] = Path(".data/demo"),
) -> None:
    """Seed and start Beforehand and the demo product Tallybrook; Ctrl-C ends both."""
    settings = options.settings(host=host, port=port, data=data, **_impatient())
    require_free(settings.host, settings.port, "--port")
    require_free(settings.host, demo_port, "--demo-port")
    progress = Progress(STEPS)
    source = progress.step("Data folder, source and secrets", lambda: _seed(settings, demo_port))
    progress.step("Help articles", lambda: _articles(settings))
    signal.signal(signal.SIGTERM, _end)
    child = progress.step("Demo product", lambda: _start_product(settings, source, demo_port))
    try:
        threading.Thread(target=_announce, args=(settings, demo_port, progress), daemon=True).start()
        server = make_server(Beforehand(settings).app, settings.host, settings.port)
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        _stop(child)


class Progress:
    """Numbered steps with their time, on stdout."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._number = 0
        self._begin = time.monotonic()

    def step(self, name: str, run: Callable[[], T]) -> T:
        self._number += 1
        started = time.monotonic()
        result = run()
        self.say(name, time.monotonic() - started, result if isinstance(result, str) else "")
        return result

    def last(self, name: str) -> None:
        self._number += 1
        self.say(name, time.monotonic() - self._begin, "since the start")

    def say(self, name: str, seconds: float, note: str) -> None:
        print(f"[{self._number}/{self._steps}] {name:<34} {seconds:5.1f} s  {note}".rstrip(), flush=True)


def _impatient() -> dict[str, int]:
    """Who tries the demo meets three troubles in two minutes; the environment still has the last word."""
    wanted = {"nudge_cooldown_s": DEMO_COOLDOWN_S, "nudge_cap_per_day": DEMO_CAP_PER_DAY}
    return {name: value for name, value in wanted.items() if f"BEFOREHAND_{name.upper()}" not in os.environ}


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _origins(settings: Settings, demo_port: int) -> list[str]:
    hosts = [settings.host] + (["localhost"] if settings.host == "127.0.0.1" else [])
    return [f"http://{host}:{demo_port}" for host in hosts]


def _seed(settings: Settings, demo_port: int) -> Source:
    installation = Installation(settings, create=True)

    async def add() -> Source:
        for origin in _origins(settings, demo_port):
            _, source = await installation.add_source("Tallybrook", origin, "production")
        return source

    source = asyncio.run(add())
    path = settings.data / "demo.secret"
    path.touch(mode=0o600)
    path.write_text(source.secrets[0])
    return source


def _articles(settings: Settings) -> str:
    report = knowledge.check(resource("knowledge") / "articles")
    if report.problems:
        raise Configuration(str(report.problems[0]))
    changed = asyncio.run(Installation(settings).publish(report.articles, report.passages))
    return f"{len(report.articles)} articles, {changed} changed"


def _start_product(settings: Settings, source: Source, demo_port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "beforehand_demo", "--host", settings.host, "--port", str(demo_port),
        "--widget-origin", f"http://{settings.host}:{settings.port}", "--widget-key", source.key,
        "--widget-secret-file", str(settings.data / "demo.secret"), "--data", str(settings.data / "tallybrook.db"),
    ]  # fmt: skip
    log = (settings.data / "tallybrook.log").open("ab")
    return subprocess.Popen(
        command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent
    )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _announce(settings: Settings, demo_port: int, progress: Progress) -> None:
    base, product = f"http://{settings.host}:{settings.port}", f"http://{settings.host}:{demo_port}"
    deadline = time.monotonic() + READY_WITHIN_S
    for address in (f"{base}/readyz", f"{product}/healthz"):
        while not _answers(address):
            if time.monotonic() > deadline:
                log = settings.data / "tallybrook.log"
                print(
                    f"{address} did not answer within {READY_WITHIN_S} s; see {log}.",
                    file=sys.stderr,
                    flush=True,
                )
                os.kill(os.getpid(), signal.SIGTERM)
                return
            time.sleep(POLL_S)
    progress.last("Ready")
    print(TRY.format(base=base, product=product, data=settings.data), flush=True)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


TRY = """
Tallybrook, the demo product:  {product}   (sign in as Mara with one click)
Beforehand, the service:       {base}/healthz

Three things to try:
  1. Invoices > New invoice: choose a customer, type the VAT number 279645118, press "Send invoice" three times.
     Within two seconds a tooltip stands beside the field and says what the number needs.
  2. Now type DE279645118 and send again: the tooltip goes away by itself, and the success is stored.
  3. {product}/invoices/414: click "Send" quickly, four times. Nothing happens, since the customer has
     no e-mail address, and a tooltip beside the button says so.

What was seen, and why it helped:  ./dev run replay --list --data {data}   then   ./dev run replay SESSION --data {data}
Ctrl-C ends both.
"""
