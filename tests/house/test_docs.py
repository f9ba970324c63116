"""A newcomer finds each thing by its name. Freshness of settings, verbs and ports is test_generated's."""

from __future__ import annotations

import inspect
import re

import pytest
import typer

from beforehand import settings
from beforehand.cli import app
from tests.house.tree import ROOT, named, tracked

ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text() if (ROOT / "ARCHITECTURE.md").exists() else ""
UNNAMED = {"server", ".ci"}
"""Folders that hold one thing which is named itself, and what only machines read."""


def folders() -> set[str]:
    """Top folders, and those under the package down to one below adapters."""
    found = set()
    for path in tracked():
        parts = named(path).split("/")[:-1]
        if parts and parts[0] not in UNNAMED:
            found.add(parts[0])
        if parts[:2] == ["server", "beforehand"] and len(parts) > 2:
            is_adapter = parts[2] == "adapters" and len(parts) > 3
            found.add("/".join(parts[: 4 if is_adapter else 3]))
    return found - {"server/beforehand/adapters"}


def test_architecture_names_every_folder() -> None:
    missing = sorted(folder for folder in folders() if f"`{folder}/" not in ARCHITECTURE)
    assert not missing, f"ARCHITECTURE.md does not say what these are: {missing}"


def test_architecture_names_no_folder_that_is_gone() -> None:
    told = set(
        re.findall(
            r"`((?:server|widget|demo|tests|docs|bench|e2e|tools)/[\w./-]*)`", ARCHITECTURE
        )
    )
    told.discard("bench/results/NAME.json")  # a pattern, not a file
    gone = sorted(name for name in told if not (ROOT / name).exists())
    assert not gone


@pytest.mark.parametrize("name", sorted(settings.Settings.model_fields))
def test_every_setting_has_a_sentence_and_a_default(name: str) -> None:
    field = settings.Settings.model_fields[name]
    assert not field.is_required()
    assert (field.description or "").endswith(".")


def test_every_verb_says_what_it_does() -> None:
    group = typer.main.get_command(app)
    silent = [
        name for name, command in getattr(group, "commands", {}).items() if not (command.help or "").strip()
    ]
    assert not silent


def test_every_port_promises_something() -> None:
    import beforehand.ports.search as search

    assert inspect.getdoc(search.Search.find)


def test_links_between_documents_lead_somewhere() -> None:
    dead = []
    for path in tracked():
        if path.suffix == ".md" and not named(path).startswith("knowledge/"):
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
                if (
                    "://" not in target
                    and not target.startswith(("mailto:", "/"))
                    and not (path.parent / target).exists()
                ):
                    dead.append(f"{named(path)} -> {target}")
    assert not dead
