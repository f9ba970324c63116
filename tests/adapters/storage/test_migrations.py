"""One history on both dialects; a copy before a change; no start on a schema from the future."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool
from structlog.testing import capture_logs

from beforehand.adapters.storage import migrate
from beforehand.adapters.storage.migrations import HISTORY
from beforehand.adapters.storage.schema import metadata
from beforehand.domain.errors import Configuration
from tests.storing import Place, furnish, sqlite_place

pytestmark = pytest.mark.anyio

NEXT = '''"""One more column, as a later version would have it."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("visitor") as table:
        table.add_column(sa.Column("nickname", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("visitor") as table:
        table.drop_column("nickname")
'''


@contextmanager
def connected(place: Place) -> Iterator[Connection]:
    if place.dialect == "sqlite":
        engine = create_engine(place.url, poolclass=NullPool)
    else:
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(place.url), poolclass=NullPool
        )
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A version of the program that knows one revision more."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_next.py").write_text(NEXT.format(head=HISTORY[-1]))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(migrate, "HISTORY", (*HISTORY, "9000"))
    monkeypatch.setattr(migrate, "HEAD", "9000")
    return "9000"


async def test_history_is_the_folder(place: Place) -> None:
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == HISTORY


async def test_migrations_make_exactly_the_tables_of_the_schema(place: Place) -> None:
    async with place.open():
        pass
    with connected(place) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


async def test_two_starts_at_once(place: Place) -> None:
    nodes = [place.storage() for _ in range(4)]
    await asyncio.gather(*(node.start() for node in nodes))
    await furnish(nodes[0], "w1")
    assert [w.id for w in await nodes[3].system.workspaces()] == ["w1"]
    for node in nodes:
        await node.stop()


async def test_an_older_schema_is_copied_then_migrated(place: Place, request: pytest.FixtureRequest) -> None:
    async with place.open() as storage:
        await furnish(storage, "w1")
    request.getfixturevalue("later_version")
    with capture_logs() as logs:
        async with place.open() as storage:
            assert await storage.system.source_by_key("pk_w1") is not None
    with connected(place) as connection:
        assert connection.execute(text("SELECT nickname FROM visitor")).fetchall() == [(None,)]
    assert next(log for log in logs if log["event"] == "database_migrated")["schema"] == "9000"
    if place.dialect == "sqlite":
        said = next(log for log in logs if log["event"] == "database_backed_up")
        assert_copy(Path(said["copy"]), place)
    with capture_logs() as logs:
        async with place.open():
            pass
    assert logs == []


def assert_copy(copy: Path, place: Place) -> None:
    """The copy is the old schema with the data in it, and its name says which."""
    assert copy.parent == place.folder / "backups"
    assert f"schema-{HISTORY[-1]}-" in copy.name
    assert copy.stat().st_mode & 0o077 == 0
    db = sqlite3.connect(copy)
    assert db.execute("SELECT id FROM workspace").fetchall() == [("w1",)]
    assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(HISTORY[-1],)]
    assert "nickname" not in {row[1] for row in db.execute("PRAGMA table_info(visitor)")}
    db.close()


async def test_a_migration_that_fails_changes_nothing(place: Place, later_version: str) -> None:
    """later_version's second step is broken; the first must not stay."""
    broken = migrate.MIGRATIONS / "versions" / "9000_next.py"
    broken.write_text(
        broken.read_text().replace(
            '"nickname", sa.Text(), nullable=True))',
            '"nickname", sa.Text(), nullable=True))\n    op.execute("NOT SQL")',
        )
    )
    old = pytest.MonkeyPatch()
    old.setattr(migrate, "HISTORY", HISTORY)
    old.setattr(migrate, "HEAD", HISTORY[-1])
    async with place.open() as storage:
        await furnish(storage, "w1")
    old.undo()
    with pytest.raises(Exception, match="NOT"):
        await place.storage().start()
    with connected(place) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HISTORY[-1]
        assert "nickname" not in list(connection.execute(text("SELECT * FROM visitor")).keys())


async def test_a_newer_schema_is_refused(place: Place) -> None:
    async with place.open():
        pass
    with connected(place) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Configuration, match=r"9999.*newer"):
        await place.storage().start()


async def test_every_key_and_link_carries_the_workspace() -> None:
    free = {"workspace"}
    for table in metadata.tables.values():
        if table.name in free:
            continue
        assert next(iter(table.primary_key.columns)).name == "workspace_id", table.name
        for link in table.foreign_key_constraints:
            assert link.column_keys[0] == "workspace_id", (table.name, link.column_keys)
            target = next(iter(link.elements)).target_fullname
            assert target == "workspace.id" or target.endswith(".workspace_id"), (table.name, target)


def test_a_start_on_a_current_schema_needs_no_alembic(tmp_path: Path) -> None:
    """Nor SQLAlchemy, nor the other database's driver: they would cost the start a third of a second."""
    place = sqlite_place(tmp_path, migrated=True)
    program = (
        "import asyncio, pathlib, sys\n"
        "from beforehand.adapters.storage import open_storage\n"
        "from beforehand.adapters.system import SystemClock, SystemIds\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        f"storage = open_storage({place.url!r}, folder, b'k', SystemClock(), SystemIds())\n"
        "asyncio.run(storage.start())\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert "sqlite3" in loaded
    assert not loaded & {"sqlalchemy", "sqlmodel", "alembic", "psycopg", "mako"}
