"""How set-up speaks: one line a step, with what it is at and how long it has taken."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

REDRAW_S = 0.2
"""How often a terminal's line is redrawn: fast enough to look alive."""
PLAIN_S = 10.0
"""How often a log gets a line of progress: a minute's silence looks like a hang."""


class Mended(Exception):
    """Something is missing, and one command mends it. what: a sentence; command: to be typed as it stands."""

    def __init__(self, what: str, command: str) -> None:
        super().__init__(what)
        self.what = what
        self.command = command


class Failed(Exception):
    """A step ended badly; the message says all there is to say."""


def root_prefix() -> str:
    return "" if os.geteuid() == 0 else "sudo "


def seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 60 else f"{int(value // 60)} min {int(value % 60):02d} s"


class Voice:
    """Where the chatter goes: standard error by default, so that standard output stays the command's own."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stderr
        self.started = time.monotonic()

    def line(self, text: str = "") -> None:
        print(text, file=self.out, flush=True)

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def step(self, name: str) -> Step:
        return Step(self, name)


class Step:
    """with voice.step("packages") as step: step.at("12 of 52, numpy"). Prints progress, time and result."""

    def __init__(self, voice: Voice, name: str) -> None:
        self._voice = voice
        self._name = name
        self._at = ""
        self._end = "done"
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)
        self._tty = voice.out.isatty()

    def __enter__(self) -> Step:
        self._started = time.monotonic()
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._clock.join()
        self._draw(self._end if kind is None else "stopped" if kind is KeyboardInterrupt else "FAILED", "\n")

    def at(self, progress: str) -> None:
        self._at = progress

    def ends(self, result: str) -> None:
        self._end = result

    def _tick(self) -> None:
        while not self._over.wait(REDRAW_S if self._tty else PLAIN_S):
            self._draw(self._at, "" if self._tty else "\n")

    def _draw(self, state: str, end: str) -> None:
        took = seconds(time.monotonic() - self._started)
        text = f"  {self._name:<30} {state}  {took}"
        self._voice.out.write(f"\r\033[K{text[:110]}{end}" if self._tty else text + end)
        self._voice.out.flush()


def follow(progress: Callable[[str], str | None], step: Step) -> Callable[[str], None]:
    """Turn lines of a program into the step's progress; progress returns None for lines that say nothing."""

    def heard(line: str) -> None:
        said = progress(line)
        if said:
            step.at(said)

    return heard
