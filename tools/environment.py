"""The virtual environment: made once, renewed when a lock file changed, left alone otherwise."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import CACHE, ROOT
from tools.machine import RUNTIME_MB, TESTS_MB, need_disk, need_venv_module
from tools.running import run_logged
from tools.say import Failed, Mended, Step, Voice

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PROGRAM = VENV / "bin" / "beforehand"
STAMP = VENV / "beforehand-stamp.json"
LOCKS = ROOT / "requirements"
RUNTIME = ("build", "runtime")
TESTS = (*RUNTIME, "dev", "models")


def prepare(voice: Voice, locks: tuple[str, ...] = RUNTIME) -> None:
    """Bring the environment to the named lock files. Costs a few file reads when nothing changed.

    Raises Mended when the machine lacks something, Failed when a step went wrong.
    """
    if _stale(locks) == []:
        return
    with _alone(voice):
        stale = _stale(locks)
        if not stale:
            return
        need_disk(TESTS_MB if "models" in stale else RUNTIME_MB)
        _make(voice)
        for name in stale:
            _install(voice, name)


def _stale(locks: tuple[str, ...]) -> list[str]:
    """Names of what is not yet installed as its lock (or, for "project", as pyproject) says."""
    stamp = _stamp()
    if stamp.get("root") != str(ROOT) or not PYTHON.exists():
        return [*locks, "project"]
    return [name for name in (*locks, "project") if stamp.get(name) != _hash(name)]


def _hash(name: str) -> str:
    path = ROOT / "pyproject.toml" if name == "project" else LOCKS / f"{name}.txt"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        read: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return read


def _mark(**facts: str) -> None:
    draft = STAMP.with_suffix(".tmp")
    draft.write_text(json.dumps(_stamp() | facts, indent=1))
    draft.replace(STAMP)


def _make(voice: Voice) -> None:
    """Keep a working environment; replace one that is half made, or that came here from another folder."""
    moved = _stamp().get("root", str(ROOT)) != str(ROOT)
    if not moved and _works():
        _mark(root=str(ROOT))
        return
    need_venv_module()
    with voice.step("virtual environment"):
        shutil.rmtree(VENV, ignore_errors=True)
        run_logged("venv", [sys.executable, "-m", "venv", VENV])
        _mark(root=str(ROOT))


def _works() -> bool:
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _install(voice: Voice, name: str) -> None:
    print_as = {
        "build": "build tools",
        "runtime": "packages",
        "dev": "test packages",
        "models": "model packages",
    }
    with voice.step(print_as.get(name, "this project")) as step:
        if name == "project":
            _pip("project", step, 1, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        elif name == "models":
            # Alone and first: the exact release takes the small CPU build where one is offered.
            _pip("torch", step, 1, _pinned(LOCKS / "models.txt", "torch"))
            _pip("models", step, _count(name), "--requirement", str(LOCKS / "models.txt"))
        else:
            # The lock is complete and hashed, so nothing is left to resolve.
            _pip(name, step, _count(name), "--no-deps", "--requirement", str(LOCKS / f"{name}.txt"))
        _mark(**{name: _hash(name)})


def _count(name: str) -> int:
    return len(re.findall(r"^[A-Za-z0-9].*==", (LOCKS / f"{name}.txt").read_text(), re.M))


def _pinned(lock: Path, package: str) -> str:
    found = re.search(rf"^({package}==[^\s;]+)", lock.read_text(), re.M)
    if found is None:
        raise Failed(f"{lock.name} pins no {package}: renew it with ./dev lock")
    return found.group(1)


def _pip(name: str, step: Step, total: int, *args: str) -> None:
    seen: set[str] = set()

    def heard(line: str) -> None:
        found = re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line.strip())
        if found:
            seen.add(found.group(1))
            step.at(f"{min(len(seen), total)} of {total}, {found.group(1)}")
        elif line.startswith("Installing collected"):
            step.at(f"{total} of {total}, unpacking")

    flags = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off")
    try:
        run_logged(f"pip-{name}", [PYTHON, "-m", "pip", "install", *flags, *args], heard)
    except Failed as failure:
        raise _explained(str(failure)) from None
    step.ends(f"{total} installed" if total > 1 else "installed")


def _explained(said: str) -> Mended | Failed:
    """The two troubles a newcomer meets, with their cure; anything else as pip said it."""
    if "No space left on device" in said:
        return Mended(
            "The disk is full. This shows what fills it:",
            "du -xh --max-depth=2 / 2>/dev/null | sort -h | tail -20",
        )
    if re.search(
        r"name resolution|NewConnectionError|ConnectTimeout|Network is unreachable|from versions: none", said
    ):
        return Mended("The Python package index cannot be reached. Once the network is back:", "./dev demo")
    return Failed(said)


@contextmanager
def _alone(voice: Voice) -> Iterator[None]:
    """Two ./dev at once would install over each other: the second waits."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            voice.line("  another ./dev is setting up; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def become(argv: list[str]) -> None:
    """Replace this process, so that signals and standard streams are the program's own."""
    for name in ("PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(name, None)
    sys.stdout.flush()
    os.execv(argv[0], argv)
