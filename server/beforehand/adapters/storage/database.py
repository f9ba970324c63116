"""Storage: the stores of a workspace, in front of one writer and a few readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from beforehand.adapters.storage.articles import ArticleReader, ArticleStore
from beforehand.adapters.storage.assessments import AssessmentReader, AssessmentStore
from beforehand.adapters.storage.decisions import DecisionReader, DecisionStore
from beforehand.adapters.storage.engine import Append, Db, Engine
from beforehand.adapters.storage.outcomes import OutcomeReader, OutcomeStore
from beforehand.adapters.storage.persons import PersonReader, PersonStore
from beforehand.adapters.storage.readers import Readers
from beforehand.adapters.storage.sessions import SessionReader, SessionStore
from beforehand.adapters.storage.signals import SignalReader, SignalStore
from beforehand.adapters.storage.sources import SourceReader, SourceStore
from beforehand.adapters.storage.stores import Recorder, named
from beforehand.adapters.storage.system import SystemStore, check_vault
from beforehand.adapters.storage.tapes import TapeReader, TapeStore
from beforehand.adapters.storage.vault import Vault
from beforehand.adapters.storage.visitors import VisitorReader, VisitorStore
from beforehand.adapters.storage.writer import Block, Done, Writer
from beforehand.ports.clock import Ids
from beforehand.ports.stores import (
    ArticleReads,
    ArticleWrites,
    AssessmentReads,
    AssessmentWrites,
    Batch,
    DecisionReads,
    DecisionWrites,
    OutcomeReads,
    OutcomeWrites,
    PersonReads,
    PersonWrites,
    Read,
    SessionReads,
    SessionWrites,
    SignalReads,
    SignalWrites,
    SourceReads,
    SourceWrites,
    System,
    TapeReads,
    TapeWrites,
    VisitorReads,
    VisitorWrites,
    Work,
)

T = TypeVar("T")


class WorkStores:
    """A Work: the write stores of one workspace."""

    def __init__(self, workspace: str, recorder: Recorder) -> None:
        self.tapes: TapeWrites = TapeStore(workspace, recorder)
        self.sessions: SessionWrites = SessionStore(workspace, recorder)
        self.visitors: VisitorWrites = VisitorStore(workspace, recorder)
        self.persons: PersonWrites = PersonStore(workspace, recorder)
        self.signals: SignalWrites = SignalStore(workspace, recorder)
        self.assessments: AssessmentWrites = AssessmentStore(workspace, recorder)
        self.decisions: DecisionWrites = DecisionStore(workspace, recorder)
        self.outcomes: OutcomeWrites = OutcomeStore(workspace, recorder)
        self.articles: ArticleWrites = ArticleStore(workspace, recorder)
        self.sources: SourceWrites = SourceStore(workspace, recorder)


class Question:
    """What the read stores of one block ask through."""

    def __init__(self, readers: Readers, vault: Vault) -> None:
        self.vault = vault
        self.closed = False
        self._readers = readers

    def ask(self, run: Callable[[Db], T]) -> Awaitable[T]:
        return self._readers.ask(run)


class ReadStores:
    """A Read: the read stores of one workspace."""

    def __init__(self, workspace: str, question: Question) -> None:
        self.tapes: TapeReads = TapeReader(workspace, question)
        self.sessions: SessionReads = SessionReader(workspace, question)
        self.visitors: VisitorReads = VisitorReader(workspace, question)
        self.persons: PersonReads = PersonReader(workspace, question)
        self.signals: SignalReads = SignalReader(workspace, question)
        self.assessments: AssessmentReads = AssessmentReader(workspace, question)
        self.decisions: DecisionReads = DecisionReader(workspace, question)
        self.outcomes: OutcomeReads = OutcomeReader(workspace, question)
        self.articles: ArticleReads = ArticleReader(workspace, question)
        self.sources: SourceReads = SourceReader(workspace, question)


class Database:
    """A Storage on either engine."""

    def __init__(self, engine: Engine, vault: Vault, ids: Ids) -> None:
        self._engine = engine
        self._vault = vault
        self._ids = ids
        self._writer = Writer(engine)
        self._readers = Readers(engine)
        self.system: System = SystemStore(self._writer, self._readers, vault)

    async def start(self) -> None:
        """Raises Configuration: schema too new, file not writable, or a secret.key that opens nothing."""
        try:
            await asyncio.to_thread(self._engine.migrate)
            await self._readers.ask(lambda db: check_vault(db, self._vault))
        except BaseException:
            await self.stop()
            raise
        self._writer.start()

    async def stop(self) -> None:
        await self._writer.stop()
        await asyncio.to_thread(self._readers.stop)

    def work(self, workspace: str) -> AbstractAsyncContextManager[Work]:
        return self._work(named(workspace))

    @asynccontextmanager
    async def _work(self, workspace: str) -> AsyncIterator[Work]:
        recorder = Recorder(self._ids, self._vault)
        try:
            yield WorkStores(workspace, recorder)
        finally:
            recorder.closed = True
        await self._writer.run(recorder.ops)
        recorder.committed()

    def read(self, workspace: str) -> AbstractAsyncContextManager[Read]:
        return self._read(named(workspace))

    @asynccontextmanager
    async def _read(self, workspace: str) -> AsyncIterator[Read]:
        question = Question(self._readers, self._vault)
        try:
            yield ReadStores(workspace, question)
        finally:
            question.closed = True

    def submit(self, workspace: str, record: Callable[[Work], None], done: Done) -> None:
        recorder = Recorder(self._ids, self._vault)
        record(WorkStores(workspace, recorder))
        recorder.closed = True

        def told(error: BaseException | None) -> None:
            if error is None:
                recorder.committed()
            done(error)

        self._writer.put(Block((), recorder.ops, told, 0))

    def append(self, workspace: str, batch: Batch, done: Done) -> None:
        appends: tuple[Append, ...] = ((named(workspace), batch),)
        self._writer.put(Block(appends, (), done, len(batch.body)))

    def extend(self, workspace: str, batches: Sequence[Batch], done: Done) -> None:
        named(workspace)
        appends = [(workspace, batch) for batch in batches]
        self._writer.put(Block(appends, (), done, sum(len(batch.body) for batch in batches)))

    def health(self) -> dict[str, object]:
        error = self._writer.error or self._readers.error
        return {
            "dialect": self._engine.dialect,
            "ok": not error,
            "queue": self._writer.depth,
            "last_commit_ms": round(self._writer.last_commit_ms, 3),
            "last_error": error,
        }
