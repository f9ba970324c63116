"""From whatever schema a database has to the one this version knows; a copy is kept before a change."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from beforehand.adapters.storage.files import BUSY_MS, PRIVATE
from beforehand.adapters.storage.migrations import HISTORY
from beforehand.domain.errors import Configuration

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from beforehand.adapters.storage.sqlite import SqliteEngine

HEAD = HISTORY[-1]
ADVISORY_LOCK = 0x6265666F
"""Any number, as long as it is ours alone: "befo"."""
CONNECT_S = 5
MIGRATIONS = Path(__file__).parent / "migrations"
log = structlog.get_logger()


def check_known(revision: str) -> None:
    """Raises Configuration where a later version of Beforehand has been at this database."""
    if revision and revision not in HISTORY:
        raise Configuration(
            f"The database has schema {revision}, which is newer than this version knows (up to {HEAD});"
            " upgrade Beforehand, or restore the copy in the folder backups."
        )


def migrate_sqlite(engine: SqliteEngine) -> None:
    with _alone(engine.path):
        revision = _sqlite_revision(engine.path)
        check_known(revision)
        if revision == HEAD:
            return
        if revision:
            copy = back_up(engine.path, engine.backups, revision, engine.clock.now())
            log.info("database_backed_up", schema=revision, copy=str(copy))
        _upgrade_sqlite(engine.path)
        log.info("database_migrated", schema_was=revision or "none", schema=HEAD)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two processes that start at once migrate one after the other."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, PRIVATE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _sqlite_revision(path: Path) -> str:
    """'' for a new file."""
    db = sqlite3.connect(path, timeout=BUSY_MS / 1000)
    try:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return ""
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""
    finally:
        db.close()


def back_up(path: Path, folder: Path, revision: str, now: int) -> Path:
    """A whole copy, named by its schema and the time; what other connections committed is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    copy = folder / f"{path.stem}-schema-{revision}-{moment}-{now % 1000:03d}.db"
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return copy


def _upgrade_sqlite(path: Path) -> None:
    """In one transaction. Foreign keys are off while tables are rebuilt, and checked before the commit."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None), poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            connection.exec_driver_sql("ROLLBACK")
            raise Configuration(
                f"The migration to schema {HEAD} would break {len(broken)} links; nothing done."
            )
        connection.exec_driver_sql("COMMIT")


def migrate_postgres(url: str) -> None:
    """Nodes that start at once take turns by an advisory lock. Copies are the operator's (pg_dump)."""
    import psycopg
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    def connect() -> psycopg.Connection:
        return psycopg.connect(url, connect_timeout=CONNECT_S)

    with connect() as db:
        if _postgres_revision(db) == HEAD:
            return
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        revision = _postgres_revision(connection.connection.driver_connection)
        if revision == HEAD:
            return
        upgrade(connection)
    log.info("database_migrated", schema_was=revision or "none", schema=HEAD)


def _postgres_revision(db: Any) -> str:
    """'' for an empty database. Raises Configuration for one that is too new."""
    if db.execute("SELECT to_regclass('alembic_version')").fetchone()[0] is None:
        return ""
    row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    revision = str(row[0]) if row else ""
    check_known(revision)
    return revision


def upgrade(connection: Connection) -> None:
    """Inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
