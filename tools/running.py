"""Run a program, listen to it line by line and keep what it said in a log."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools import CACHE, ROOT
from tools.say import Failed

TAIL_LINES = 15
"""What is shown of a failed program's log: enough for its last message."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's, without what would leak into a program: our PYTHONPATH, another virtual environment."""
    leaks = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {key: value for key, value in os.environ.items() if key not in leaks} | dict(extra or {})


def listen(
    argv: Sequence[str | Path],
    heard: Callable[[str], object],
    cwd: Path = ROOT,
    extra: Mapping[str, str] | None = None,
    limit_s: float | None = None,
) -> int:
    """Give each line the program prints to heard; returns its exit code. Raises OSError where it cannot start.

    It and all it started are ended when we are stopped, and after limit_s (code -9 then).
    """
    words = [str(word) for word in argv]
    with subprocess.Popen(
        words, cwd=cwd, env=environment(extra), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        limit = threading.Timer(limit_s or threading.TIMEOUT_MAX, _end, (process, signal.SIGKILL))
        limit.daemon = True
        limit.start()
        try:
            for line in process.stdout:
                heard(line)
            return process.wait()
        except BaseException:
            _end(process, signal.SIGTERM)
            raise
        finally:
            limit.cancel()


def _end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """The whole group: a test runner leaves its children behind otherwise."""
    if process.poll() is None:
        os.killpg(process.pid, how)


def run_logged(
    name: str,
    argv: Sequence[str | Path],
    heard: Callable[[str], None] | None = None,
    cwd: Path = ROOT,
    extra: Mapping[str, str] | None = None,
) -> str:
    """Returns what it printed. Raises Failed with the end of it and the log's place."""
    CACHE.mkdir(exist_ok=True)
    log = CACHE / f"{name}.log"
    said: list[str] = []
    with log.open("w", encoding="utf-8") as file:

        def keep(line: str) -> None:
            said.append(line)
            file.write(line)
            if heard is not None:
                heard(line)

        code = listen(argv, keep, cwd, extra)
    if code != 0:
        tail = "".join(said[-TAIL_LINES:]).rstrip()
        raise Failed(f"{' '.join(map(str, argv[:4]))} … ended with code {code}:\n{tail}\n(all of it: {log})")
    return "".join(said)
