"""Replay reaches the stored decisions, in any time zone and on any day, and says so when it does not."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import anyio
import msgspec
import pytest

from beforehand.domain.errors import Invalid
from beforehand.loop.replay import differences, play, replay
from beforehand.loop.step import NudgeRules, Rules
from beforehand.rigs import scenes
from tests.loop.house import WORKSPACE, Document, house

pytestmark = pytest.mark.anyio


async def recorded(folder: Path, rules: Rules | None = None) -> str:
    """A session with a nudge that was shown, waved away, and a second struggle that was withheld."""
    async with house(folder, rules=rules) as live:
        document = Document()
        connection = await document.join(live)
        document.events(*scenes.new_invoice())
        for attempt in (1, 2, 3):
            document.events(*scenes.failed_submit(attempt))
        await document.until(lambda: document.nudges)
        decision = document.nudges[0].decision
        document.events({"t": "nudge", "decision": decision, "what": "shown"})
        document.events({"t": "nudge", "decision": decision, "what": "dismissed", "reason": "not_now"})
        document.events(*scenes.failed_submit(4), *scenes.failed_submit(5))
        await connection.settle()
        return connection.session


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/St_Johns"])
async def test_it_is_the_same_in_every_zone(tmp_path: Path, zone: str) -> None:
    session = await recorded(tmp_path)
    program = (
        "import asyncio, sys, json; from pathlib import Path; from tests.loop.house import *; "
        "from tests.loop.house import WORKSPACE; from beforehand.loop.replay import replay; import msgspec\n"
        "async def main():\n"
        "    async with storage_at(Path(sys.argv[1])) as storage:\n"
        "        print(msgspec.json.encode(await replay(storage, WORKSPACE.id, sys.argv[2])).decode())\n"
        "asyncio.run(main())"
    )
    command = [sys.executable, "-c", program, str(tmp_path), session]
    done = await anyio.run_process(command, env={**os.environ, "TZ": zone})
    played = json.loads(done.stdout.splitlines()[-1])
    assert played["differences"] == []
    assert [d["action"] for d in played["decisions"]].count("show") == 1
    assert any(d["action"] == "withhold" for d in played["decisions"])


async def test_rules_travel_with_the_session(tmp_path: Path) -> None:
    session = await recorded(tmp_path, Rules(nudges=NudgeRules(cap_per_day=1, cooldown_ms=0)))
    async with house(tmp_path) as live:  # other rules are in force by now
        played = await replay(live.storage, WORKSPACE.id, session)
    assert played.differences == []


async def test_a_changed_decision_is_found(tmp_path: Path) -> None:
    session = await recorded(tmp_path)
    async with house(tmp_path) as live, live.storage.read(WORKSPACE.id) as tx:
        row = await tx.sessions.get(session)
        batches = await tx.tapes.entries(session, 0)
        stored = await tx.decisions.of(session)
    assert row is not None
    played = play(session, row.started, batches)
    forged = [msgspec.structs.replace(d, risk=d.risk + 0.01) for d in stored]
    assert len(differences(played.decisions, forged)) == len(stored) > 1
    assert differences(played.decisions, stored[1:]) == [
        f"decision {stored[0].id} follows from the tape but is not stored"
    ]
    assert differences(played.decisions[1:], stored)[0].endswith("replay does not reach it")


async def test_a_session_that_is_not_there(tmp_path: Path) -> None:
    async with house(tmp_path) as live:
        with pytest.raises(Invalid, match="SESSION"):
            await replay(live.storage, WORKSPACE.id, "0" * 32)
