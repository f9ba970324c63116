"""What is generated and committed is what a fresh run makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

GENERATORS = ["beforehand.protocol.generate", "tools.reference"]


def fresh(module: str, out: Path) -> dict[str, str]:
    """name -> text of what the generator writes into an empty folder."""
    argv = [sys.executable, "-m", module, "--out", str(out)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("module", GENERATORS)
def test_generated_files_are_fresh(module: str, tmp_path: Path) -> None:
    made = fresh(module, tmp_path)
    assert made, f"{module} wrote nothing"
    stale = [name for name, text in made.items() if not _same(ROOT / name, text)]
    assert not stale, f"stale: {', '.join(stale)}; ./dev build renews them"


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def test_a_stale_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old")
    assert not _same(tmp_path / "a.md", "new")
    assert not _same(tmp_path / "absent.md", "new")


@pytest.mark.parametrize("script", ["tokens.mjs", "build.mjs"])
def test_built_widget_is_fresh(script: str) -> None:
    if not (ROOT / "widget" / "node_modules").is_dir() or shutil.which("node") is None:
        pytest.skip("the widget's Node modules (npm ci in widget/)")
    done = subprocess.run(
        ["node", f"scripts/{script}", "--check"],
        cwd=ROOT / "widget",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
