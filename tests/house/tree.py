"""The repository's own files, as the house tests read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("server/beforehand", "demo/beforehand_demo")


@lru_cache(1)
def tracked() -> tuple[Path, ...]:
    """Files that are committed or about to be: what a clone gets."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[str, str]]:
    """(name, text) of every tracked file that is text."""
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8_000]:
            yield named(path), raw.decode("utf-8", "replace")


def modules(*folders: str) -> Iterator[tuple[str, str]]:
    """(name, source) of the Python modules under the folders, without migrations: history, not design."""
    for path in tracked():
        name = named(path)
        if name.endswith(".py") and name.startswith(folders or PACKAGES) and "/migrations/" not in name:
            yield name, path.read_text(encoding="utf-8")


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """(name, lines) of each function, docstrings left out: explaining a thing must not count against it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_text = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_text else 0
