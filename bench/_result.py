"""One form for every result: {"name", "commit", "machine", "figures": {key: number}, "rows": [...]}."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"


def write(name: str, figures: dict[str, float | None], rows: list[dict[str, Any]], notes: list[str]) -> Path:
    """Print the figures and write them. None: not measured here, and the notes say why."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    result = {
        "name": name, "commit": commit(), "machine": machine(), "figures": figures, "rows": rows, "notes": notes,
    }  # fmt: skip
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    for key, value in figures.items():
        print(f"{key:<28} {'not measured' if value is None else value}")
    for note in notes:
        print(f"note: {note}")
    print(f"written: {path.relative_to(ROOT)}")
    return path


def commit() -> str:
    """Short hash; '+' when the tree differs from it."""
    head = _git("rev-parse", "--short", "HEAD")
    dirty = _git("status", "--porcelain", "--untracked-files=no")
    return head + ("+" if dirty else "") if head else "unknown"


def machine() -> str:
    cores = os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
