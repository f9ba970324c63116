"""Storage on SQLite or PostgreSQL: one module per noun, one writer, one history of migrations."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from beforehand.adapters.storage.database import Database
from beforehand.adapters.storage.engine import Engine
from beforehand.adapters.storage.sqlite import SqliteEngine
from beforehand.adapters.storage.vault import Vault
from beforehand.domain.errors import Configuration
from beforehand.ports.clock import Clock, Ids
from beforehand.ports.stores import Storage

BACKUPS = "backups"
"""Folder under the data folder."""


def open_storage(url: str, data_dir: Path, secret_key: bytes, clock: Clock, ids: Ids) -> Storage:
    """url: sqlite:///path (sqlite:////absolute/path) or postgresql://user@host/name. Nothing is opened before
    start(). secret_key: seals the sources' secrets. Raises Configuration for another kind of url."""
    return Database(_engine(url, data_dir, clock), Vault(secret_key), ids)


def _engine(url: str, data_dir: Path, clock: Clock) -> Engine:
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        path = unquote(urlsplit(url).path.removeprefix("/"))
        if not path:
            raise Configuration("database: expected a file after sqlite:///.")
        return SqliteEngine(Path(path), data_dir / BACKUPS, clock)
    if scheme in ("postgresql", "postgres"):
        from beforehand.adapters.storage.postgres import PostgresEngine

        return PostgresEngine(url)
    raise Configuration("database: expected a URL that begins with sqlite:/// or postgresql://.")
