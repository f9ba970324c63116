"""The fallback over POST, the beacon, the widget's files and health, asked with a plain HTTP client."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from beforehand.adapters.web.files import STATIC
from beforehand.domain.article import HelpQuery, Hit
from beforehand.protocol.limits import MAX_FRAME_BYTES
from beforehand.rigs import scenes
from beforehand.rigs.browser import Tab
from tests.adapters.web.served import ORIGIN, Served, served
from tests.loop.house import SOURCE, WORKSPACE, OneAnswer

pytestmark = pytest.mark.anyio


class Browser:
    """A document where sockets are blocked."""

    def __init__(self, running: Served, http: httpx2.AsyncClient) -> None:
        self.tab: Tab = running.tab()
        self._http = http
        self._base = running.base

    async def ask(
        self, path: str, content: bytes, origin: str = ORIGIN, key: str = SOURCE.key
    ) -> httpx2.Response:
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        url = f"{self._base}/v1/{path}?key={key}"
        return await self._http.post(url, content=content, headers=headers, timeout=40)

    async def exchange(self, *frames: dict[str, Any] | str, wait: float = 0, path: str = "post") -> list[Any]:
        parts = [self.tab.hello(), *frames]
        texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
        answer = await self.ask(path, f'{{"frames":[{",".join(texts)}],"wait":{wait}}}'.encode())
        assert answer.status_code in (200, 204), answer.text
        if answer.status_code == 204:
            return []
        told: list[Any] = answer.json()["frames"]
        for frame in told:
            if frame["type"] == "welcome":
                self.tab.visitor, self.tab.resume = frame["visitor"], frame["resume"]
        return told


def kinds(frames: list[Any]) -> list[str]:
    return [frame["type"] for frame in frames]


class HeldSearch(OneAnswer):
    """Answers when released, so that the posts are over before."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def find(self, workspace: str, query: HelpQuery, limit: int) -> list[Hit]:
        assert self.release.wait(10)
        return super().find(workspace, query, limit)


async def test_events_over_post_are_on_disk_when_the_answer_comes(tmp_path: Path) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:
        browser = Browser(running, http)
        told = await browser.exchange(browser.tab.batch(*scenes.new_invoice()))
        assert kinds(told) == ["welcome", "ack"] and told[1]["mark"] == 1
        async with running.live.storage.read(WORKSPACE.id) as tx:
            row = await tx.tapes.get(browser.tab.tape)
        assert row is not None and row.mark == 1
        told = await browser.exchange(browser.tab.batch(*scenes.ordinary(1)))
        assert told[0]["mark"] == 1 and told[1]["mark"] == 2


async def test_a_nudge_reaches_the_poll_that_was_there_before_the_events(tmp_path: Path) -> None:
    search = HeldSearch()
    async with served(tmp_path, search=search) as running, httpx2.AsyncClient() as http:
        browser = Browser(running, http)
        await browser.exchange(browser.tab.batch(*scenes.new_invoice()))
        poll = asyncio.create_task(browser.exchange(wait=20))
        for attempt in (1, 2, 3):
            told = await browser.exchange(browser.tab.batch(*scenes.failed_submit(attempt)))
            assert kinds(told) == ["welcome", "ack"]
        search.release.set()
        async with asyncio.timeout(10):
            assert "nudge" in kinds(await poll)


async def test_a_bad_frame_among_good_ones_is_named_and_the_others_count(tmp_path: Path) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:
        browser = Browser(running, http)
        bad = '{"type":"suppress","on":"yes"}'
        told = await browser.exchange(bad, '{"type":"later"}', browser.tab.batch(*scenes.ordinary(0)))
        assert kinds(told) == ["welcome", "error", "error", "ack"]
        assert [frame["code"] for frame in told[1:3]] == ["invalid", "unknown_type"]


async def test_a_poll_ends_when_its_time_is_over(tmp_path: Path) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:
        assert kinds(await Browser(running, http).exchange(wait=0.2)) == ["welcome"]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"content": b"{"}, 400, "malformed"),
    ({"content": b'{"frames":[]}'}, 400, "invalid"),
    ({"content": b'{"frames":[{"type":"ping"}]}'}, 400, "invalid"),
    ({"content": b'{"frames":[],"wait":99}'}, 400, "invalid"),
    ({"content": b"x" * (MAX_FRAME_BYTES + 1)}, 413, "too_large"),
    ({"content": b"\x00"}, 400, "malformed"),
    ({"content": b"{}", "origin": "https://evil.example"}, 403, "wrong_origin"),
    ({"content": b"{}", "origin": "null"}, 403, "wrong_origin"),
    ({"content": b"{}", "key": "pk_other"}, 403, "unknown_key"),
    ({"content": b"{}", "key": "%00"}, 403, "unknown_key"),
    ({"content": b"{}", "key": "pk_test&key=pk_test"}, 403, "unknown_key"),
]


@pytest.mark.parametrize("path", ["post", "beacon"])
async def test_refusals_have_a_status_and_a_sentence(tmp_path: Path, path: str) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:
        browser = Browser(running, http)
        for request, status, code in REFUSED:
            answer = await browser.ask(path, **request)
            assert (answer.status_code, answer.json()["code"]) == (status, code), request
            assert answer.json()["sentence"].endswith(".")
            assert "access-control-allow-credentials" not in answer.headers


async def test_a_beacon_is_stored_and_answers_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:
        browser = Browser(running, http)
        assert await browser.exchange(browser.tab.batch({"t": "closing"}), path="beacon") == []
        async with running.live.storage.read(WORKSPACE.id) as tx:
            row = await tx.tapes.get(browser.tab.tape)
        assert row is not None and row.mark == 1


async def test_only_the_built_files_are_served(tmp_path: Path) -> None:
    async with served(tmp_path, prefix="/help") as running, httpx2.AsyncClient() as http:
        url = f"{running.base}/v1/"
        answer = await http.get(url + "widget.js")
        assert answer.content == (STATIC / "widget.js").read_bytes()
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        again = await http.get(url + "widget.js", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304 and not again.content
        head = await http.head(url + "widget.js")
        assert head.status_code == 200 and not head.content
        for name in (
            "tokens.css",
            "widget-none.js",
            "..%2fserver.py",
            "widget.js%00",
            "%2e%2e/services.py",
            "Widget.js",
        ):
            assert (await http.get(url + name)).status_code == 404, name


async def test_health_answers_in_json(tmp_path: Path) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:
        assert (await http.get(f"{running.base}/healthz")).json() == {"ok": True}
        ready = await http.get(f"{running.base}/readyz")
        assert ready.status_code == 200 and ready.json()["ready"] is True


async def test_why_says_what_the_console_will(tmp_path: Path) -> None:
    async with served(tmp_path) as running, httpx2.AsyncClient() as http:

        async def why(origin: str, key: str = SOURCE.key, **headers: str) -> str:
            url = f"{running.base}/v1/why?key={key}"
            answer = await http.get(url, headers={"Origin": origin, **headers})
            assert answer.headers["access-control-allow-origin"] == "*"
            code: str = answer.json()["code"]
            return code

        assert await why(ORIGIN) == "ok"
        assert await why("https://evil.example") == "wrong_origin"
        assert await why(ORIGIN, key="pk_other") == "unknown_key"
        assert await why(ORIGIN, DNT="1") == "no_consent"
