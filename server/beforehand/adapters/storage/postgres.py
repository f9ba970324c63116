"""PostgreSQL by psycopg 3, with the same writer and the same SQL as SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import psycopg
from psycopg import errors

from beforehand.adapters.storage.engine import Append, Connection, Row, mark_moves
from beforehand.adapters.storage.packing import pack
from beforehand.adapters.storage.tapes import BATCH_COLUMNS
from beforehand.domain.errors import BeforehandError, Configuration, Invalid, Refused, Unavailable

CONNECT_S = 5
"""Seconds to wait for a connection: a reader's question should not hang longer than a person's patience."""
KEEPALIVE_S = 10
"""Seconds of silence after which a dead peer is probed; with 3 probes a cut network is noticed in 40 s."""
STATEMENTS_KNOWN = 512

_TYPES = ("text", "text", "int", "int", "text", "int", "int", "bigint", "bigint", "int", "int", "bytea")
INSERT = (
    f"INSERT INTO tape_batch ({BATCH_COLUMNS}) SELECT * FROM unnest({', '.join(f'?::{t}[]' for t in _TYPES)})"
)
MOVE = (
    "UPDATE tape SET mark_seq = v.mark FROM unnest(?::text[], ?::text[], ?::int[], ?::int[])"
    " AS v(ws, id, was, mark)"
    " WHERE tape.workspace_id = v.ws AND tape.id = v.id AND tape.mark_seq = v.was"
)


class PostgresConnection:
    """One thread at a time. Transactions are begun and ended by us, statement by statement."""

    def __init__(self, url: str, settings: Sequence[str]) -> None:
        self._db = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_S,
            keepalives_idle=KEEPALIVE_S,
            keepalives_interval=KEEPALIVE_S,
            keepalives_count=3,
        )
        for setting in settings:
            self.run(f"SET {setting}")

    def run(self, sql: str, args: Sequence[object] = ()) -> int:
        return self._db.execute(_native(sql), args).rowcount

    def rows(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        return self._db.execute(_native(sql), args).fetchall()

    def row(self, sql: str, args: Sequence[object] = ()) -> Row | None:
        return self._db.execute(_native(sql), args).fetchone()

    def append(self, appends: Sequence[Append]) -> None:
        """Tapes are moved in the order of their names, so that two nodes seldom deadlock."""
        rows = []
        for ws, b in appends:
            encoding, body = pack(b.body)
            rows.append(
                (
                    ws, b.session, b.n, b.count, b.tape or None, b.first_seq, b.last_seq, b.received_at,
                    b.origin, b.schema, encoding, body,
                )
            )  # fmt: skip
        self.run(INSERT, _columns(rows))
        try:
            moves = mark_moves(appends)
        except ValueError:
            raise Refused("gap") from None
        if moves and self.run(MOVE, _columns([(*key, *moves[key]) for key in sorted(moves)])) != len(moves):
            raise Refused("gap")

    def begin(self) -> None:
        self.run("BEGIN")

    def savepoint(self) -> None:
        self.run("SAVEPOINT block")

    def release(self) -> None:
        self.run("RELEASE SAVEPOINT block")

    def undo(self) -> None:
        self.run("ROLLBACK TO SAVEPOINT block")
        self.release()

    def commit(self) -> None:
        self.run("COMMIT")

    def rollback(self) -> None:
        self.run("ROLLBACK")

    def close(self) -> None:
        try:
            self._db.close()
        except psycopg.Error:
            pass  # the connection is given up; what it held was never acknowledged


class PostgresEngine:
    """url: postgresql://…, as libpq takes it."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url

    def migrate(self) -> None:
        from beforehand.adapters.storage.migrate import migrate_postgres

        try:
            migrate_postgres(self.url)
        except psycopg.OperationalError as error:
            raise Configuration(
                f"The database can't be reached ({_first_line(error)});"
                " expected a running PostgreSQL at the configured address."
            ) from error

    def writer(self) -> Connection:
        return PostgresConnection(self.url, ("synchronous_commit TO on", "application_name TO 'beforehand'"))

    def reader(self) -> Connection:
        read_only = "default_transaction_read_only TO on"
        return PostgresConnection(self.url, (read_only, "application_name TO 'beforehand reads'"))

    def fault(self, error: Exception) -> BeforehandError | None:
        if isinstance(error, psycopg.IntegrityError):
            return Refused(_broken_rule(error))
        if isinstance(error, (psycopg.DataError, UnicodeEncodeError)):
            return Invalid(
                "A value can't be stored: expected text without NUL, valid Unicode and numbers in range."
            )
        if isinstance(error, psycopg.ProgrammingError):
            return None
        if isinstance(error, (psycopg.Error, OSError)):
            return Unavailable(f"The database can't be used now: {_first_line(error)}.")
        return None

    def again(self, error: Exception) -> bool:
        return isinstance(error, (errors.SerializationFailure, errors.DeadlockDetected))


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """One array per column, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]


@lru_cache(STATEMENTS_KNOWN)
def _native(statement: str) -> bytes:
    """Our statements are constants of this package; values only ever travel as parameters."""
    return statement.replace("?", "%s").encode()


def _broken_rule(error: psycopg.IntegrityError) -> str:
    if isinstance(error, errors.ForeignKeyViolation):
        return "it links to something that this workspace does not have"
    if isinstance(error, errors.UniqueViolation):
        return "it is there already"
    return "a value is missing or not allowed"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
