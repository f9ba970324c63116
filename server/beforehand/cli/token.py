"""beforehand token: a sample user token to try identify() with."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from beforehand.app import Installation
from beforehand.cli import options
from beforehand.cli.init import SAMPLE_TOKEN_S
from beforehand.domain.errors import Configuration


def token(
    sub: Annotated[str, typer.Option("--sub", help="Your own id of the person.")] = "sample-user",
    key: Annotated[
        str, typer.Option("--key", help="The source's public key; default: the first source.")
    ] = "",
    data: options.Data = None,
) -> None:
    """Print a signed user token, good for one hour; your own server makes the real ones."""
    installation = Installation(options.settings(data=data))
    sources = [s for s in asyncio.run(installation.sources()) if not key or s.key == key]
    if not sources:
        raise Configuration("--key: expected the public key of a source; `beforehand init` makes one.")
    typer.echo(installation.sample_token(sources[0], SAMPLE_TOKEN_S, sub))
