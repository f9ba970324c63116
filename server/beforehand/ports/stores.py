"""What we ask of storage: one small store per noun, reachable only inside work(workspace) or read(workspace).

Inside `work` a call is recorded and returns a Later; leaving the block runs all of them in order in one
transaction and waits for the commit; then each Later has its `.value`. If a conditional method refuses, the
whole block is rolled back and leaving it raises Refused(reason). Inside `read` the same stores are asked
with `await tx.<store>.<method>(...)` and see the last commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, Protocol, TypeVar

import msgspec

from beforehand.domain.article import Article, Passage
from beforehand.domain.decision import Decision
from beforehand.domain.outcome import Outcome
from beforehand.domain.person import Consent, UserClaims
from beforehand.domain.signal import Signal
from beforehand.domain.source import Source, Workspace

T = TypeVar("T", covariant=True)


class Later(Protocol, Generic[T]):
    """A result that is there after the commit. Reading `value` before raises RuntimeError."""

    @property
    def value(self) -> T: ...


class SessionRow(msgspec.Struct, frozen=True):
    """snapshot: state bytes as of mailbox position snapshot_n (exclusive), b'' if none yet."""

    id: str
    visitor: str
    person: str
    source: str
    started: int
    last_at: int
    snapshot: bytes = b""
    snapshot_n: int = 0
    fence: int = 0


class Batch(msgspec.Struct, frozen=True):
    """One append-only row. tape '' : an internal fact (first_seq = last_seq = 0). n: mailbox position of the
    first entry; count: how many positions it takes. origin: 'occurred_at = origin + event.at'.
    body: JSON as received (after redaction)."""

    session: str
    n: int
    count: int
    tape: str
    first_seq: int
    last_seq: int
    received_at: int
    body: bytes
    origin: int = 0
    schema: int = 1


class TapeRow(msgspec.Struct, frozen=True):
    """mark: highest sequence number durably held without a hole. session: the one it belongs to now."""

    id: str
    visitor: str
    session: str
    mark: int
    origin: int = 0


class VisitorRow(msgspec.Struct, frozen=True):
    """arm: the holdout arm, drawn once and kept. person: the one it is linked to now ('' if none)."""

    id: str
    secret_hash: str
    arm: str
    created: int
    person: str = ""


class TapeWrites(Protocol):
    def open(self, tape: TapeRow) -> None:
        """Insert; a tape that exists with another visitor refuses ('tape belongs to another visitor')."""

    def append(self, batch: Batch) -> None:
        """Insert the row and move the tape's mark from first_seq - 1 to last_seq; refuses ('gap') if the
        mark is elsewhere. The hottest call of the house: many of them are written with executemany."""

    def skip(self, tape: str, first: int, last: int) -> None:
        """The client dropped these numbers: move the mark over them; refuses ('gap') like append."""

    def assign(self, tape: str, session: str) -> None:
        """The tape goes on in another session (after 30 min idle)."""


class TapeReads(Protocol):
    async def get(self, tape: str) -> TapeRow | None: ...
    async def entries(self, session: str, from_n: int = 0, limit: int = 10_000) -> list[Batch]:
        """Rows of the session in order of n, starting with the one that holds from_n."""


class SessionWrites(Protocol):
    def create(self, row: SessionRow) -> None: ...
    def touch(self, session: str, last_at: int) -> None: ...
    def snapshot(self, session: str, n: int, state: bytes) -> None:
        """Keep the newest: an older n than the stored one changes nothing."""

    def link(self, session: str, person: str) -> None: ...


class SessionReads(Protocol):
    async def get(self, session: str) -> SessionRow | None: ...
    async def latest(self, visitor: str) -> SessionRow | None:
        """The visitor's session with the highest last_at."""

    async def recent(self, limit: int) -> list[SessionRow]: ...


class VisitorWrites(Protocol):
    def create(self, row: VisitorRow) -> None: ...
    def link(self, visitor: str, person: str, at: int) -> None:
        """Append an alias row; the newest not undone counts."""

    def consent(
        self, visitor: str, value: Consent, at: int, purpose: str = "help", text: str = ""
    ) -> None:
        """Append what the visitor answered. text: version of the text they were shown."""


class VisitorReads(Protocol):
    async def by_secret(self, secret_hash: str) -> VisitorRow | None: ...
    async def get(self, visitor: str) -> VisitorRow | None: ...
    async def consent(self, visitor: str, purpose: str = "help") -> str:
        """The newest answer, '' if never asked."""


class PersonWrites(Protocol):
    def upsert(self, person: str, claims: UserClaims, at: int) -> Later[str]:
        """By external id (claims.sub): the stored person's id, `person` if it is new. Account likewise."""


class PersonRow(msgspec.Struct, frozen=True):
    """shown: ms UTC of nudges of the last 24 h, oldest first. dismissed: struggle -> ms UTC."""

    unit: str
    shown: tuple[int, ...] = ()
    dismissed: dict[str, int] = {}


