"""What leaves for a browser after its commit: nudges, their withdrawal, the word that a struggle is over."""

from __future__ import annotations

from time import perf_counter

from beforehand.domain import command as c
from beforehand.domain.nudge import Nudge
from beforehand.loop.step import Step
from beforehand.loop.timing import Timing
from beforehand.ports.clock import Clock
from beforehand.ports.outlet import Outlet


class Line:
    """One document of the session. accepted: highest number stepped; durable: highest on disk. nudge: the last one
    sent and when, until the document says that it has it."""

    def __init__(self, tape: str, mark: int, origin: int, outlet: Outlet | None) -> None:
        self.tape = tape
        self.accepted = mark
        self.durable = mark
        self.origin = origin
        self.outlet = outlet
        self.nudge: tuple[Nudge, int] | None = None

    def acknowledge(self, mark: int) -> None:
        """Everything up to `mark` is on disk."""
        if mark > self.durable:
            self.durable = mark
            if self.outlet is not None:
                self.outlet.acked(mark)


class Leaving:
    """The documents of one session, and what is sent to them. Frames are ephemeral: one that finds no document is
    sent again when it resumes, while it is fresh."""

    def __init__(self, clock: Clock, timing: Timing) -> None:
        self.lines: dict[str, Line] = {}
        self._clock = clock
        self._timing = timing
        self._sought: dict[str, tuple[float, float]] = {}
        self._times: tuple[float, float, float] | None = None

    @property
    def seeking(self) -> bool:
        """Is a search under way?"""
        return bool(self._sought)

    def sought(self, request: str, arrived: float) -> None:
        """A search begins. arrived: perf_counter when the event that led to it came in."""
        self._sought[request] = (arrived, perf_counter())

    def found(self, request: str) -> None:
        """The search is back; its times belong to the nudge it leads to."""
        times = self._sought.pop(request, None)
        if times is not None:
            self._times = (*times, perf_counter())

    def leave(self, step: Step) -> None:
        """Called after the commit; calling it again for the same step sends nothing twice."""
        for command in step.commands:
            if isinstance(command, c.Show):
                self._show(command.nudge)
            elif isinstance(command, c.Withdraw):
                self._withdraw(command)
            elif isinstance(command, c.Tell) and (line := self.lines.get(command.tape)) and line.outlet:
                line.outlet.resolved(command.decision)

    def _show(self, nudge: Nudge) -> None:
        line = self.lines.get(nudge.tape)
        if line is None or (line.nudge and line.nudge[0].decision == nudge.decision):
            return
        line.nudge = (nudge, self._clock.now())
        if line.outlet is not None:
            line.outlet.nudge(nudge)
        if self._times is not None:
            arrived, stepped, found = self._times
            self._times = None
            end = perf_counter()
            stages = (stepped - arrived, found - stepped, end - found, end - arrived)
            self._timing.add(*(1000 * stage for stage in stages))

    def _withdraw(self, command: c.Withdraw) -> None:
        line = self.lines.get(command.tape)
        if line is None:
            return
        line.nudge = None
        if line.outlet is not None:
            line.outlet.withdraw(command.decision, command.reason)

    def resume(self, line: Line) -> None:
        """A document is back: a nudge it may have missed is sent again while it is fresh."""
        if line.nudge is not None and line.outlet is not None:
            nudge, at = line.nudge
            if self._clock.now() - at < nudge.ttl_ms:
                line.outlet.nudge(nudge)
