"""One document's connection, as the web floor holds it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from beforehand.domain.errors import NoConsent
from beforehand.domain.event import Event
from beforehand.domain.fact import PersonChanged, Suppressed, TapeOpened
from beforehand.domain.person import Consent, UserClaims
from beforehand.domain.source import Source, Workspace
from beforehand.loop.identity import Who
from beforehand.loop.leaving import Line
from beforehand.loop.mailbox import Mailbox

if TYPE_CHECKING:
    from beforehand.loop.live import Live

SESSION_IDLE_MS = 1_800_000
"""As in live: after this long a new event begins a new session."""


class Connection:
    """Made by Live.join. All methods belong to the event loop."""

    def __init__(
        self, live: Live, workspace: Workspace, source: Source, mailbox: Mailbox, line: Line, who: Who
    ) -> None:
        self._live = live
        self._workspace = workspace
        self._source = source
        self._mailbox = mailbox
        self._line = line
        self._outlet = line.outlet
        self._who = who
        self._moving: asyncio.Task[None] | None = None
        self._held: list[tuple[int, list[Event], bytes, int]] = []

    @property
    def session(self) -> str:
        return self._mailbox.session

    @property
    def visitor(self) -> str:
        return self._who.visitor.id

    @property
    def visitor_secret(self) -> str:
        """What the browser keeps to be known again."""
        return self._who.secret

    @property
    def mark(self) -> int:
        """Highest number that is on disk."""
        return self._line.durable

    @property
    def user_state(self) -> str:
        return "verified" if self._who.facts.verified else "anonymous"

    def events(self, first: int, events: list[Event], body: bytes, origin: int, skewed: bool = False) -> None:
        """Step a batch; the acknowledgement comes through the outlet. body: JSON of the list. Raises Gap,
        Invalid, Unavailable."""
        mailbox = self._mailbox
        if self._moving is None and self._live.clock.now() - mailbox.last_at <= SESSION_IDLE_MS:
            mailbox.events(self._line, first, events, body, origin)
            return
        self._held.append((first, events, body, origin))
        if self._moving is None:
            self._moving = asyncio.get_running_loop().create_task(self._move())

    async def _move(self) -> None:
        """The session ended while the tab slept: the tape goes on in a new one."""
        old = self._line
        try:
            async with self._live.door(self._workspace, self._who):
                self._mailbox = await self._live.mailbox(self._workspace, self._source, self._who)
            self._line = Line(old.tape, old.durable, old.origin, self._outlet)
            self._mailbox.lines[old.tape] = self._line
            async with self._live.storage.work(self._workspace.id) as tx:
                tx.tapes.assign(old.tape, self._mailbox.session)
            self._mailbox.deliver(TapeOpened(at=self._live.clock.now(), tape=old.tape, origin=old.origin))
        finally:
            self._moving = None
        held, self._held = self._held, []
        for first, events, body, origin in held:
            self._mailbox.events(self._line, first, events, body, origin)

    def dropped(self, first: int, last: int) -> None:
        """The browser no longer holds these numbers. Raises Gap."""
        self._mailbox.skip(self._line, first, last)

    async def identify(self, claims: UserClaims | None) -> str:
        """Verified claims, or None for anonymous again. Returns the new user state."""
        who, live = self._who, self._live
        person = await live.identity.person(self._workspace, who.visitor, claims) if claims else ""
        facts = await live.identity.facts(
            self._workspace, who.visitor.id, person, "granted", who.facts.zone, who.facts.locale
        )
        self._who = Who(who.visitor, who.secret, facts)
        if person:
            await live.know(self._workspace, self._mailbox, self._who)
        else:
            self._mailbox.deliver(PersonChanged(at=live.clock.now(), person=facts, why="identified"))
        return self.user_state

    async def consent(self, value: Consent) -> None:
        """Anything but 'granted' ends the connection. Raises NoConsent then."""
        who = self._who
        facts = await self._live.identity.facts(
            self._workspace, who.visitor.id, who.facts.person, value, who.facts.zone, who.facts.locale
        )
        self._who = Who(who.visitor, who.secret, facts)
        self._mailbox.deliver(PersonChanged(at=self._live.clock.now(), person=facts, why="consent"))
        if value != "granted":
            raise NoConsent("Consent was withdrawn; nothing more is taken from this page.")

    async def suppress(self, on: bool) -> None:
        self._mailbox.deliver(Suppressed(at=self._live.clock.now(), tape=self._line.tape, on=on))

    async def reset(self) -> None:
        """Log-out: what comes next belongs to a new visitor, who says hello anew."""
        self._mailbox.deliver(PersonChanged(at=self._live.clock.now(), person=self._who.facts, why="reset"))
        self.leave()

    def leave(self) -> None:
        """The path is gone; the session waits for its next document."""
        if self._line.outlet is self._outlet:
            self._line.outlet = None

    def resume(self) -> None:
        """To be called once the document was welcomed: a nudge it may have missed is sent again while it is fresh."""
        self._mailbox.leaving.resume(self._line)

    async def settle(self) -> int:
        """Wait until everything given so far is on disk; returns the mark. Raises Unavailable."""
        if self._moving is not None:
            await self._moving
        await self._mailbox.settle()
        return self._line.durable
