"""beforehand models export: any sentence-transformers model into the form that is served."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beforehand.domain.errors import Configuration

app = typer.Typer(help="Embedding models.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Embedding models."""


@app.command("export")
def export(
    name_or_path: Annotated[str, typer.Argument(help="A sentence-transformers model: folder or name.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write models/<name>/<version> into.")] = Path(
        "models"
    ),
) -> None:
    """Export a model with card, licence, hashes and its agreement with the original (needs the extra `models`)."""
    try:
        from beforehand.adapters.embedding.export import export_model
    except ImportError as error:
        raise Configuration(
            f"{error.name} is missing; install the extra: "
            "pip install torch==2.13.0 && pip install 'beforehand[models]'."
        ) from None
    typer.echo(str(export_model(name_or_path, out)))
