"""Published hostile inputs through the served wire: named refusals, no fault in the log, healthy others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from beforehand.protocol.redaction import redact
from beforehand.rigs import scenes
from beforehand.rigs.browser import Tab
from beforehand.rigs.wire import frame
from tests.adapters.web.served import Served, served
from tests.loop.house import WORKSPACE

pytestmark = pytest.mark.anyio
PER_CONNECTION = 40
"""Bad frames on one connection; at 50 it is closed."""


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Served]:
    """A server whose log, at the end, holds no fault of ours and which still serves a healthy tab."""
    with structlog.testing.capture_logs() as log:
        async with served(tmp_path) as running:
            healthy = await running.connected()
            yield running
            healthy.events(*scenes.ordinary(0))
            await healthy.acked(1)
            await running.live.sweep()
    faults = [entry for entry in log if entry["log_level"] in ("error", "critical")]
    assert not faults, faults[:3]


async def said(tab: Tab, data: bytes) -> list[dict[str, Any]]:
    """What the server says to one frame, told by a ping after it."""
    before = len(tab.frames)
    pong = tab.next("pong")
    tab.raw(frame(data) + frame(b'{"type":"ping"}'))
    await pong
    return [answer for answer in tab.frames[before:] if answer["type"] != "pong"]


async def all_refused(running: Served, frames: list[bytes]) -> None:
    for start in range(0, len(frames), PER_CONNECTION):
        tab = await running.connected()
        for data in frames[start : start + PER_CONNECTION]:
            answers = await said(tab, data)
            assert [answer["type"] for answer in answers] == ["error"], (data[:80], answers)
            assert answers[0]["sentence"].endswith(".") and not answers[0].get("fatal")
        await tab.close()


async def test_json_test_suite(running: Served, shared_dir: Path) -> None:
    folder = shared_dir / "corpora" / "JSONTestSuite" / "test_parsing"
    if not folder.is_dir():
        pytest.skip("JSONTestSuite among the shared data sets")
    files = [path.read_bytes() for path in sorted(folder.glob("[ni]_*.json"))]
    texts = [data for data in files if len(data) < 60_000 and _utf8(data)]
    assert len(texts) > 180
    await all_refused(running, texts)
    await all_refused(running, [b'{"type":"events","first":1,"events":' + data + b"}" for data in texts])
    await all_refused(
        running, [b'{"type":"identify","user":' + data + b"}" for data in texts if data != b'""']
    )


def _utf8(data: bytes) -> bool:
    """Others end the connection with 1007, in the WebSocket library."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


async def test_naughty_strings_are_stored_as_they_came_or_refused(running: Served, shared_dir: Path) -> None:
    path = shared_dir / "corpora" / "blns" / "blns.json"
    if not path.is_file():
        pytest.skip("the naughty strings among the shared data sets")
    strings: list[str] = json.loads(path.read_text())
    refused = 0
    for start in range(0, len(strings), PER_CONNECTION):
        refused += await some_naughty(running, strings[start : start + PER_CONNECTION])
    assert refused <= 5


async def some_naughty(running: Served, strings: list[str]) -> int:
    """How many were refused; the others are stored as they came, but for what must not travel."""
    tab = await running.connected()
    kept = []
    for text in strings:
        before = tab.seq
        answers = await said(tab, json.dumps(tab.batch(*naughty(text))).encode())
        if any(answer["type"] == "error" for answer in answers):
            tab.seq = before
        else:
            kept.append(redact(text))
    await tab.acked(tab.seq)
    stored = await stored_events(running, tab)
    assert [event.get("message", "") for event in stored if event["t"] == "validation"] == kept
    assert [event.get("title", "") for event in stored if event["t"] == "page"] == kept
    await tab.close()
    return len(strings) - len(kept)


def naughty(text: str) -> list[dict[str, Any]]:
    """One string through each kind of field."""
    element = {"fp": "f1", "label": text[:160]}
    return [
        {"t": "page", "route": "/", "title": text, "headings": [text], "dialog": text},
        {"t": "validation", "el": element, "message": text},
        {"t": "context", "entries": {text[:64]: text}},
        {"t": "error", "message": text},
    ]


