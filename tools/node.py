"""Node modules of the widget: installed from its lock, again only when the lock changed."""

from __future__ import annotations

import hashlib

from tools import ROOT
from tools.machine import node_version
from tools.running import run_logged
from tools.say import Mended, Voice, root_prefix

OLDEST = (18,)
"""What widget/package.json asks for: Debian 12's own Node."""
WIDGET = ROOT / "widget"


def prepare(voice: Voice) -> None:
    """Raises Mended when Node is missing or too old."""
    if not (WIDGET / "package-lock.json").exists():
        return
    version = node_version()
    if version is None or version < OLDEST:
        have = "none is here" if version is None else f"this one is {'.'.join(map(str, version))}"
        raise Mended(
            f"The widget is built with Node {OLDEST[0]} or newer, and {have}.",
            f"{root_prefix()}apt-get update && {root_prefix()}apt-get install -y nodejs npm",
        )
    stamp = WIDGET / "node_modules" / ".beforehand-lock"
    lock = hashlib.sha256((WIDGET / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == lock:
        return
    with voice.step("Node modules") as step:
        run_logged(
            "npm-ci",
            ["npm", "ci", "--no-audit", "--no-fund"],
            lambda line: step.at(line.strip()[:60]),
            WIDGET,
        )
        stamp.write_text(lock)
