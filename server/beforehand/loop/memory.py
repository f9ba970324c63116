"""A session's state in memory: begun, woken from its snapshot and tail, snapshotted, and let go when idle."""

from __future__ import annotations

from beforehand.domain.errors import Unavailable
from beforehand.domain.fact import Opened
from beforehand.loop import tape as tapes
from beforehand.loop.rules import rules_of
from beforehand.loop.step import Rules, State, begin, dumps, loads
from beforehand.ports.stores import Storage

SNAPSHOT_EVERY = 200
"""Entries between snapshots: waking a session steps through at most this many, about a millisecond."""


class Memory:
    """state: None while it is only on disk. n: position of the next entry. last_at: ms UTC of the newest event.
    wake_at: when the last step wanted to be woken."""

    def __init__(self, workspace: str, session: str, storage: Storage, rules: Rules) -> None:
        self.state: State | None = None
        self.n = 0
        self.last_at = 0
        self.wake_at = 0
        self._workspace, self._session = workspace, session
        self._storage = storage
        self._rules = rules
        self._snapshot_n = 0

    def begin(self, at: int) -> None:
        """A new session: nothing stored yet but its row."""
        self.state = begin(self._session, at)

    async def load(self) -> None:
        """Snapshot and tail from storage; what the tail asked for was carried out when it was live."""
        async with self._storage.read(self._workspace) as tx:
            row = await tx.sessions.get(self._session)
            if row is None:
                raise Unavailable("The session is not in the database.")
            batches = await tx.tapes.entries(self._session, row.snapshot_n)
        state = loads(row.snapshot) if row.snapshot else begin(self._session, row.started)
        n, rules = row.snapshot_n, self._rules
        if state.session.person is not None:
            rules = rules_of(state.session.rules)
        for entry in tapes.entries(batches, row.snapshot_n):
            if isinstance(entry, tapes.StoredFact) and isinstance(entry.fact, Opened):
                rules = rules_of(entry.fact.rules)
            self.wake_at = tapes.step_stored(state, entry, rules).wake_at
            n = entry.n + 1
        self.state, self.n, self._snapshot_n, self.last_at = state, n, row.snapshot_n, row.last_at

    async def free(self) -> None:
        """Keep a snapshot and let the state go; load() brings it back."""
        state, n = self.state, self.n
        if state is None:
            return
        self.state = None
        async with self._storage.work(self._workspace) as tx:
            tx.sessions.snapshot(self._session, n, dumps(state))
            tx.sessions.touch(self._session, self.last_at)
        self._snapshot_n = n

    def snapshot_due(self) -> tuple[int, bytes] | None:
        """(n, state bytes) to be stored, every SNAPSHOT_EVERY entries."""
        if self.state is None or self.n - self._snapshot_n < SNAPSHOT_EVERY:
            return None
        self._snapshot_n = self.n
        return self.n, dumps(self.state)