async def stored_events(running: Served, tab: Tab) -> list[dict[str, Any]]:
    session = tab.frames[0]["session"]
    async with running.live.storage.read(WORKSPACE.id) as tx:
        rows = await tx.tapes.entries(session, 0)
    return [event for row in rows if row.tape == tab.tape for event in json.loads(row.body)]


BOMBS = {
    "deep arrays": b'{"type":"ping","x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "open brackets": b"[" * 65_000,
    "brackets after an open string": b'{"type":"ping","x":"' + b"[" * 65_000,
    "quotes and brackets": b'"[' * 32_000,
    "digits": b'{"type":"dropped","first":' + b"9" * 60_000 + b"}",
    "exponent": b'{"type":"dropped","first":1e999999,"last":1,"count":1}',
    "a long key": b'{"' + b"k" * 65_000 + b'":1}',
    "many keys": b'{"type":"dropped",' + b",".join(b'"k%d":1' % i for i in range(5_000)) + b"}",
    "many events": b'{"type":"events","first":1,"events":[' + b",".join([b"{}"] * 20_000) + b"]}",
}


async def test_bombs_are_refused_and_cost_little(running: Served) -> None:
    loop = asyncio.get_running_loop()
    for name, data in BOMBS.items():
        tab = await running.connected()
        began = loop.time()
        answers = await said(tab, data)
        assert answers and answers[0]["type"] == "error", name
        assert loop.time() - began < 1, name


async def test_text_made_to_be_slow_to_redact_does_not_hold_up_others(running: Served) -> None:
    """A full frame of the worst text keeps the loop for less than a second; a flood of them is too fast."""
    tab, other = await running.connected(), await running.connected()
    worst = ("aB-" * 200)[:512]
    batch = tab.batch(*({"t": "error", "message": worst} for _ in range(110)))
    loop = asyncio.get_running_loop()
    began = loop.time()
    tab.send(batch)
    assert not await said(other, b'{"type":"suppress","on":false}')
    assert loop.time() - began < 1
    flood = asyncio.ensure_future(tab.next("error"))
    for _ in range(40):
        tab.send(tab.batch(*({"t": "error", "message": "x" * 500} for _ in range(110))))
    assert (await flood)["code"] == "too_fast"


async def test_numbers_too_large_to_keep_are_refused_one_by_one(running: Served) -> None:
    huge = b"9" * 30
    await all_refused(
        running,
        [
            b'{"type":"events","first":1,"events":[{"t":"context","seq":1,"at":1,"entries":{"n":'
            + huge
            + b"}}]}",
            b'{"type":"events","first":1,"events":[{"t":"click","seq":1,"at":1,"el":{"fp":"a"},"x":'
            + huge
            + b"}]}",
            b'{"type":"events","first":1,"events":[{"t":"closing","seq":' + huge + b',"at":1}]}',
            b'{"type":"events","first":' + huge + b',"events":[{"t":"closing","seq":1,"at":1}]}',
            b'{"type":"events","first":1,"events":[{"t":"later","seq":1,"at":1},{"t":{},"seq":2,"at":2}]}',
            b'{"type":"dropped","first":1,"last":' + huge + b',"count":1}',
        ],
    )
    tab = running.tab()
    assert (await tab.connect(page=10**30))["code"] == "invalid"


async def test_too_many_bad_frames_end_the_connection(running: Served) -> None:
    tab = await running.connected()
    tab.raw(frame(b"{") * 60)
    assert await tab.closed == 4400
    assert tab.frames[-1]["fatal"]


async def test_unknown_frame_types_never_end_it(running: Served) -> None:
    tab = await running.connected()
    for _ in range(4):
        answers = await said(tab, b'{"type":"hologram"}' * 1)
        assert answers[0]["code"] == "unknown_type"
    tab.raw(frame(b'{"type":"hologram"}') * 60)
    tab.events(*scenes.ordinary(0))
    await tab.acked(1)


async def test_who_never_says_hello_is_closed(running: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beforehand.adapters.web.socket.HELLO_WITHIN_S", 0.3)
    tab = running.tab()
    first = await tab.connect(tape="short")
    assert first["code"] == "invalid"
    assert await tab.closed == 4400
    assert "hello" in tab.frames[-1]["sentence"]
