"""Options several verbs share, and the settings they lead to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from beforehand.domain.errors import Configuration
from beforehand.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (default: .data or BEFOREHAND_DATA).")]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", help="Port to listen on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def settings(**given: Any) -> Settings:
    """Settings from the environment, with the flags that were given on top. Raises Configuration."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Configuration(f"{field}: {first['msg'][0].lower()}{first['msg'][1:]}.") from None
