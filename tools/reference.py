"""Writes docs/settings.md, docs/cli.md and docs/ports.md from the code they describe. Run in the environment:
python -m tools.reference [--out DIR]."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from tools import ROOT

HEAD = "<!-- Written by tools/reference.py (./dev build); edit the code it describes. -->\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT)
    folder = parser.parse_args().out / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("settings", settings()), ("cli", cli()), ("ports", ports())):
        (folder / f"{name}.md").write_text(f"{HEAD}{text.rstrip()}\n", encoding="utf-8")


def settings() -> str:
    """One row a setting: variable, type, default, sentence. Raises ValueError for one without a sentence."""
    from beforehand.settings import Settings

    rows = [
        "# Settings",
        "",
        "Set by environment variable, or by the flag of that name where a verb has one.",
        "",
    ]
    rows += ["| variable | value | default | what |", "|---|---|---|---|"]
    prefix = Settings.model_config.get("env_prefix", "")
    for name, field in Settings.model_fields.items():
        if not field.description:
            raise ValueError(f"settings.{name} has no description")
        default = "" if field.default is None or field.default == "" else f"`{_plain(field.default)}`"
        kind = _cell(_type(field.annotation) + _bounds(field.metadata))
        rows.append(f"| `{prefix}{name.upper()}` | {kind} | {default} | {_cell(field.description)} |")
    return "\n".join(rows)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(kind: Any) -> str:
    names = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}
    if kind in names:
        return names[kind]
    options = [option for option in get_args(kind) if option is not type(None)]
    if get_origin(kind) is not None and options and isinstance(options[0], str):
        return " or ".join(options)
    return _type(options[0]) if options else str(kind)


def _bounds(metadata: list[Any]) -> str:
    low = next((rule.ge for rule in metadata if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in metadata if hasattr(rule, "le")), None)
    return "" if low is None and high is None else f", {low} to {high}"


def cli() -> str:
    """One section a verb: its sentence, arguments and options."""
    import typer

    from beforehand.cli import app

    rows = ["# The command line", "", "`beforehand VERB`; in the repository `./dev run VERB`.", ""]
    for words, command in _commands(typer.main.get_command(app), ()):
        rows += [f"## `beforehand {' '.join(words)}`", "", _prose(command.help or ""), ""]
        rows += [*_parameters(command), ""]
    return "\n".join(rows)


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
        return
    for name, sub in sorted(inner.items()):
        yield from _commands(sub, (*words, name))


def _parameters(command: Any) -> list[str]:
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    if not shown:
        return []
    rows = ["| argument or option | what |", "|---|---|"]
    for parameter in shown:
        is_option = parameter.param_type_name == "option"
        name = ", ".join(parameter.opts) if is_option else str(parameter.name).upper()
        rows.append(f"| `{name}` | {_cell(parameter.help or '')} |")
    return rows


def ports() -> str:
    """One section a port: what it is for, what each method promises, and who keeps the promise."""
    adapters = list(_classes("beforehand.adapters"))
    intro = "What the house asks of the world. Any class with these methods will do; there is no base class."
    rows = ["# Ports", "", intro, ""]
    for name, port in _ports():
        rows += [f"## {port.__name__} (`{name}`)", "", _prose(port.__dict__.get("__doc__") or ""), ""]
        methods = _methods(port)
        rows += [f"- `{_signature(title, method)}`{_promise(method)}" for title, method in methods]
        found = _implementations(methods, adapters)
        rows += ["", f"Implemented by {', '.join(f'`{each}`' for each in found)}." if found else "", ""]
    return "\n".join(rows).replace("\n\n\n", "\n\n")


def _ports() -> Iterator[tuple[str, type]]:
    for name, found in _classes("beforehand.ports"):
        if getattr(found, "_is_protocol", False):
            yield name, found


def _classes(package: str) -> Iterator[tuple[str, type]]:
    """(module, class) for each class defined under the package, by module and line."""
    top = importlib.import_module(package)
    for info in pkgutil.walk_packages(top.__path__, f"{package}."):
        if ".migrations" in info.name or info.name.endswith(".export"):
            continue
        module = importlib.import_module(info.name)
        for found in vars(module).values():
            if inspect.isclass(found) and found.__module__ == info.name:
                yield info.name, found


def _methods(port: type) -> list[tuple[str, Any]]:
    own = vars(port).items()
    return [
        (name, value)
        for name, value in own
        if not name.startswith("_") and callable(getattr(value, "fget", value))
    ]


def _signature(name: str, method: Any) -> str:
    if isinstance(method, property):
        return name
    signature = inspect.signature(method)
    text = f"{name}{signature.replace(parameters=list(signature.parameters.values())[1:])}"
    return re.sub(r"(?<=[:>] )'([^']*)'", r"\1", text)


def _promise(method: Any) -> str:
    doc = inspect.getdoc(method)
    return f": {_prose(doc)}" if doc else ""


def _implementations(methods: list[tuple[str, Any]], adapters: list[tuple[str, type]]) -> list[str]:
    """Classes that have every method with the same parameters and result."""
    public = [(module, found) for module, found in adapters if not found.__name__.startswith("_")]
    return [
        f"{module}.{found.__name__}"
        for module, found in public
        if methods and all(_parameter_names(found, name) == _names(method) for name, method in methods)
    ]


def _parameter_names(owner: type, name: str) -> list[str] | None:
    return _names(getattr(owner, name)) if hasattr(owner, name) else None


def _names(method: Any) -> list[str]:
    if isinstance(method, property) or not callable(method):
        return []
    try:
        signature = inspect.signature(method)
    except ValueError:
        return []
    return [*(name.lstrip("_") for name in signature.parameters), str(signature.return_annotation).strip("'")]


def _prose(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _prose(text).replace("|", "\\|")


if __name__ == "__main__":
    main()
