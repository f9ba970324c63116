"""One session's mailbox: takes entries in order, steps, stores, and only then lets anything leave.

The common entry changes state and nothing else: it is stepped at once and its row handed to the writer;
the acknowledgement comes when the disk has it. An entry that brought signals or commands makes the mailbox
busy until its transaction is through; what arrives meanwhile waits its turn, so a step is never re-entered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Protocol

import msgspec
import structlog

from beforehand.domain import command as c
from beforehand.domain.errors import BeforehandError, Gap, Invalid, Refused, Unavailable
from beforehand.domain.event import Event, NudgeEvent
from beforehand.domain.fact import CapRefused, Fact, HelpFound, Opened, PersonChanged, Reserved, Stamp, Tick
from beforehand.loop import tape as tapes
from beforehand.loop.leaving import Leaving, Line
from beforehand.loop.memory import Memory
from beforehand.loop.records import Output, record
from beforehand.loop.step import Rules, Step, on_event, on_fact
from beforehand.loop.timing import Timing
from beforehand.ports.clock import Clock
from beforehand.ports.stores import Batch, Storage, Work

MAX_WAITING = 500
"""Items that may wait while a transaction runs (milliseconds); more means the database is away."""

log = structlog.get_logger()
_json = msgspec.json.Encoder().encode


class Seeker(Protocol):
    """Runs FindHelp outside the step and brings the answer to `deliver`."""

    def seek(self, mailbox: Mailbox, command: c.FindHelp) -> None: ...


class _Events(msgspec.Struct):
    line: Line
    first: int
    events: list[Event]
    body: bytes
    origin: int


class Mailbox:
    """Belongs to the event loop; every method runs there."""

    def __init__(
        self, workspace: str, session: str, visitor: str, storage: Storage, clock: Clock, rules: Rules,
        seeker: Seeker, timing: Timing, wake: Callable[[str, int], None],
    ) -> None:  # fmt: skip
        self.workspace = workspace
        self.session = session
        self.visitor = visitor
        self.key = f"{workspace}/{session}"
        self.leaving = Leaving(clock, timing)
        self.lines = self.leaving.lines
        self.memory = Memory(workspace, session, storage, rules)
        self.poisoned = ""
        self.person = ""
        self._storage = storage
        self._clock = clock
        self._rules = rules
        self._seeker = seeker
        self._wake = wake
        self._pending = 0
        self._waiting: deque[_Events | Fact] = deque()
        self._task: asyncio.Task[None] | None = None
        self._arrived = 0.0

    # --- life ---

    def start(self, at: int) -> None:
        """A new session: nothing stored yet but its row."""
        self.memory.begin(at)

    async def load(self) -> None:
        """Wake from storage."""
        await self.memory.load()
        state = self.memory.state
        if state is not None and state.session.person is not None:
            self.person = state.session.person.person
        if self.memory.wake_at:
            self._wake(self.key, self.memory.wake_at)

    @property
    def last_at(self) -> int:
        """ms UTC of the newest event."""
        return self.memory.last_at

    @last_at.setter
    def last_at(self, at: int) -> None:
        self.memory.last_at = at

    @property
    def busy(self) -> bool:
        return self._task is not None

    @property
    def at_rest(self) -> bool:
        """Nothing under way and nothing unwritten: its memory may be freed."""
        return not self.busy and not self._pending and not self._waiting and not self.leaving.seeking

    async def free(self) -> None:
        """Let the memory go where nothing is under way."""
        if self.at_rest:
            await self.memory.free()

    # --- what arrives ---

    def events(self, line: Line, first: int, events: list[Event], body: bytes, origin: int) -> None:
        """Raises Gap, Invalid, Unavailable; a repeated prefix is trimmed, a repeat is acknowledged again."""
        if self.poisoned:
            raise Unavailable(self.poisoned)
        _check_sequence(first, events)
        last = first + len(events) - 1
        if first > line.accepted + 1:
            raise Gap(line.accepted + 1)
        if last <= line.accepted:
            if line.outlet is not None and line.durable >= last:
                line.outlet.acked(line.durable)
            return
        if first <= line.accepted:
            events = events[line.accepted + 1 - first :]
            first, body = line.accepted + 1, tapes.events_body(events)
        self._admit()
        line.accepted = last
        self._take(_Events(line, first, events, body, origin))

    def deliver(self, fact: Fact) -> None:
        """An internal event; never refused but for a database that is away."""
        if self.poisoned:
            return
        if isinstance(fact, Opened | PersonChanged):
            self.person = fact.person.person
        self._take(fact)

    def skip(self, line: Line, first: int, last: int) -> None:
        """The browser dropped these numbers. Raises Gap."""
        if first > line.accepted + 1:
            raise Gap(line.accepted + 1)
        if last <= line.accepted:
            return
        first, line.accepted = line.accepted + 1, last

        def record(tx: Work) -> None:
            tx.tapes.skip(line.tape, first, last)

        self._pending += 1
        self._storage.submit(self.workspace, record, lambda error: self._written([(line, last)], error))

    def _admit(self) -> None:
        if len(self._waiting) >= MAX_WAITING:
            raise Unavailable(
                "The database does not answer; the events were not taken and are kept by the browser."
            )

    def _take(self, item: _Events | Fact) -> None:
        if self._task is not None or self.memory.state is None:
            self._waiting.append(item)
            if self._task is None:
                self._task = asyncio.get_running_loop().create_task(self._drain(wake=True))
            return
        try:
            output = self._turn(item)
        except Exception as error:
            log.error("session_failed", session=self.session, exc_info=error)
            self._broken(error)
            raise Unavailable(self.poisoned) from error
        if output is not None:
            self._task = asyncio.get_running_loop().create_task(self._drain(output))

    # --- a turn ---

    def _turn(self, item: _Events | Fact) -> Output | None:
        """Step the item. None: its row is with the writer and nothing else is to be done."""
        self._arrived = perf_counter()
        if isinstance(item, _Events):
            return self._turn_events(item)
        return self._turn_fact(item)

    def _turn_events(self, item: _Events) -> Output | None:
        state, rules, n = self.memory.state, self._rules, self.memory.n
        assert state is not None
        tape, origin, line = item.line.tape, item.origin, item.line
        now = self._clock.now()
        steps: list[tuple[int, int, Step]] = []
        wake_at = 0
        for i, event in enumerate(item.events):
            at = origin + event.at
            step = on_event(state, Stamp(n + i, at, tape), event, rules)
            if step.signals or step.commands:
                steps.append((n + i, at, step))
            if isinstance(event, NudgeEvent):
                line.nudge = None
        wake_at = step.wake_at
        count = len(item.events)
        last = item.first + count - 1
        row = Batch(self.session, n, count, tape, item.first, last, now, item.body, origin)
        self.memory.n = n + count
        self.memory.last_at = now
        self._wake(self.key, wake_at)
        if steps:
            return Output([row], steps, [(line, last)])
        self._pending += 1
        self._storage.append(self.workspace, row, lambda error: self._written([(line, last)], error))
        self._maybe_snapshot()
        return None

    def _turn_fact(self, fact: Fact) -> Output | None:
        assert self.memory.state is not None
        n = self.memory.n
        step = on_fact(self.memory.state, n, fact, self._rules)
        self._wake(self.key, step.wake_at)
        told = bool(step.signals or step.commands)
        if isinstance(fact, Tick) and not told and not step.keep:
            return None
        self.memory.n = n + 1
        row = tapes.fact_row(self.session, n, fact)
        if told:
            return Output([row], [(n, fact.at, step)])
        self._pending += 1
        self._storage.append(self.workspace, row, lambda error: self._written([], error))
        return None

    # --- what must be stored before it may leave ---

    async def _drain(self, output: Output | None = None, wake: bool = False) -> None:
        try:
            if wake:
                await self.load_if_asleep()
            while output is not None or self._waiting:
                if output is None:
                    output = self._turn(self._waiting.popleft())
                if output is not None:
                    output = await self._carry_out(output)
        except BeforehandError as error:
            self._poison(error.sentence)
        except Exception as error:
            log.error("session_failed", session=self.session, exc_info=error)
            self._broken(error)
        finally:
            self._task = None

    def _broken(self, error: Exception) -> None:
        """A fault of ours: the state may be half changed, so this copy ends; the host page notices nothing."""
        self._poison(f"The session could not go on ({type(error).__name__}); reconnect.")

    async def load_if_asleep(self) -> None:
        if self.memory.state is None:
            await self.load()

    async def _carry_out(self, output: Output) -> Output | None:
        """Store what the turn brought, then let it leave. Returns the output of a Reserve's answer."""
        commands = output.commands
        for command in commands:
            if isinstance(command, c.FindHelp):
                self.leaving.sought(command.request, self._arrived)
                self._seeker.seek(self, command)
        reserve = next((x for x in commands if isinstance(x, c.Reserve)), None)
        if reserve is not None:
            return await self._reserve(output, reserve)
        async with self._storage.work(self.workspace) as tx:
            record(tx, self.session, output)
        self._done(output)
        return None

    async def _reserve(self, output: Output, reserve: c.Reserve) -> Output | None:
        """Caps, decision and the fact that says so in one transaction; refused, the refusal instead."""
        decision, at = reserve.decision, reserve.decision.at
        n = self.memory.n
        granted: Fact = Reserved(at=at, decision=decision.id)
        try:
            async with self._storage.work(self.workspace) as tx:
                record(tx, self.session, output)
                for cap, window, limit in reserve.caps:
                    tx.decisions.reserve_cap(reserve.unit, cap, window, limit, at)
                tx.decisions.add(decision)
                tx.tapes.append(tapes.fact_row(self.session, n, granted))
        except Refused as refusal:
            granted = CapRefused(at=at, decision=decision.id, reason=refusal.reason)
            async with self._storage.work(self.workspace) as tx:
                record(tx, self.session, output)
                tx.tapes.append(tapes.fact_row(self.session, n, granted))
        self._done(output)
        self.memory.n = n + 1
        assert self.memory.state is not None
        step = on_fact(self.memory.state, n, granted, self._rules)
        self._wake(self.key, step.wake_at)
        self.leaving.leave(step)
        return Output([], [(n, at, step)]) if step.signals or step.commands else None

    def _done(self, output: Output) -> None:
        for line, last in output.marks:
            line.acknowledge(last)
        for _, _, step in output.steps:
            self.leaving.leave(step)
        self._maybe_snapshot()

    # --- answers from outside ---

    def found(self, fact: HelpFound) -> None:
        """The search came back; its times travel with the decision it leads to."""
        self.leaving.found(fact.request)
        self.deliver(fact)

    def _written(self, marks: list[tuple[Line, int]], error: BaseException | None) -> None:
        self._pending -= 1
        if error is not None:
            sentence = (
                error.sentence if isinstance(error, BeforehandError) else "The events could not be stored."
            )
            self._poison(sentence)
            return
        for line, last in marks:
            line.acknowledge(last)

    def _poison(self, sentence: str) -> None:
        """State is ahead of the disk: this copy is given up, documents reconnect and send again from their mark."""
        if self.poisoned:
            return
        self.poisoned = sentence
        log.error("session_given_up", session=self.session, reason=sentence)
        for line in self.lines.values():
            if line.outlet is not None:
                line.outlet.failed(Unavailable(sentence))

    def _maybe_snapshot(self) -> None:
        due = self.memory.snapshot_due()
        if due is None:
            return
        n, state = due
        last_at = self.memory.last_at

        def keep(tx: Work) -> None:
            tx.sessions.snapshot(self.session, n, state)
            tx.sessions.touch(self.session, last_at)

        self._pending += 1
        self._storage.submit(self.workspace, keep, lambda error: self._written([], error))

    async def settle(self) -> None:
        """Until everything taken so far is on disk, or given up. Raises Unavailable."""
        while (self.busy or self._pending or self._waiting) and not self.poisoned:
            if self._task is not None:
                await asyncio.shield(self._task)
            else:
                async with self._storage.work(self.workspace):
                    pass
                await asyncio.sleep(0)
        if self.poisoned:
            raise Unavailable(self.poisoned)


def _check_sequence(first: int, events: list[Event]) -> None:
    for i, event in enumerate(events, first):
        if event.seq != i:
            raise Invalid(
                f"events[{i - first}].seq: expected {i}, since a batch counts up from `first` without a hole."
            )
