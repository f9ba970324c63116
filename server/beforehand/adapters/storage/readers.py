"""A small pool of threads, each with its own connection that can only read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from beforehand.adapters.storage.engine import Connection, Db, Engine
from beforehand.domain.errors import BeforehandError, Unavailable

READERS = 3
"""Threads. A read holds the interpreter most of its time, so more of them would only queue for it."""

T = TypeVar("T")


class Readers:
    """ask() from the event loop; each question sees the last commit."""

    def __init__(self, engine: Engine) -> None:
        self.error = ""
        self._engine = engine
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")
        self._mine = threading.local()
        self._all: list[Connection] = []

    async def ask(self, run: Callable[[Db], T]) -> T:
        """Raises Unavailable, or what `run` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.ask_here, run)

    def ask_here(self, run: Callable[[Db], T]) -> T:
        """In the calling thread. A connection that had been idle may have died: it gets a second chance."""
        fresh = self._connection() is None
        try:
            return self._attempt(run)
        except Unavailable:
            if fresh:
                raise
        return self._attempt(run)

    def stop(self) -> None:
        self._pool.shutdown(wait=True)
        for connection in self._all:
            connection.close()

    def _connection(self) -> Connection | None:
        return getattr(self._mine, "connection", None)

    def _attempt(self, run: Callable[[Db], T]) -> T:
        try:
            result = run(self._connection() or self._connect())
        except BeforehandError:
            raise
        except Exception as error:
            fault = self._engine.fault(error)
            if fault is None:
                raise
            if isinstance(fault, Unavailable):
                self.error = fault.sentence
                self._drop()
            raise fault from error
        self.error = ""
        return result

    def _connect(self) -> Connection:
        connection = self._engine.reader()
        self._mine.connection = connection
        self._all.append(connection)
        return connection

    def _drop(self) -> None:
        connection = self._connection()
        if connection is not None:
            connection.close()
            self._all.remove(connection)
            self._mine.connection = None
