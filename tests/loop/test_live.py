"""The live loop on a real SQLite file: acknowledged means stored, and a nudge leaves only after its commit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from beforehand.domain.errors import BadResume, Gap, Invalid, NoConsent
from beforehand.domain.person import AccountClaims, UserClaims
from beforehand.loop.replay import replay
from beforehand.rigs import scenes
from tests.loop.house import START, WORKSPACE, Document, HeldClock, OneAnswer, house, storage_at

pytestmark = pytest.mark.anyio
EXP = START // 1000 + 900


def fail(document: Document, attempt: int) -> None:
    document.events(*scenes.failed_submit(attempt))


async def stuck(document: Document) -> None:
    """Fails the form three times, and waits for the nudge."""
    document.events(*scenes.new_invoice())
    for attempt in (1, 2, 3):
        fail(document, attempt)
    await document.until(lambda: document.nudges)


async def test_an_event_is_stepped_stored_and_then_acknowledged(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        assert document.marks == []
        await document.until(lambda: document.marks)
        assert document.marks[-1] == 1 == connection.mark
        async with live.storage.read(WORKSPACE.id) as tx:
            rows = await tx.tapes.entries(connection.session, 0)
        assert [row.tape for row in rows] == ["", "", document.tape]


async def test_a_third_failure_brings_the_help_to_the_field(tmp_path: Path) -> None:
    search = OneAnswer()
    async with house(tmp_path, search=search) as live:
        document = Document()
        await document.join(live)
        await stuck(document)
        nudge = document.nudges[0]
        assert nudge.tape == document.tape
        assert nudge.anchor is not None and nudge.anchor.label == "VAT number"
        assert nudge.content.source.slug == "vat-numbers"
        assert "Enter a valid VAT number." in search.queries[0].text
        async with live.storage.read(WORKSPACE.id) as tx:
            decisions = await tx.decisions.of(live_session(document))
        assert [d.id for d in decisions if d.action == "show"] == [nudge.decision]


def live_session(document: Document) -> str:
    assert document.connection is not None
    return document.connection.session


async def test_replay_reaches_the_stored_decisions(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        await document.join(live)
        await stuck(document)
        document.events({"t": "nudge", "decision": document.nudges[0].decision, "what": "shown"})
        document.events(*scenes.success(4))
        await document.until(lambda: document.withdrawn)
        assert document.connection is not None
        await document.connection.settle()
        played = await replay(live.storage, WORKSPACE.id, live_session(document))
    assert played.differences == []
    assert [d.action for d in played.decisions].count("show") == 1
    assert [o.kind for o in played.outcomes] == ["succeeded"]


async def test_success_takes_the_nudge_away_and_is_stored(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        await document.join(live)
        await stuck(document)
        document.events(*scenes.success(4))
        await document.until(lambda: document.withdrawn)
        assert document.withdrawn[0][0] == document.nudges[0].decision
        async with live.storage.read(WORKSPACE.id) as tx:
            outcomes = await tx.outcomes.of(live_session(document))
        assert [o.kind for o in outcomes] == ["succeeded"]


async def test_two_tabs_cannot_both_spend_the_cap(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        first, second = Document(), Document()
        await first.join(live)
        assert first.connection is not None
        await second.join(live, visitor_secret=first.connection.visitor_secret)
        assert live_session(first) == live_session(second)
        await stuck(first)
        second.events(*scenes.new_invoice())
        for attempt in (1, 2, 3):
            fail(second, attempt)
        assert second.connection is not None
        await second.connection.settle()
        assert len(first.nudges) + len(second.nudges) == 1


async def test_a_repeat_changes_nothing_and_a_hole_is_named(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        await connection.settle()
        document.seq = 0
        document.events(*scenes.new_invoice(), *scenes.ordinary(1))  # repeats 1, brings 2
        await connection.settle()
        assert connection.mark == 2
        document.seq = 7
        with pytest.raises(Gap) as gap:
            document.events(*scenes.ordinary(2))
        assert gap.value.expected == 3
        async with live.storage.read(WORKSPACE.id) as tx:
            rows = await tx.tapes.entries(connection.session, 0)
        assert [(row.first_seq, row.last_seq) for row in rows if row.tape] == [(1, 1), (2, 2)]


async def test_a_batch_must_count_up(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        await document.join(live)
        assert document.connection is not None
        document.seq = 4
        with pytest.raises(Gap):
            document.events(*scenes.ordinary(1))
        from beforehand.domain.event import Scroll

        with pytest.raises(Invalid, match="seq"):
            document.connection.events(
                1, [Scroll(seq=1, at=1, depth=1), Scroll(seq=3, at=2, depth=2)], b"[]", START
            )


async def test_a_tape_goes_on_after_the_process_ended(tmp_path: Path) -> None:
    document = Document()
    async with house(tmp_path) as live:
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        fail(document, 1)
        fail(document, 2)
        await connection.settle()
        secret, mark = connection.visitor_secret, connection.mark
    async with house(tmp_path) as live:
        connection = await document.join(live, visitor_secret=secret, resumed=True)
        assert connection.mark == mark == document.seq
        fail(document, 3)
        await document.until(lambda: document.nudges)
        await connection.settle()
        played = await replay(live.storage, WORKSPACE.id, connection.session)
    assert played.differences == []


async def test_memory_is_freed_when_idle_and_the_session_goes_on(tmp_path: Path) -> None:
    clock = HeldClock()
    async with house(tmp_path, clock) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        fail(document, 1)
        fail(document, 2)
        await connection.settle()
        clock.at += 61_000
        await live.sweep()
        assert [box.memory.state for box in live._mailboxes.values()] == [None]
        document.events(*scenes.failed_submit(3), origin=clock.at - 1_000)
        await connection.settle()
        played = await replay(live.storage, WORKSPACE.id, connection.session)
    assert played.differences == []
    assert any(line.kind == "signal" and "confirmed" in line.text for line in played.lines)


async def test_after_thirty_idle_minutes_a_new_session_begins_on_the_same_tape(tmp_path: Path) -> None:
    clock = HeldClock()
    async with house(tmp_path, clock) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        await connection.settle()
        before = connection.session
        clock.at += 1_800_001
        document.events(*scenes.ordinary(1))
        await connection.settle()
        assert connection.session != before
        assert connection.mark == 2
        async with live.storage.read(WORKSPACE.id) as tx:
            tape = await tx.tapes.get(document.tape)
        assert tape is not None and (tape.session, tape.mark) == (connection.session, 2)


async def test_a_tape_of_somebody_else_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        await document.join(live)
        thief = Document(document.tape)
        with pytest.raises(BadResume):
            await thief.join(live)
        with pytest.raises(BadResume):
            await thief.join(live, resumed=True)


async def test_without_consent_nothing_is_taken(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        with pytest.raises(NoConsent):
            await Document().join(live, consent="pending")
        document = Document()
        connection = await document.join(live)
        with pytest.raises(NoConsent):
            await connection.consent("denied")


async def test_a_signed_person_keeps_caps_over_devices(tmp_path: Path) -> None:
    claims = UserClaims(sub="u-1", exp=EXP, name="Mara", account=AccountClaims(id="a-1", plan="starter"))
    async with house(tmp_path) as live:
        phone, desk = Document(), Document()
        await phone.join(live, user=claims)
        await stuck(phone)
        await desk.join(live, user=claims)
        assert live_session(phone) != live_session(desk)
        desk.events(*scenes.new_invoice())
        for attempt in (1, 2, 3):
            fail(desk, attempt)
        assert desk.connection is not None
        await desk.connection.settle()
        assert desk.nudges == []
        async with live.storage.read(WORKSPACE.id) as tx:
            withheld = [d for d in await tx.decisions.of(live_session(desk)) if d.action == "withhold"]
        assert withheld and not withheld[-1].gates[-1].open


async def test_a_failing_search_withholds_and_says_why(tmp_path: Path) -> None:
    search = OneAnswer()
    search.error = RuntimeError("broken index")
    async with house(tmp_path, search=search) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        for attempt in (1, 2, 3):
            fail(document, attempt)
        await connection.settle()
        await asyncio.gather(*live._seeking)
        await connection.settle()
        assert document.nudges == []
        played = await replay(live.storage, WORKSPACE.id, connection.session)
    assert played.differences == []
    assert any("RuntimeError" in line.text for line in played.lines if line.kind == "help_found")


async def test_what_the_browser_dropped_is_skipped(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        connection.dropped(2, 40)
        document.seq = 40
        document.events(*scenes.ordinary(1))
        assert await connection.settle() == 41
        with pytest.raises(Gap):
            connection.dropped(50, 60)


async def test_everything_taken_is_on_disk_after_stop(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        connection = await document.join(live)
        for i in range(450):
            document.events(*scenes.ordinary(i))
        session = connection.session
    async with storage_at(tmp_path) as storage:
        async with storage.read(WORKSPACE.id) as tx:
            row = await tx.sessions.get(session)
            tape = await tx.tapes.get(document.tape)
        assert tape is not None and tape.mark == 450
        assert row is not None and row.snapshot_n >= 450
        played = await replay(storage, WORKSPACE.id, session)
    assert played.differences == []


async def test_a_nudge_that_was_missed_is_sent_again_after_the_welcome(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        document = Document()
        connection = await document.join(live)
        await stuck(document)
        connection.leave()
        again = Document(document.tape)
        back = await again.join(live, visitor_secret=connection.visitor_secret, resumed=True)
        assert again.nudges == [], "the welcome comes first"
        back.resume()
        assert [n.decision for n in again.nudges] == [document.nudges[0].decision]
        again.seq = document.seq
        again.events({"t": "nudge", "decision": document.nudges[0].decision, "what": "shown"})
        await back.settle()
        back.resume()
        assert len(again.nudges) == 1, "what was seen is not sent again"
