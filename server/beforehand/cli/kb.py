"""beforehand kb check|push: publish one's own articles from a folder of Markdown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from beforehand import knowledge
from beforehand.app import Installation
from beforehand.cli import options

app = typer.Typer(help="Help articles: check and publish a folder of Markdown.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="Folder with Markdown files (front matter: title).")]


@app.command("check")
def check(folder: Folder) -> None:
    """Say what would be published and what is wrong, file, line and field; nothing is changed."""
    report = knowledge.check(folder)
    _say(report)
    raise typer.Exit(1 if report.problems else 0)


@app.command("push")
def push(folder: Folder, data: options.Data = None) -> None:
    """Publish the folder's articles; broken ones are named and left out. A running server notices in seconds."""
    report = knowledge.check(folder)
    _say(report)
    if not report.articles:
        typer.echo(
            "Nothing was published, since no article could be read; what was published before stays.",
            err=True,
        )
        raise typer.Exit(1)
    installation = Installation(options.settings(data=data))
    changed = asyncio.run(installation.publish(report.articles, report.passages))
    typer.echo(f"Published {len(report.articles)} articles ({changed} changed).")
    raise typer.Exit(1 if report.problems else 0)


def _say(report: knowledge.Report) -> None:
    for problem in report.problems:
        typer.echo(str(problem), err=True)
    words = f"{len(report.articles)} articles in {len(report.passages)} passages; {len(report.problems)} problems."
    typer.echo(words)
