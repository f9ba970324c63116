"""What ./dev build makes, and the scripts that other verbs start."""

from __future__ import annotations

import os
import subprocess
import sys

from tools import ROOT
from tools.environment import PYTHON
from tools.node import WIDGET
from tools.running import environment, run_logged
from tools.say import Voice

GENERATORS = {
    "wire types": [str(PYTHON), "-m", "beforehand.protocol.generate"],
}
"""Each writes its files where they are committed; tests/house compares them with a fresh run."""


def build(voice: Voice) -> None:
    for name, argv in GENERATORS.items():
        with voice.step(name):
            run_logged(f"build-{name.replace(' ', '-')}", argv)
    with voice.step("widget") as step:
        run_logged("build-widget", ["npm", "run", "--silent", "build"], cwd=WIDGET)
        said = run_logged("size-widget", ["npm", "run", "--silent", "size"], cwd=WIDGET)
        step.ends(said.strip().splitlines()[-1])


def benches() -> list[str]:
    found = (path.stem for path in (ROOT / "bench").glob("*.py"))
    return sorted(name for name in found if not name.startswith("_") and name != "prove")


def module(name: str, args: list[str]) -> int:
    """python -m NAME ARGS in the project's environment. Returns its exit code."""
    return _call([str(PYTHON), "-m", name, *args])


def script(verb: str, candidates: list[str], args: list[str]) -> int:
    """The first of the candidates that exists; 2 and a sentence when there is none."""
    for path in candidates:
        if (ROOT / path).exists():
            return _call([str(PYTHON), str(ROOT / path), *args])
    print(f"./dev {verb}: none of {', '.join(candidates)} is there yet", file=sys.stderr)
    return 2


def _call(argv: list[str]) -> int:
    sys.stdout.flush()
    env = environment({"HF_HUB_OFFLINE": os.environ.get("HF_HUB_OFFLINE", "1"), "PYTHONPATH": str(ROOT)})
    return subprocess.run(argv, cwd=ROOT, env=env, check=False).returncode
