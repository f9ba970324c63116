"""beforehand replay: a stored session's timeline, and whether its decisions follow from it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from beforehand.app import Installation
from beforehand.cli import options
from beforehand.domain.errors import Invalid
from beforehand.loop.replay import Replay


def replay(
    session: Annotated[str, typer.Argument(help="Session id; see --list.")] = "",
    recent: Annotated[bool, typer.Option("--list", help="List the newest sessions instead.")] = False,
    data: options.Data = None,
    as_json: options.AsJson = False,
) -> None:
    """Print pages, signals, risks, decisions and why; status 1 if replay and storage disagree."""
    installation = Installation(options.settings(data=data))
    if recent:
        for row in asyncio.run(installation.recent_sessions()):
            typer.echo(
                f"{row.id}  {_time(row.last_at)}  {'person ' + row.person if row.person else 'anonymous'}"
            )
        return
    if not session:
        raise Invalid(
            "SESSION: expected the id of a stored session; `beforehand replay --list` shows the newest."
        )
    played = asyncio.run(installation.replay(session))
    typer.echo(msgspec.json.encode(played).decode() if as_json else text(played))
    raise typer.Exit(1 if played.differences else 0)


def text(played: Replay) -> str:
    """Times are UTC, so that the same session reads the same everywhere."""
    rows = []
    for line in played.lines:
        rows.append(f"{_time(line.at)}  {line.n:>5}  {line.kind:<12} {line.text}")
        rows += [" " * 34 + why for why in line.why]
    verdict = "Replay reaches the stored decisions exactly."
    if played.differences:
        verdict = "\n".join(["Replay and storage disagree:", *played.differences])
    return "\n".join([*rows, f"{len(played.decisions)} decisions. {verdict}"])


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
