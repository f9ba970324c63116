"""beforehand init: data folder, workspace, source and secrets; prints the tag and a sample token."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from beforehand.app import Installation
from beforehand.cli import options
from beforehand.domain.source import Source, Workspace

SAMPLE_TOKEN_S = 3_600
"""Seconds the printed sample token is good for: long enough to try, too short to be built in."""


def init(
    origin: Annotated[
        str, typer.Option("--origin", help="Your product's origin, such as https://app.example.com.")
    ],
    name: Annotated[str, typer.Option("--name", help="Name of the workspace.")] = "Main",
    environment: Annotated[
        str, typer.Option("--environment", help="production, staging or development.")
    ] = "production",
    url: Annotated[
        str,
        typer.Option(
            "--url", help="Where browsers reach Beforehand; default: host and port of the settings."
        ),
    ] = "",
    data: options.Data = None,
    as_json: options.AsJson = False,
) -> None:
    """Make the data folder, workspace, source and secrets, and print the tag for your pages."""
    settings = options.settings(data=data)
    installation = Installation(settings, create=True)
    workspace, source = asyncio.run(installation.add_source(name, origin, environment))
    base = url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    facts = describe(workspace, source, base, installation.sample_token(source, SAMPLE_TOKEN_S))
    if as_json:
        import json

        typer.echo(json.dumps(facts))
        return
    typer.echo(TEXT.format(**facts, data=settings.data))


def describe(workspace: Workspace, source: Source, base: str, token: str) -> dict[str, str]:
    return {
        "workspace": workspace.id,
        "source": source.id,
        "key": source.key,
        "origins": " ".join(source.origins),
        "secret": source.secrets[0],
        "tag": f'<script type="module" crossorigin src="{base}/v1/widget.js" data-key="{source.key}"></script>',
        "token": token,
    }


TEXT = """Ready: {data} holds the database and secret.key (keep that file safe and out of backups you share).

1. Put this tag on every page of {origins}:

   {tag}

2. Tell it who is signed in, with a token that YOUR server signs (JWT, HS256, claims sub and exp, 15 minutes):

   Beforehand('identify', {{token}})

   The secret to sign with, to be kept on your server: {secret}
   A sample token for 'sample-user', good for one hour:
   {token}

3. Publish your help articles and start:

   beforehand kb push FOLDER
   beforehand serve"""
