"""A mailbox in miniature for tests of the step: delivers ticks, answers commands, keeps what is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from beforehand.domain.article import Hit, Passage
from beforehand.domain.command import Command, FindHelp, Record, Reserve
from beforehand.domain.decision import Decision
from beforehand.domain.event import Event
from beforehand.domain.fact import CapRefused, Fact, HelpFound, Opened, Reserved, Stamp, TapeOpened, Tick
from beforehand.domain.person import PersonFacts
from beforehand.domain.signal import Signal
from beforehand.loop.step import Rules, State, Step, begin, dumps, loads, on_event, on_fact
from beforehand.loop.step_example import ORIGIN

Entry = tuple[Stamp, Event] | tuple[int, Fact]
HIT = Hit(Passage("p1", "vat-number", "en", "VAT numbers", (), "Start with the country code."), 0.9)
PERSON = PersonFacts(unit="v:1", visitor="1")


@dataclass
class World:
    """find_ms: how long the search takes; hits: what it finds; cap: whether reservations are granted.
    snapshots: take the state through bytes before each entry."""

    rules: Rules = field(default_factory=Rules)
    person: PersonFacts = PERSON
    find_ms: int = 5
    hits: tuple[Hit, ...] = (HIT,)
    cap: bool = True
    snapshots: bool = False
    stored: list[Entry] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    due: list[Fact] = field(default_factory=list)
    n: int = 0
    wake: int = 0
    seqs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state: State = begin("s1", ORIGIN)
        self.fact(Opened(at=ORIGIN, person=self.person, models={"embedder": "e1"}))
        self.open("t")

    def open(self, tape: str, at: int = 0) -> None:
        self.fact(TapeOpened(at=ORIGIN + at, tape=tape, origin=ORIGIN))

    def fact(self, fact: Fact) -> Step:
        return self._take((self.n, fact))

    def event(self, make: type[Any], at: int, tape: str = "t", **given: Any) -> int:
        """An event at page time `at`; ticks and answers due before it come first. Returns its seq."""
        self.pass_to(at)
        seq = self.seqs[tape] = self.seqs.get(tape, 0) + 1
        self._take((Stamp(n=self.n, at=ORIGIN + at, tape=tape), make(seq=seq, at=at, **given)))
        return seq

    def pass_to(self, at: int) -> None:
        """Let time go on to page time `at`."""
        until = ORIGIN + at
        while True:
            fact = min(self.due, key=lambda f: f.at, default=None)
            if self.wake and self.wake <= until and (fact is None or self.wake < fact.at):
                self.fact(Tick(at=self.wake))
            elif fact is not None and fact.at <= until:
                self.due.remove(fact)
                self.fact(fact)
            else:
                return

    def _take(self, entry: Entry) -> Step:
        if self.snapshots:
            self.state = loads(dumps(self.state))
        step = take(self.state, entry, self.rules)
        self.wake = step.wake_at
        silent = isinstance(entry[1], Tick) and not (step.signals or step.commands or step.keep)
        if not silent:
            self.stored.append(entry)
            self.steps.append(step)
            self.n += 1
        self.signals += step.signals
        self.commands += step.commands
        for command in step.commands:
            self._answer(command, entry)
        return step

    def _answer(self, command: Command, entry: Entry) -> None:
        at = entry[0].at if isinstance(entry[0], Stamp) else entry[1].at
        if isinstance(command, FindHelp):
            self.due.append(HelpFound(at=at + self.find_ms, request=command.request, hits=self.hits))
        elif isinstance(command, Reserve):
            name = command.decision.id
            refused = CapRefused(at=at, decision=name, reason="cap day")
            self.due.append(Reserved(at=at, decision=name) if self.cap else refused)

    def of(self, kind: type[Any]) -> list[Any]:
        return [command for command in self.commands if isinstance(command, kind)]

    def decisions(self) -> list[Decision]:
        return [c.decision for c in self.commands if isinstance(c, Record | Reserve)]

    def closed(self) -> list[str]:
        """The gate that closed, of each decision that withheld."""
        return [d.gates[-1].name for d in self.decisions() if d.action == "withhold"]


def take(state: State, entry: Entry, rules: Rules) -> Step:
    first, second = entry
    if isinstance(first, Stamp):
        return on_event(state, first, second, rules)  # type: ignore[arg-type]
    return on_fact(state, first, second, rules)  # type: ignore[arg-type]


def replay(stored: list[Entry], rules: Rules) -> list[Step]:
    state = begin("s1", ORIGIN)
    return [take(state, entry, rules) for entry in stored]


def written(steps: list[Step]) -> bytes:
    """All that a session leaves behind, byte by byte."""
    return msgspec.json.encode([(s.signals, s.assessment, s.commands) for s in steps])
