"""The one thread that writes: takes what is queued, runs it in one transaction, and tells after the commit.

Grouping is natural: while one commit waits for the disk the next blocks gather, and they are taken without
waiting for more. A block that refuses is undone alone. When the database fails, nothing of the batch is
acknowledged, the connection is dropped, and the next batch opens a new one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from time import perf_counter
from typing import NamedTuple

import structlog

from beforehand.adapters.storage.engine import Append, Connection, Engine
from beforehand.adapters.storage.stores import Op
from beforehand.domain.errors import BeforehandError, Unavailable

BATCH_OPERATIONS = 500
"""A commit carries at most about so many operations: past it the fsync is a small part of the cost."""
BATCH_S = 0.005
"""Seconds of collecting after which no further block is taken in: bounds what the first one waits."""
QUEUE_BLOCKS = 50_000
"""About two seconds of the writer's full rate; more means that the disk or the database is away."""
QUEUE_BYTES = 64 * 1024 * 1024
"""Of bodies waiting; bounds memory where few large frames queue."""
ATTEMPTS = 4
"""For a transaction that fell into a deadlock; each takes its own snapshot, so a third failure is rare."""

Done = Callable[[BaseException | None], None]
log = structlog.get_logger()


class Block(NamedTuple):
    """Either appends (the common, mergeable case) or operations. size: bytes of bodies."""

    appends: Sequence[Append]
    ops: Sequence[Op]
    done: Done
    size: int


Outcome = tuple[Done, BaseException | None]


class Writer:
    """put() may be called from any thread; done runs in the event loop of start()."""

    def __init__(self, engine: Engine) -> None:
        self.last_commit_ms = 0.0
        self.error = ""
        self._engine = engine
        self._queue: SimpleQueue[Block | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._bytes = 0
        self._open = False
        self._stopped = False
        self._connection: Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._work, name="storage-writer", daemon=True)

    def start(self) -> None:
        """In the event loop."""
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._thread.start()

    async def stop(self) -> None:
        """Everything queued is written, or told why not, before this returns."""
        if not self._open:
            return
        self._open = False
        self._queue.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        await asyncio.sleep(0)

    @property
    def depth(self) -> int:
        """Blocks waiting."""
        return self._queue.qsize()

    def put(self, block: Block) -> None:
        if not self._open or self._bytes > QUEUE_BYTES or self._queue.qsize() >= QUEUE_BLOCKS:
            self._turn_away(block)
            return
        if block.size:
            with self._lock:
                self._bytes += block.size
        self._queue.put(block)

    async def run(self, ops: Sequence[Op]) -> None:
        """Put a block and wait for its commit."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def done(error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.put(Block((), ops, done, 0))
        await future

    def _turn_away(self, block: Block) -> None:
        reason = "The storage is closed." if not self._open else "The database is behind; try again shortly."
        if self._loop is not None:
            outcomes: list[Outcome] = [(block.done, Unavailable(reason))]
            self._loop.call_soon_threadsafe(_tell, outcomes)
        else:
            block.done(Unavailable("The storage was not started."))

    # --- in the writer's thread ---

    def _work(self) -> None:
        while not self._stopped:
            first = self._queue.get()
            if first is None:
                break
            self._report(self._commit(self._gather(first)))
        self._drop()

    def _gather(self, first: Block) -> list[Block]:
        """What is queued already, up to the bounds."""
        blocks = [first]
        operations = len(first.appends) + len(first.ops)
        size = first.size
        until = perf_counter() + BATCH_S
        while operations < BATCH_OPERATIONS and perf_counter() < until and not self._queue.empty():
            block = self._queue.get()
            if block is None:
                self._stopped = True
                break
            blocks.append(block)
            operations += len(block.appends) + len(block.ops)
            size += block.size
        with self._lock:
            self._bytes -= size
        return blocks

    def _commit(self, blocks: list[Block]) -> list[Outcome]:
        try:
            outcomes = self._attempts(blocks)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may be told "stored"
            self._drop()
            self._failed(error)
            return [(block.done, Unavailable(self.error)) for block in blocks]
        if self.error:
            log.info("database_writes_again")
            self.error = ""
        return outcomes

    def _attempts(self, blocks: list[Block]) -> list[Outcome]:
        for attempt in range(1, ATTEMPTS + 1):
            connection = self._connect()
            try:
                return self._transaction(connection, blocks)
            except Exception as error:
                if attempt == ATTEMPTS or not self._engine.again(error):
                    raise
                connection.rollback()
        raise AssertionError("unreachable")

    def _transaction(self, connection: Connection, blocks: list[Block]) -> list[Outcome]:
        connection.begin()
        outcomes: list[Outcome] = []
        at = 0
        while at < len(blocks):
            run = at
            while run < len(blocks) and blocks[run].appends:
                run += 1
            if run - at > 1:
                outcomes += self._appends(connection, blocks[at:run])
                at = run
            else:
                outcomes.append(self._block(connection, blocks[at]))
                at += 1
        started = perf_counter()
        connection.commit()
        self.last_commit_ms = 1000 * (perf_counter() - started)
        return outcomes

    def _appends(self, connection: Connection, blocks: list[Block]) -> list[Outcome]:
        """All in a few statements; if that fails, one by one, so that only the culprit refuses."""
        merged = Block([append for block in blocks for append in block.appends], (), blocks[0].done, 0)
        if self._block(connection, merged)[1] is None:
            return [(block.done, None) for block in blocks]
        return [self._block(connection, block) for block in blocks]

    def _block(self, connection: Connection, block: Block) -> Outcome:
        connection.savepoint()
        try:
            if block.appends:
                connection.append(block.appends)
            for op in block.ops:
                op(connection)
        except Exception as error:
            fault = error if isinstance(error, BeforehandError) else self._engine.fault(error)
            if isinstance(fault, Unavailable):
                raise
            connection.undo()
            return block.done, fault or error
        connection.release()
        return block.done, None

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.writer()
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _failed(self, error: Exception) -> None:
        fault = error if isinstance(error, BeforehandError) else self._engine.fault(error)
        sentence = fault.sentence if fault else f"The database failed ({type(error).__name__})."
        if not self.error:
            log.error("database_does_not_write", reason=sentence, exc_info=None if fault else error)
        self.error = sentence

    def _report(self, outcomes: list[Outcome]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(_tell, outcomes)
        except RuntimeError:
            log.warning("event_loop_gone", blocks=len(outcomes))


def _tell(outcomes: list[Outcome]) -> None:
    """In the event loop: one callback's fault is logged and doesn't keep the others from hearing."""
    for done, error in outcomes:
        try:
            done(error)
        except Exception as fault:
            log.error("storage_callback_failed", exc_info=fault)
