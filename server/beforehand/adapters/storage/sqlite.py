"""SQLite by the standard library's driver: no ORM on the way of an event."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from beforehand.adapters.storage.engine import Append, Connection, Row, mark_moves
from beforehand.adapters.storage.files import BUSY_MS, PRIVATE
from beforehand.adapters.storage.packing import pack
from beforehand.adapters.storage.tapes import BATCH_COLUMNS
from beforehand.domain.errors import BeforehandError, Configuration, Invalid, Refused, Unavailable
from beforehand.ports.clock import Clock

CHECKPOINT_PAGES = 4_000
"""16 MB of log before it is folded in: fewer, larger folds than the default 1,000; the log stays bounded."""
CACHE_KIB = 16_000
"""Of pages the writer keeps: the ends of a few thousand live sessions."""
LOG_LIMIT_BYTES = 64 * 1024 * 1024
"""The log file is cut back to this after a burst."""
STATEMENTS = 256
"""Prepared statements kept per connection; the house has about 60."""
CHUNKS = (128, 32, 8, 1)
"""Rows per multi-row statement. Each runs in one call of the library with the interpreter lock released, so
that a batch costs a dozen hand-overs of the lock instead of a thousand."""

WRITER_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    f"cache_size=-{CACHE_KIB}",
    f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    f"journal_size_limit={LOG_LIMIT_BYTES}",
)
READER_PRAGMAS = (f"busy_timeout={BUSY_MS}", "query_only=ON")

_COLUMNS = BATCH_COLUMNS.count(",") + 1
_ROW = f"({', '.join('?' * _COLUMNS)})"
INSERT = {n: f"INSERT INTO tape_batch ({BATCH_COLUMNS}) VALUES {', '.join([_ROW] * n)}" for n in CHUNKS}
MOVE = {
    n: "UPDATE tape SET mark_seq = v.column4"
    f" FROM (VALUES {', '.join(['(?, ?, ?, ?)'] * n)}) AS v"
    " WHERE tape.workspace_id = v.column1 AND tape.id = v.column2 AND tape.mark_seq = v.column3"
    for n in CHUNKS
}


class SqliteConnection:
    """One thread at a time."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self._db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
        )
        try:
            for pragma in pragmas:
                self._db.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            self._db.close()
            raise

    def run(self, sql: str, args: Sequence[object] = ()) -> int:
        return self._db.execute(sql, args).rowcount

    def rows(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        return self._db.execute(sql, args).fetchall()

    def row(self, sql: str, args: Sequence[object] = ()) -> Row | None:
        found = self._db.execute(sql, args).fetchall()
        return found[0] if found else None

    def append(self, appends: Sequence[Append]) -> None:
        rows: list[tuple[object, ...]] = []
        for ws, b in appends:
            encoding, body = pack(b.body)
            rows.append(
                (
                    ws, b.session, b.n, b.count, b.tape or None, b.first_seq, b.last_seq, b.received_at,
                    b.origin, b.schema, encoding, body,
                )
            )  # fmt: skip
        self._many(INSERT, rows)
        try:
            moves = mark_moves(appends)
        except ValueError:
            raise Refused("gap") from None
        if self._many(MOVE, [(*key, *marks) for key, marks in moves.items()]) != len(moves):
            raise Refused("gap")

    def _many(self, statements: dict[int, str], rows: list[tuple[object, ...]]) -> int:
        """Rows changed."""
        changed = at = 0
        for size in CHUNKS:
            while len(rows) - at >= size:
                values: list[object] = []
                for row in rows[at : at + size]:
                    values += row
                changed += self._db.execute(statements[size], values).rowcount
                at += size
        return changed

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def savepoint(self) -> None:
        self._db.execute("SAVEPOINT block")

    def release(self) -> None:
        self._db.execute("RELEASE block")

    def undo(self) -> None:
        self._db.execute("ROLLBACK TO block")
        self._db.execute("RELEASE block")

    def commit(self) -> None:
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        try:
            self._db.close()
        except sqlite3.Error:
            pass  # the connection is given up; what it held was never acknowledged


class SqliteEngine:
    """path: the database file. backups: where a copy goes before its schema changes."""

    dialect = "sqlite"

    def __init__(self, path: Path, backups: Path, clock: Clock) -> None:
        self.path = path
        self.backups = backups
        self.clock = clock

    def migrate(self) -> None:
        from beforehand.adapters.storage.migrate import migrate_sqlite

        try:
            _make_private(self.path)
            migrate_sqlite(self)
        except (OSError, sqlite3.Error) as error:
            raise Configuration(
                f"The database {self.path} can't be opened ({error}); expected a file that may be written."
            ) from error

    def writer(self) -> Connection:
        return SqliteConnection(self.path, WRITER_PRAGMAS)

    def reader(self) -> Connection:
        return SqliteConnection(self.path, READER_PRAGMAS)

    def fault(self, error: Exception) -> BeforehandError | None:
        if isinstance(error, sqlite3.IntegrityError):
            return Refused(_broken_rule(str(error)))
        if isinstance(error, (UnicodeEncodeError, OverflowError)):
            return Invalid("A value can't be stored: expected valid Unicode and numbers of at most 64 bits.")
        if isinstance(error, (sqlite3.InterfaceError, sqlite3.ProgrammingError)):
            return None
        if isinstance(error, (sqlite3.Error, OSError)):
            return Unavailable(f"The database can't be used now: {error}.")
        return None

    def again(self, error: Exception) -> bool:
        return False


def _broken_rule(text: str) -> str:
    if "FOREIGN KEY" in text:
        return "it links to something that this workspace does not have"
    return "it is there already" if "UNIQUE" in text else "a value is missing or not allowed"


def _make_private(path: Path) -> None:
    """Only the owner may read what users did; the log beside it inherits this."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE))
