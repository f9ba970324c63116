"""What the two databases have in common: the few calls that stores, writer and readers are written against.

SQL is written once, with `?` for parameters, in the dialect both share (ON CONFLICT, RETURNING, UPDATE FROM).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from beforehand.domain.errors import BeforehandError
from beforehand.ports.stores import Batch

Row = tuple[Any, ...]
Append = tuple[str, Batch]
"""(workspace, row to append)."""


class Db(Protocol):
    """What a store's function is given: one connection inside a transaction."""

    def run(self, sql: str, args: Sequence[object] = ()) -> int:
        """Rows changed."""

    def rows(self, sql: str, args: Sequence[object] = ()) -> list[Row]: ...
    def row(self, sql: str, args: Sequence[object] = ()) -> Row | None: ...

    def append(self, appends: Sequence[Append]) -> None:
        """Insert tape rows and move their tapes' marks; raises Refused('gap') having possibly done a part."""


class Connection(Db, Protocol):
    """Used by one thread at a time."""

    def begin(self) -> None: ...
    def savepoint(self) -> None: ...
    def release(self) -> None: ...
    def undo(self) -> None:
        """Back to the savepoint, which is gone afterwards."""

    def commit(self) -> None:
        """Returns when the disk has it."""

    def rollback(self) -> None: ...
    def close(self) -> None:
        """Never raises."""


class Engine(Protocol):
    """One database. dialect: 'sqlite' or 'postgresql'."""

    dialect: str

    def migrate(self) -> None:
        """Bring the schema up to date. Raises Configuration."""

    def writer(self) -> Connection: ...
    def reader(self) -> Connection: ...

    def fault(self, error: Exception) -> BeforehandError | None:
        """Refused or Invalid: the statement is to blame; Unavailable: the connection is no good any more;
        None: a mistake of ours."""

    def again(self, error: Exception) -> bool:
        """The same transaction may well succeed when repeated (deadlock, serialisation)."""


def mark_moves(appends: Sequence[Append]) -> dict[tuple[str, str], tuple[int, int]]:
    """(workspace, tape) -> (mark it must have, mark it gets): one move per tape, however many rows it got.

    Rows that don't join on to each other keep the first expectation and the last number; such a hole shows as
    a move whose length differs from the rows', so it is refused here: raises ValueError.
    """
    moves: dict[tuple[str, str], tuple[int, int]] = {}
    for workspace, batch in appends:
        if not batch.tape:
            continue
        key = (workspace, batch.tape)
        known = moves.get(key)
        if known is None:
            moves[key] = (batch.first_seq - 1, batch.last_seq)
        elif known[1] == batch.first_seq - 1:
            moves[key] = (known[0], batch.last_seq)
        else:
            raise ValueError("rows of one tape don't join on to each other")
    return moves
