"""`live`: how fast a nudge leaves, and what an event costs, with durable commits.

Part 1: 1, 100 and 1,000 connected sessions send 2 events/s each; now and then one of them fails a form for the third
time. Stage times come from the server (/healthz), the round trip from this client.
Part 2: CPU of the server process per event for frames of 1, 3 and 20 events, beside a bare Starlette echo of the same
frames on the same uvicorn settings, and beside the skeleton (decode, append, commit, ack; no detectors).
The rate is frames per CPU-second of the server process: the machine has two cores and the client needs one.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from beforehand.rigs import scenes
from beforehand.rigs.browser import Tab
from beforehand.rigs.wire import WireClient, frame
from bench import _result
from bench._result import ROOT
from bench._server import ORIGIN, Server, serving

EVENTS_PER_S = 2.0
SECONDS = {1: 20.0, 100: 30.0, 1_000: 40.0}
NUDGES = {1: 1, 100: 100, 1_000: 400}
"""Sessions that get stuck during a run; each may be nudged once (cool-down and cap are per person)."""
FLOOD = {1: (150, 120), 3: (100, 90), 20: (60, 90)}
"""frame size -> (connections, frames each): inside the burst a connection is allowed (200 frames, 2,000 events)."""
FLOOD_RUNS = 3
JOIN_AT_ONCE = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run of each part")
    quick = parser.parse_args().quick
    figures, rows = nudge_part(quick)
    more, flood_rows = flood_part(quick)
    notes = [
        "Rates are frames per CPU-second of the server process (all threads), medians of alternating runs."
    ]
    _result.write("live", {**figures, **more}, rows + flood_rows, notes)


# --- part 1 ---


def nudge_part(quick: bool) -> tuple[dict[str, float | None], list[dict[str, Any]]]:
    rows = []
    for sessions in (1, 100, 1_000):
        with serving() as server:
            rows.append(asyncio.run(nudges(server, sessions, SECONDS[sessions] / (4 if quick else 1))))
        print(json.dumps(rows[-1]), file=sys.stderr)
    figures: dict[str, float | None] = {}
    for row in rows:
        figures[f"nudge_p50_ms_{row['sessions']}"] = row["total_p50_ms"]
        figures[f"nudge_p99_ms_{row['sessions']}"] = row["total_p99_ms"]
    return figures, rows


async def nudges(server: Server, sessions: int, seconds: float) -> dict[str, Any]:
    tabs = [Tab(server.base, server.key, ORIGIN) for _ in range(sessions)]
    await in_turns(tabs, lambda tab: tab.connect())
    chance = random.Random(7)
    stuck = set(chance.sample(range(sessions), min(NUDGES[sessions], sessions)))
    trips: list[float] = []
    cpu = server.cpu_s()
    began = time.perf_counter()
    await asyncio.gather(
        *(use(tab, seconds, i in stuck, chance.random(), trips) for i, tab in enumerate(tabs))
    )
    spent = time.perf_counter() - began
    summary = server.health()["live"]["nudges"]
    row = {
        "part": "nudge", "sessions": sessions, "seconds": round(spent, 1), "stuck": len(stuck), **summary,
        "trip_p50_ms": round(statistics.median(trips), 2) if trips else None,
        "server_cpu_share": round((server.cpu_s() - cpu) / spent, 3), "rss_mb": round(server.rss_mb(), 1),
        "lost_acks": sum(tab.seq - tab.mark for tab in tabs),
    }  # fmt: skip
    for tab in tabs:
        await tab.close()
    return row


async def use(tab: Tab, seconds: float, stuck: bool, phase: float, trips: list[float]) -> None:
    """2 events/s for `seconds`; the stuck ones fail a form three times in the middle."""
    await asyncio.sleep(phase / EVENTS_PER_S)
    tab.events(*scenes.new_invoice())
    began, sent, fails = time.perf_counter(), 0, 0
    fail_at = seconds * (0.3 + 0.5 * phase)
    while (elapsed := time.perf_counter() - began) < seconds:
        if stuck and fails < 3 and elapsed > fail_at + fails:
            fails += 1
            nudge = tab.next("nudge")
            at = time.perf_counter()
            tab.events(*scenes.failed_submit(fails))
            if fails == 3:
                nudge.add_done_callback(functools.partial(arrived, trips, at))
        else:
            tab.events(*scenes.ordinary(sent))
        sent += 1
        await asyncio.sleep(1 / EVENTS_PER_S)
    await asyncio.wait_for(tab.acked(tab.seq), 20)


def arrived(trips: list[float], sent: float, nudge: asyncio.Future[Any]) -> None:
    """Milliseconds from the third failure to its tooltip, as the browser sees it."""
    if not nudge.cancelled():
        trips.append((time.perf_counter() - sent) * 1000)


async def in_turns(tabs: list[Tab], do: Callable[[Tab], Awaitable[Any]]) -> None:
    gate = asyncio.Semaphore(JOIN_AT_ONCE)

    async def one(tab: Tab) -> None:
        async with gate:
            await do(tab)

    await asyncio.gather(*(one(tab) for tab in tabs))


# --- part 2 ---


def flood_part(quick: bool) -> tuple[dict[str, float | None], list[dict[str, Any]]]:
    runs: dict[tuple[str, int], list[float]] = {}
    for _ in range(1 if quick else FLOOD_RUNS):
        for size in FLOOD:
            for kind in ("echo", "skeleton", "live"):
                runs.setdefault((kind, size), []).append(flood_once(kind, size))
                print(kind, size, round(runs[kind, size][-1], 2), "us/frame", file=sys.stderr)
    us = {key: statistics.median(values) for key, values in runs.items()}
    rows = [
        {"part": "flood", "kind": kind, "events_per_frame": size, "us_per_frame": round(value, 2),
         "us_per_event": round(value / size, 2), "rate_of_echo": round(us["echo", size] / value, 3),
         "runs": [round(x, 1) for x in runs[kind, size]]}
        for (kind, size), value in us.items()
    ]  # fmt: skip
    figures: dict[str, float | None] = {
        "skeleton_ratio_1": round(us["echo", 1] / us["skeleton", 1], 3),
        "echo_ratio_1": round(us["echo", 1] / us["live", 1], 3),
        "live_of_skeleton_1": round(us["skeleton", 1] / us["live", 1], 3),
        "us_per_event_1": round(us["live", 1], 2),
        "us_per_event_3": round(us["live", 3] / 3, 2),
        "us_per_event_20": round(us["live", 20] / 20, 2),
    }
    return figures, rows


def flood_once(kind: str, size: int) -> float:
    """Microseconds of server CPU per frame."""
    if kind == "echo":
        with serving([sys.executable, str(ROOT / "bench" / "echo.py")]) as server:
            return asyncio.run(flood(server, size, acks=False))
    command = [sys.executable, str(ROOT / "bench" / "skeleton.py"), "serve"] if kind == "skeleton" else None
    with serving(head=command, articles=False) as server:
        return asyncio.run(flood(server, size, acks=True))


Senders = list[tuple[Callable[[bytes], None], bytes]]


async def flood(server: Server, size: int, acks: bool) -> float:
    connections, frames = FLOOD[size]
    if acks:
        tabs = [Tab(server.base, server.key, ORIGIN) for _ in range(connections)]
        await in_turns(tabs, lambda tab: tab.connect())
        senders: Senders = [(tab.raw, build(tab, size, frames)) for tab in tabs]
        done: list[Awaitable[Any]] = [tab.acked(frames * size) for tab in tabs]
    else:
        senders, done = await echoes(server, size, connections, frames)
    cpu = server.cpu_s()
    for send, blob in senders:
        send(blob)
    await asyncio.wait_for(asyncio.gather(*done), 120)
    return (server.cpu_s() - cpu) / (connections * frames) * 1e6


def build(tab: Tab, size: int, frames: int) -> bytes:
    """All frames of a connection as one blob; ordinary use, answered clicks and inputs."""
    return b"".join(
        frame(json.dumps(tab.batch(*(scenes.ordinary(i * size + j)[0] for j in range(size)))).encode())
        for i in range(frames)
    )


async def echoes(
    server: Server, size: int, connections: int, frames: int
) -> tuple[list[tuple[Callable[[bytes], None], bytes]], list[Awaitable[Any]]]:
    senders: list[tuple[Callable[[bytes], None], bytes]] = []
    done: list[Awaitable[Any]] = []
    for _ in range(connections):
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        left = [frames]

        def count(payload: bytes, left: list[int] = left, future: asyncio.Future[None] = future) -> None:
            left[0] -= 1
            if not left[0]:
                future.set_result(None)

        client = await WireClient.connect("127.0.0.1", server.port, "/v1/socket", ORIGIN, count)
        senders.append((client.raw, build(Tab(server.base, "", ORIGIN), size, frames)))
        done.append(future)
    return senders, done


if __name__ == "__main__":
    main()
