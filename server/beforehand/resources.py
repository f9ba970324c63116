"""Where the files that travel with the product lie: in the repository, or beside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

from beforehand.domain.errors import Configuration

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder `knowledge` or `models`. Raises Configuration."""
    for folder in (_PACKAGE / "_bundle" / name, _PACKAGE.parents[1] / name):
        if folder.is_dir():
            return folder
    raise Configuration(f"The folder {name} that belongs to the product is missing; install it again.")
