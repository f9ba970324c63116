"""Copies what travels with the product (articles, models) into the wheel; everything else is in pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BUNDLED = ("knowledge", "models")
ROOT = Path(__file__).resolve().parent


class BuildWithBundle(build_py):
    """In an editable installation nothing is copied: beforehand.resources finds the folders in the repository."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for name in BUNDLED:
            if (ROOT / name).is_dir():
                target = Path(self.build_lib) / "beforehand" / "_bundle" / name
                shutil.copytree(ROOT / name, target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithBundle})
