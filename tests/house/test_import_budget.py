"""What the serving process loads: no training library, ever; nothing lazy before it is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

NEVER = {
    "torch",
    "sentence_transformers",
    "transformers",
    "sklearn",
    "pandas",
    "onnx",
    "mcp",
    "pytest",
}
"""Top-level modules. They cost seconds and hundreds of megabytes, and only exporting and training need them.
Not scipy: bm25s takes it where it happens to be, and requirements/runtime.txt does not bring it."""
ONLY_BY_OTHER_VERBS = {"beforehand.rigs", "beforehand_demo", "alembic"}
"""Ours for other verbs; Alembic only where the schema is older than the program."""

SERVE = """
import asyncio, json, sys
from pathlib import Path
from beforehand.app import Beforehand
from beforehand.settings import Settings

async def main(data):
    door = Beforehand(Settings(data=Path(data), log_level="error"))
    async with door.lifespan(door.app):
        status = door.health()
    print(json.dumps({"modules": sorted(sys.modules), "health": status}, default=str))

asyncio.run(main(sys.argv[1]))
"""


def serving_modules(data: Path) -> tuple[set[str], str]:
    """(names of the modules a server has once it is ready, its health as JSON)."""
    env = os.environ | {"HF_HUB_OFFLINE": "1"}
    init = [
        sys.executable,
        "-m",
        "beforehand",
        "init",
        "--origin",
        "https://app.example.com",
        "--data",
        str(data),
    ]
    subprocess.run(init, cwd=ROOT, env=env, check=True, capture_output=True)
    argv = [sys.executable, "-c", SERVE, str(data)]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    return set(said["modules"]), json.dumps(said["health"])


def test_a_ready_server_has_loaded_no_training_library(tmp_path: Path) -> None:
    loaded, _health = serving_modules(tmp_path / "data")
    assert "beforehand.adapters.web" in loaded, "the probe did not start a server"
    assert "onnxruntime" in loaded, "the probe did not load the embedder, so it proves nothing about it"
    assert sorted(loaded & NEVER) == []
    assert sorted(loaded & ONLY_BY_OTHER_VERBS) == []
