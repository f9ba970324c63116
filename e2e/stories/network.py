"""Beforehand and Tallybrook with a network between them that can be cut."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from beforehand.adapters.storage.packing import unpack
from bench._result import ROOT
from bench._server import free_port
from bench._stage import wait_for
from e2e.proxy import Proxy

PATIENCE_S = 60.0


@dataclass
class Divided:
    """product: the page's origin; proxy: where the browser thinks that Beforehand is."""

    product: str
    proxy: Proxy
    data: Path

    def rows(self) -> list[tuple[str, int, int]]:
        """(tape, first, last) of every stored batch of a browser, in the order in which they were stored."""
        database = sqlite3.connect(f"file:{self.data / 'beforehand.db'}?mode=ro", uri=True)
        try:
            sql = "select tape, first_seq, last_seq from tape_batch where tape != '' order by session, n"
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def tapes(self) -> dict[str, int]:
        """Tape -> highest number stored; raises AssertionError for a hole or a repeat."""
        marks: dict[str, int] = {}
        for tape, first, last in self.rows():
            assert first == marks.get(tape, 0) + 1, f"{tape}: {first} follows {marks.get(tape, 0)}"
            marks[tape] = last
        return marks

    def last_types(self) -> list[str]:
        """The type of the last event of each tape."""
        database = sqlite3.connect(f"file:{self.data / 'beforehand.db'}?mode=ro", uri=True)
        try:
            sql = "select tape, encoding, body from tape_batch where tape != '' order by session, n"
            found = {tape: json.loads(unpack(how, body)) for tape, how, body in database.execute(sql)}
            return [events[-1]["t"] for events in found.values()]
        finally:
            database.close()

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"still not so after {PATIENCE_S} s: {self.rows()[-5:]}"
            time.sleep(0.05)


def _run(*words: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "beforehand", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


@contextmanager
def divided(folder: Path) -> Iterator[Divided]:
    data, port, product, cut = folder / "data", free_port(), free_port(), free_port()
    facts = json.loads(_run("init", "--origin", f"http://127.0.0.1:{product}", "--data", str(data), "--json"))
    _run("kb", "push", str(ROOT / "knowledge" / "articles"), "--data", str(data))
    (folder / "secret").write_text(facts["secret"])
    serve = [sys.executable, "-m", "beforehand", "serve", "--data", str(data), "--port", str(port)]
    demo = [
        sys.executable, "-m", "beforehand_demo", "--port", str(product), "--widget-key", facts["key"],
        "--widget-origin", f"http://127.0.0.1:{cut}", "--widget-secret-file", str(folder / "secret"),
    ]  # fmt: skip
    with (folder / "log").open("ab") as log:
        processes = [
            subprocess.Popen(words, cwd=ROOT, env={**os.environ}, stdout=log, stderr=log)
            for words in (serve, demo)
        ]
    try:
        wait_for(processes[0], f"http://127.0.0.1:{port}/readyz")
        wait_for(processes[1], f"http://127.0.0.1:{product}/healthz")
        with Proxy(cut, port) as proxy:
            yield Divided(f"http://127.0.0.1:{product}", proxy, data)
    finally:
        for process in processes:
            process.terminate()
            process.wait(15)
