"""What this machine has, and the one command that brings what it lacks."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from tools import ROOT
from tools.running import run_logged
from tools.say import Mended, Voice, follow, root_prefix

RUNTIME_MB = 900
"""A fresh runtime environment is about 500 MB; pip unpacks beside it."""
TESTS_MB = 6000
"""With torch, Chromium, PostgreSQL and Node modules: about 4 GB, and the caches beside it."""


def need_venv_module() -> None:
    """Debian splits venv from Python. Raises Mended."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Mended(
            f"Python {version} is here, but the part that makes virtual environments is not.",
            f"{root_prefix()}apt-get update && {root_prefix()}apt-get install -y python{version}-venv",
        )


def need_disk(megabytes: int) -> None:
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < megabytes:
        raise Mended(
            f"{megabytes} MB of disk are needed in {ROOT}; {free} MB are free. This shows what fills it:",
            f"du -xh --max-depth=2 {ROOT.anchor} 2>/dev/null | sort -h | tail -20",
        )


def node_version() -> tuple[int, ...] | None:
    """(20, 20, 2), or None without Node or npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = run_logged("node-version", [node, "--version"]).strip().lstrip("v")
    return tuple(int(part) for part in said.split("-")[0].split("."))


def has_postgres() -> bool:
    return (
        bool(list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))) or shutil.which("postgres") is not None
    )


def browser() -> str | None:
    """The Chromium that tests drive: BEFOREHAND_CHROMIUM, else the machine's own."""
    named = os.environ.get("BEFOREHAND_CHROMIUM")
    return (
        named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )


def missing_packages() -> list[str]:
    """Debian packages that the tests need and this machine lacks."""
    wanted: list[str] = []
    if browser() is None:
        # Debian's Chromium brings no font; without one a page's text has no width.
        wanted += ["chromium", "fonts-liberation", "fonts-dejavu-core"]
    if not has_postgres():
        wanted += ["postgresql"]
    if node_version() is None:
        wanted += ["nodejs", "npm"]
    if ctypes.util.find_library("atomic") is None:
        # The browser driver's own Node needs it.
        wanted += ["libatomic1"]
    # git: the house tests look at tracked files. fiu-run: a disk that fails on command.
    programs = {"git": "git", "fiu-run": "fiu-utils"}
    return wanted + [package for program, package in programs.items() if shutil.which(program) is None]


def apt_install(voice: Voice, packages: Iterable[str]) -> None:
    """Install as root; otherwise raise Mended with the command. Updates the lists only when they lack one."""
    names = list(packages)
    if not names:
        return
    as_root = f"{root_prefix()}apt-get"
    command = f"{as_root} update && {as_root} install -y --no-install-recommends {' '.join(names)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Mended(f"The tests need {', '.join(names)}.", command)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with voice.step("Debian packages") as step:
        heard = follow(_apt_progress, step)
        step.at("reading lists")
        if not _known(names):
            run_logged("apt-update", ["apt-get", "update"], heard, extra=quiet)
        install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
        run_logged("apt-install", install, heard, extra=quiet)
        step.ends(", ".join(names))


def _known(names: list[str]) -> bool:
    """Whether the lists on disk offer every package (a fresh image has none)."""
    said = run_logged("apt-policy", ["apt-cache", "policy", *names])
    return said.count("Candidate:") - said.count("Candidate: (none)") == len(names)


def _apt_progress(line: str) -> str | None:
    words = line.split()
    if len(words) > 1 and words[0] in {"Get:", "Unpacking", "Setting"}:
        return " ".join(words[:3])
    return None
