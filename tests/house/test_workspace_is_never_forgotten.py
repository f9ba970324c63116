"""No store can be called without a workspace: every class that reaches a tenant's rows is made with one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import beforehand.adapters.storage as package
from beforehand.adapters.storage.database import Database, ReadStores, WorkStores
from beforehand.adapters.storage.stores import Reads, Writes
from beforehand.adapters.storage.system import SystemStore
from beforehand.ports import stores as port

WITHOUT = {SystemStore}
"""The one exception: workspaces themselves, and which one a public key belongs to."""
STORAGE_WITHOUT = {"start", "stop", "health"}
"""Methods of the port that touch no tenant's rows."""
TENANT_TABLES_READ_BY_SYSTEM = {"source"}
"""By its public key, which leads to the workspace."""


def modules() -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(info.name)


def store_classes() -> set[type[Any]]:
    """Every class of the package that could run a statement on behalf of a caller."""
    found = {
        member
        for module in modules()
        for _, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__.startswith(package.__name__) and member.__name__.endswith(("Store", "Reader"))
    }
    return found | {WorkStores, ReadStores}


def first_parameter(function: Any) -> inspect.Parameter:
    return list(inspect.signature(function).parameters.values())[1]


def test_there_are_stores_to_look_at() -> None:
    assert len(store_classes()) == 2 * len(inspect.get_annotations(port.Work)) + 3


@pytest.mark.parametrize("store", sorted(store_classes() - WITHOUT, key=str))
def test_a_store_is_made_with_a_workspace(store: type[Any]) -> None:
    needed = first_parameter(store.__init__)
    assert (needed.name, needed.default) == ("workspace", inspect.Parameter.empty)
    assert store in (WorkStores, ReadStores) or issubclass(store, (Writes, Reads))
    with pytest.raises((TypeError, ValueError)):
        store()
    with pytest.raises(ValueError, match="workspace"):
        store("", None)


def test_the_door_asks_for_a_workspace() -> None:
    for name, method in inspect.getmembers(Database, inspect.isfunction):
        if name.startswith("_") or name in STORAGE_WITHOUT:
            continue
        needed = first_parameter(method)
        assert (needed.name, needed.default) == ("workspace", inspect.Parameter.empty), name
    assert set(inspect.get_annotations(port.Storage)) == {"system"}


def test_every_method_of_the_port_is_there() -> None:
    for side, stores in ((port.Work, WorkStores), (port.Read, ReadStores)):
        made = stores("w", None)  # type: ignore[arg-type]
        for noun, kind in inspect.get_annotations(side, eval_str=True).items():
            for name, method in inspect.getmembers(kind, inspect.isfunction):
                if not name.startswith("_"):
                    ours = getattr(type(getattr(made, noun)), name)
                    wanted = list(inspect.signature(method).parameters)
                    assert list(inspect.signature(ours).parameters) == wanted, (noun, name)


def test_every_statement_names_the_workspace() -> None:
    """Each SQL text of a noun's module says workspace_id, or is about the workspace's own row."""
    statements = 0
    for path in sorted(Path(package.__path__[0]).glob("*.py")):
        if path.stem in ("schema", "migrate", "postgres", "sqlite"):
            continue
        for text in re.findall(
            r'f?"((?:SELECT|INSERT|UPDATE|DELETE)\b.*?)"\s*(?:,|\)|$)', path.read_text(), re.S
        ):
            statements += 1
            if path.stem == "system":
                tables = set(re.findall(r"(?:FROM|JOIN|INTO|UPDATE) (\w+)", text))
                assert tables - {"workspace"} <= TENANT_TABLES_READ_BY_SYSTEM, text
            else:
                assert "workspace_id" in text or re.search(r"\bworkspace\b", text), text
    assert statements > 30
