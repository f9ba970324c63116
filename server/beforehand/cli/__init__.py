"""The command line: `beforehand VERB`. One module per verb; docs/cli.md lists them."""

from __future__ import annotations

import sys

import typer

from beforehand.cli import demo, init, kb, models, replay, serve, token
from beforehand.domain.errors import BeforehandError
from beforehand.logs import set_up_logs

app = typer.Typer(
    name="beforehand",
    help="Sees a user struggle and helps before they ask.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("replay")(replay.replay)
app.command("token")(token.token)
app.add_typer(kb.app, name="kb")
app.add_typer(models.app, name="models")


def main() -> None:
    """Errors of ours end in one sentence on stderr and status 1, without a traceback."""
    set_up_logs("warning", "console")
    try:
        app()
    except BeforehandError as error:
        print(f"beforehand: {error.sentence}", file=sys.stderr)
        raise SystemExit(1) from None
