"""./dev lock: renew requirements/*.txt from pyproject.toml, without addresses or paths in them."""

from __future__ import annotations

import re
from pathlib import Path

from tools.environment import LOCKS, VENV
from tools.running import run_logged
from tools.say import Failed, Voice

COMPILE = (
    "--quiet",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--strip-extras",
    "--allow-unsafe",
    "--resolver=backtracking",
)
HEAD = "# Exact versions of {what}. Renewed by ./dev lock from pyproject.toml; not edited by hand.\n"
NOISE = re.compile(r"\s*#\s+(via\s+)?-[cr] |# The following packages are considered|# Exact versions of")
RUNTIME = str(LOCKS / "runtime.txt")


def renew(voice: Voice, upgrade: bool) -> None:
    """upgrade: take newer releases; otherwise only what pyproject.toml asks for changes."""
    extra = ("--upgrade",) if upgrade else ()
    hashed = ("--generate-hashes", *extra)
    _compile(voice, "runtime", "what runs", *hashed, "pyproject.toml")
    _compile(
        voice,
        "build",
        "what installs this project",
        *hashed,
        "--only-build-deps",
        "--all-build-deps",
        "pyproject.toml",
    )
    _compile(voice, "dev", "what tests", *hashed, "--extra", "dev", "--constraint", RUNTIME, "pyproject.toml")
    # No hashes here: the CPU build of torch is another file than the one that most indexes serve.
    _compile(
        voice, "models", "what exports models", *extra, "--extra", "models", "--extra", "originals",
        "--constraint", RUNTIME, "--constraint", str(LOCKS / "dev.txt"), "pyproject.toml",
    )  # fmt: skip


def _compile(voice: Voice, name: str, what: str, *args: str) -> None:
    with voice.step(f"requirements/{name}.txt") as step:
        target = LOCKS / f"{name}.txt"
        run_logged(f"lock-{name}", [VENV / "bin" / "pip-compile", *COMPILE, "--output-file", target, *args])
        step.ends(f"{_clean(target, HEAD.format(what=what))} packages")


def _clean(path: Path, head: str) -> int:
    """Drop what holds on one machine only: addresses, paths, the local label of the CPU build."""
    lines = [line for line in path.read_text().splitlines() if line and not NOISE.match(line)]
    text = re.sub(r"^(torch==[\d.]+)\+cpu", r"\1", "\n".join(lines), flags=re.M)
    if re.search(r"^nvidia-", text, re.M):
        raise Failed(f"{path.name} lists CUDA packages: compile it where the CPU build of torch is offered")
    text = head + text + "\n"
    path.write_text(text)
    return len(re.findall(r"^[A-Za-z0-9].*==", text, re.M))