class PersonReads(Protocol):
    async def by_external(self, external_id: str) -> str | None: ...
    async def facts(self, unit: str, since: int) -> PersonRow:
        """Caps used and dismissals of a unit ('p:…' or 'v:…') since `since` (ms UTC)."""


class SignalWrites(Protocol):
    def add(self, session: str, n: int, signals: Sequence[Signal]) -> None:
        """Idempotent on (session, n, kind, struggle, tier)."""


class SignalReads(Protocol):
    async def of(self, session: str) -> list[tuple[int, Signal]]: ...


class AssessmentWrites(Protocol):
    def add(self, session: str, n: int, at: int, body: bytes) -> None:
        """body: msgspec JSON of Assessment; features are tomorrow's training rows."""


class AssessmentReads(Protocol):
    async def of(self, session: str) -> list[tuple[int, int, bytes]]: ...


class DecisionWrites(Protocol):
    def add(self, decision: Decision) -> None:
        """Idempotent on the id."""

    def expose(self, decision: str, state: str, at: int, reason: str) -> None:
        """Once per (decision, state)."""

    def reserve_cap(self, unit: str, cap: str, window: str, limit: int, at: int) -> None:
        """Spend one slot of `limit` for (unit, cap, window); refuses ('cap <cap>') when none is left.
        The unique key is the reservation: two tabs on two nodes cannot both spend one."""

    def dismiss(self, unit: str, struggle: str, at: int, reason: str) -> None: ...


class DecisionReads(Protocol):
    async def of(self, session: str) -> list[Decision]: ...
    async def exposures(self, session: str) -> list[tuple[str, str, int, str]]:
        """(decision, state, at, reason), oldest first."""


class OutcomeWrites(Protocol):
    def add(self, outcome: Outcome) -> None:
        """Once per (subject kind, subject, kind)."""


class OutcomeReads(Protocol):
    async def of(self, session: str) -> list[Outcome]:
        """Of the session's decisions."""


class ArticleWrites(Protocol):
    def replace(
        self, articles: Sequence[Article], passages: Sequence[Passage], author: str, at: int
    ) -> Later[int]:
        """Publish this set: new revisions for changed ones, archive what is absent. Returns how many changed."""


class ArticleReads(Protocol):
    async def version(self) -> str:
        """Changes whenever the published set does; cheap, asked every few seconds."""

    async def published(self) -> list[Article]: ...
    async def passages(self) -> list[Passage]: ...
    async def get(self, slug: str, lang: str) -> Article | None: ...


class SourceWrites(Protocol):
    def add(self, source: Source) -> None: ...
    def set_origins(self, source: str, origins: Sequence[str]) -> None: ...


class SourceReads(Protocol):
    async def all(self) -> list[Source]: ...


class Work(Protocol):
    """The stores of one workspace inside a transaction."""

    tapes: TapeWrites
    sessions: SessionWrites
    visitors: VisitorWrites
    persons: PersonWrites
    signals: SignalWrites
    assessments: AssessmentWrites
    decisions: DecisionWrites
    outcomes: OutcomeWrites
    articles: ArticleWrites
    sources: SourceWrites


class Read(Protocol):
    tapes: TapeReads
    sessions: SessionReads
    visitors: VisitorReads
    persons: PersonReads
    signals: SignalReads
    assessments: AssessmentReads
    decisions: DecisionReads
    outcomes: OutcomeReads
    articles: ArticleReads
    sources: SourceReads


class System(Protocol):
    """The one door without a workspace; named in a house test."""

    async def create_workspace(self, workspace: Workspace) -> None: ...
    async def workspaces(self) -> list[Workspace]: ...
    async def source_by_key(self, key: str) -> tuple[Workspace, Source] | None: ...


class Storage(Protocol):
    """work's block must not await anything but its stores. `commit` of several blocks may be grouped."""

    system: System

    def work(self, workspace: str) -> AbstractAsyncContextManager[Work]: ...
    def read(self, workspace: str) -> AbstractAsyncContextManager[Read]: ...

    def submit(
        self, workspace: str, record: Callable[[Work], None], done: Callable[[BaseException | None], None]
    ) -> None:
        """`work` without waiting: record(tx) runs at once, its block takes its place in the same queue as append
        and work, and done runs in the event loop after the commit, or with why there was none."""

    def append(self, workspace: str, batch: Batch, done: Callable[[BaseException | None], None]) -> None:
        """The hottest call: one row and its tape's mark, in the same queue. done as in submit."""

    def extend(
        self, workspace: str, batches: Sequence[Batch], done: Callable[[BaseException | None], None]
    ) -> None:
        """Several rows that stand or fall together, as append."""

    async def start(self) -> None:
        """Migrate (after a backup where the schema is older), open, be ready. Raises Configuration."""

    async def stop(self) -> None: ...

    def health(self) -> dict[str, object]:
        """For /healthz: dialect, ok, queue depth, last commit ms, last error sentence ('' if none)."""
