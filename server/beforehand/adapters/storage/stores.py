"""The two bases of every store: writes are recorded for a block, reads are asked of a reader.

A store can only be made with a workspace, and only work(workspace), submit(workspace) and read(workspace)
make them; once the block is left, its stores refuse to be called.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from beforehand.adapters.storage.engine import Db
from beforehand.adapters.storage.vault import Vault
from beforehand.ports.clock import Ids

T = TypeVar("T")
P = ParamSpec("P")
Op = Callable[[Db], None]

_UNSET: Any = object()


class Result(Generic[T]):
    """A Later."""

    def __init__(self) -> None:
        self.result: T = _UNSET
        self.committed = False

    @property
    def value(self) -> T:
        if not self.committed:
            raise RuntimeError("A result is there after the commit: leave the work block first.")
        return self.result


class Recorder:
    """The calls of one block, in order."""

    def __init__(self, ids: Ids, vault: Vault) -> None:
        self.ids = ids
        self.vault = vault
        self.ops: list[Op] = []
        self.results: list[Result[Any]] = []
        self.closed = False

    def record(self, run: Callable[[Db], T]) -> Result[T]:
        if self.closed:
            raise RuntimeError("A store exists only inside its block, which was left.")
        result: Result[T] = Result()

        def op(db: Db) -> None:
            result.result = run(db)

        self.ops.append(op)
        self.results.append(result)
        return result

    def committed(self) -> None:
        for result in self.results:
            result.committed = True


class Asker(Protocol):
    """Runs a function with a reading connection."""

    vault: Vault
    closed: bool

    def ask(self, run: Callable[[Db], T]) -> Awaitable[T]: ...


class Writes:
    """Base of the write stores."""

    def __init__(self, workspace: str, recorder: Recorder) -> None:
        self._workspace = named(workspace)
        self._recorder = recorder

    def _do(self, call: Callable[Concatenate[Db, str, P], T], *args: P.args, **kwargs: P.kwargs) -> Result[T]:
        workspace = self._workspace
        return self._recorder.record(lambda db: call(db, workspace, *args, **kwargs))


class Reads:
    """Base of the read stores."""

    def __init__(self, workspace: str, asker: Asker) -> None:
        self._workspace = named(workspace)
        self._asker = asker

    async def _ask(self, call: Callable[Concatenate[Db, str, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._asker.closed:
            raise RuntimeError("A store exists only inside its block, which was left.")
        workspace = self._workspace
        return await self._asker.ask(lambda db: call(db, workspace, *args, **kwargs))


def named(workspace: str) -> str:
    """Raises ValueError where the workspace was forgotten."""
    if not workspace:
        raise ValueError("workspace: expected the id of a workspace; a store never works without one.")
    return workspace
