"""The live loop: documents join, their events reach the session's mailbox, answers go back to the document."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog

from beforehand.domain import command as c
from beforehand.domain.article import Hit
from beforehand.domain.errors import BadResume, NoConsent, Unavailable
from beforehand.domain.fact import HelpFound, Opened, PersonChanged, TapeOpened, Tick
from beforehand.domain.source import Source, Workspace
from beforehand.loop.alarm import Alarm
from beforehand.loop.connection import Connection
from beforehand.loop.identity import Identity, Who
from beforehand.loop.leaving import Line
from beforehand.loop.mailbox import Mailbox
from beforehand.loop.rules import rules_text
from beforehand.loop.step import Rules
from beforehand.loop.timing import Timing
from beforehand.ports.clock import Clock, Ids
from beforehand.ports.outlet import Arrival, Outlet
from beforehand.ports.search import Search
from beforehand.ports.stores import SessionRow, Storage, TapeRow

SESSION_IDLE_MS = 1_800_000
"""30 minutes without an event end a session: the common convention of web analytics."""
FREE_AFTER_MS = 60_000
"""A session idle this long leaves memory for its snapshot."""
SWEEP_S = 5.0
"""Seconds between looks for idle sessions."""
HITS = 5
"""Passages asked for per nudge: the best is shown, the others are stored as candidates."""

log = structlog.get_logger()


class Live:
    """One per process. join() is the only way in."""

    def __init__(
        self, storage: Storage, search: Search, clock: Clock, ids: Ids, rules: Rules, search_threads: int = 2
    ) -> None:
        self.timing = Timing()
        self.identity = Identity(storage, clock, ids)
        self.clock = clock
        self.ids = ids
        self.storage = storage
        self._search = search
        self._rules = rules
        self._rules_text = rules_text(rules)
        self._mailboxes: dict[str, Mailbox] = {}
        self._current: dict[tuple[str, str], str] = {}
        self._doors: dict[tuple[str, str], asyncio.Lock] = {}
        self._alarm = Alarm(clock, self._ring)
        self._pool = ThreadPoolExecutor(search_threads, thread_name_prefix="search")
        self._seeking: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def stop(self) -> None:
        """Everything taken is on disk afterwards."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        self._alarm.stop()
        for task in list(self._seeking):
            task.cancel()
        await asyncio.gather(*self._seeking, return_exceptions=True)
        await asyncio.gather(*(box.settle() for box in self._mailboxes.values()), return_exceptions=True)
        await asyncio.gather(*(box.free() for box in self._mailboxes.values()), return_exceptions=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def sessions(self) -> int:
        """Sessions in memory."""
        return len(self._mailboxes)

    # --- joining ---

    async def join(
        self, workspace: Workspace, source: Source, arrival: Arrival, outlet: Outlet
    ) -> Connection:
        """Raises NoConsent, BadResume, Unavailable."""
        if arrival.consent != "granted":
            raise NoConsent("consent: expected 'granted' before anything is sent.")
        who = await self.identity.who(workspace, arrival)
        async with self.door(workspace, who):
            mailbox, line = await self._admit(workspace, source, arrival, who, outlet)
        return Connection(self, workspace, source, mailbox, line, who)

    def door(self, workspace: Workspace, who: Who) -> asyncio.Lock:
        """One document of a visitor at a time finds or makes the session."""
        return self._doors.setdefault((workspace.id, who.visitor.id), asyncio.Lock())

    async def _admit(
        self, workspace: Workspace, source: Source, arrival: Arrival, who: Who, outlet: Outlet
    ) -> tuple[Mailbox, Line]:
        known = await self._tape(workspace, arrival, who)
        mailbox = await self.mailbox(workspace, source, who)
        await self.know(workspace, mailbox, who)
        line = mailbox.lines.get(arrival.tape)
        if line is None or known is None:
            line = Line(arrival.tape, known.mark if known else 0, arrival.origin, outlet)
            mailbox.lines[arrival.tape] = line
            await self._open_tape(workspace, mailbox, line, arrival, who, known)
        else:
            line.outlet = outlet
            await mailbox.settle()
        return mailbox, line

    async def _tape(self, workspace: Workspace, arrival: Arrival, who: Who) -> TapeRow | None:
        async with self.storage.read(workspace.id) as tx:
            known = await tx.tapes.get(arrival.tape)
        if known is not None and not (arrival.resumed and known.visitor == who.visitor.id):
            raise BadResume("resume: expected the token that was given out for this tape; begin a new tape.")
        return known

    async def mailbox(self, workspace: Workspace, source: Source, who: Who) -> Mailbox:
        """The visitor's present session, in memory; woken or begun where needed."""
        now = self.clock.now()
        mailbox = self._mailboxes.get(self._current.get((workspace.id, who.visitor.id), ""))
        if mailbox is not None and not mailbox.poisoned and now - mailbox.last_at <= SESSION_IDLE_MS:
            return mailbox
        async with self.storage.read(workspace.id) as tx:
            row = await tx.sessions.latest(who.visitor.id)
        if row is not None and now - row.last_at <= SESSION_IDLE_MS:
            mailbox = self._place(workspace, row.id, who)
            await mailbox.load()
            mailbox.last_at = now
            mailbox.deliver(self._opened(workspace, who, now, resumed=True))
            return mailbox
        return await self._begin(workspace, source, who, now)

    async def _begin(self, workspace: Workspace, source: Source, who: Who, now: int) -> Mailbox:
        row = SessionRow(
            id=self.ids.new(),
            visitor=who.visitor.id,
            person=who.facts.person,
            source=source.id,
            started=now,
            last_at=now,
        )
        async with self.storage.work(workspace.id) as tx:
            tx.sessions.create(row)
        mailbox = self._place(workspace, row.id, who)
        mailbox.start(now)
        mailbox.last_at = now
        mailbox.deliver(self._opened(workspace, who, now, resumed=False))
        return mailbox

    def _opened(self, workspace: Workspace, who: Who, now: int, resumed: bool) -> Opened:
        models = self._models(workspace)
        return Opened(at=now, person=who.facts, models=models, rules=self._rules_text, resumed=resumed)

    async def know(self, workspace: Workspace, mailbox: Mailbox, who: Who) -> None:
        """A signed token came: the session is that person's. A tab without one leaves it as it is."""
        person = who.facts.person
        if not person or person == mailbox.person:
            return
        async with self.storage.work(workspace.id) as tx:
            tx.sessions.link(mailbox.session, person)
        mailbox.deliver(PersonChanged(at=self.clock.now(), person=who.facts, why="identified"))

    def _place(self, workspace: Workspace, session: str, who: Who) -> Mailbox:
        mailbox = Mailbox(
            workspace.id,
            session,
            who.visitor.id,
            self.storage,
            self.clock,
            self._rules,
            self,
            self.timing,
            self._alarm.set,
        )
        self._mailboxes[mailbox.key] = mailbox
        self._current[workspace.id, who.visitor.id] = mailbox.key
        return mailbox

    async def _open_tape(
        self,
        workspace: Workspace,
        mailbox: Mailbox,
        line: Line,
        arrival: Arrival,
        who: Who,
        known: TapeRow | None,
    ) -> None:
        async with self.storage.work(workspace.id) as tx:
            if known is None:
                tx.tapes.open(TapeRow(line.tape, who.visitor.id, mailbox.session, 0, arrival.origin))
            elif known.session != mailbox.session:
                tx.tapes.assign(line.tape, mailbox.session)
        if known is None or known.session != mailbox.session:
            mailbox.deliver(
                TapeOpened(
                    at=self.clock.now(), tape=line.tape, origin=arrival.origin, locale=arrival.locale,
                    zone=arrival.zone, touch=arrival.touch, skewed=arrival.skewed,
                )
            )  # fmt: skip
        await mailbox.settle()

    def _models(self, workspace: Workspace) -> dict[str, str]:
        embedder = self._search.status(workspace.id).embedder
        return {"embedder": embedder or "none"}

    # --- what the mailboxes ask for ---

    def seek(self, mailbox: Mailbox, command: c.FindHelp) -> None:
        task = asyncio.get_running_loop().create_task(self._find(mailbox, command))
        self._seeking.add(task)
        task.add_done_callback(self._seeking.discard)

    async def _find(self, mailbox: Mailbox, command: c.FindHelp) -> None:
        """A late or failed search is an answer, too: without hits, and it says why."""
        hits: list[Hit] = []
        left = (command.deadline - self.clock.now()) / 1000
        try:
            async with asyncio.timeout(left):
                hits = await asyncio.get_running_loop().run_in_executor(
                    self._pool, self._search.find, mailbox.workspace, command.query, HITS
                )
            degraded = self._search.status(mailbox.workspace).degraded
        except TimeoutError:
            degraded = "The search did not answer in time."
        except Exception as error:
            log.error("search_failed", workspace=mailbox.workspace, exc_info=error)
            degraded = f"The search failed ({type(error).__name__})."
        mailbox.found(
            HelpFound(at=self.clock.now(), request=command.request, hits=tuple(hits), degraded=degraded)
        )

    def _ring(self, key: str, now: int) -> None:
        mailbox = self._mailboxes.get(key)
        if mailbox is not None and not mailbox.poisoned:
            mailbox.deliver(Tick(at=now))

    # --- memory ---

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self.sweep()
            except Unavailable as error:
                log.warning("sweep_failed", reason=error.sentence)

    async def sweep(self) -> None:
        """Free the memory of idle sessions; forget those that ended."""
        now = self.clock.now()
        for key, mailbox in list(self._mailboxes.items()):
            idle = now - mailbox.last_at
            if mailbox.poisoned or (idle > SESSION_IDLE_MS and not self._alarm.due(key)):
                self._forget(key, mailbox)
            elif idle > FREE_AFTER_MS:
                await mailbox.free()

    def _forget(self, key: str, mailbox: Mailbox) -> None:
        del self._mailboxes[key]
        self._alarm.set(key, 0)
        at = (mailbox.workspace, mailbox.visitor)
        if self._current.get(at) == key:
            del self._current[at]
            door = self._doors.get(at)
            if door is not None and not door.locked():
                del self._doors[at]
