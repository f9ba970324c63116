"""The import contracts of pyproject.toml bite: each is broken once in a copy and has to be named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

BREAKS = [
    ("a folder nobody placed", "anomalies/__init__.py", "", "beforehand.anomalies"),
    ("a room that knows another", "friction/peek.py", "import beforehand.nudges\n", "Floors"),
    ("a room that knows the wire", "sessions/peek.py", "import beforehand.protocol\n", "outside world"),
    ("a room that knows a library", "prediction/peek.py", "import sqlalchemy\n", "outside world"),
    ("a loop that knows an adapter", "loop/peek.py", "import beforehand.adapters.storage\n", "Floors"),
    ("adapters that know each other", "adapters/storage/peek.py",
     "import beforehand.adapters.web\n", "Adapters"),
    ("a detector that knows another", "friction/detectors/peek.py",
     "import beforehand.friction.detectors.rage_click\n", "Detectors"),
    ("a server that knows the rigs", "installation_peek.py", "import beforehand.rigs\n", "installation_peek"),
    ("torch outside the embedding adapter", "loop/peek.py", "import torch\n", "torch"),
    ("a cycle", "loop/peek.py", "import beforehand.loop.peek2\n", "No import cycles"),
]  # fmt: skip


@pytest.fixture(scope="module")
def lint_imports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and the contracts, to be broken."""
    copy = tmp_path_factory.mktemp("contracts")
    for package in ("server/beforehand", "demo/beforehand_demo"):
        shutil.copytree(
            ROOT / package,
            copy / Path(package).name,
            ignore=shutil.ignore_patterns("__pycache__", "static", "_bundle"),
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def verdict(folder: Path) -> tuple[int, str]:
    env = os.environ | {"PYTHONPATH": str(folder)}
    argv = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as lint; lint()",
        "--no-cache",
    ]
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_hold(lint_imports: Path) -> None:
    code, said = verdict(lint_imports)
    assert code == 0, said


@pytest.mark.slow
@pytest.mark.parametrize(("what", "name", "source", "word"), BREAKS, ids=[row[0] for row in BREAKS])
def test_a_breach_is_named(lint_imports: Path, what: str, name: str, source: str, word: str) -> None:
    added = [lint_imports / "beforehand" / name]
    if "peek2" in source:
        added.append(added[0].with_name("peek2.py"))
    added[0].parent.mkdir(exist_ok=True)
    added[0].write_text(source)
    if len(added) > 1:
        added[1].write_text("import beforehand.loop.peek\n")
    try:
        code, said = verdict(lint_imports)
    finally:
        for path in added:
            path.unlink()
        if added[0].name == "__init__.py":
            added[0].parent.rmdir()
    assert code != 0, f"{what} went unnoticed"
    assert word in said
