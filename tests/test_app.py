"""The door: mounted under a prefix of another ASGI app, and going on when a part is missing."""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from beforehand import knowledge
from beforehand.adapters.web.server import make_server
from beforehand.app import Beforehand, rules_from
from beforehand.domain.errors import Configuration
from beforehand.domain.source import Source
from beforehand.installation import Installation
from beforehand.resources import resource
from beforehand.rigs import scenes
from beforehand.rigs.browser import Tab
from beforehand.settings import Settings

pytestmark = pytest.mark.anyio
ORIGIN = "https://app.example.com"
ARTICLE = """---
title: VAT numbers by country
targets:
  - {route: /invoices/new, element: VAT number}
---
## VAT number needs the country code

1. Start with the two letters of the country.
"""


async def installed(folder: Path) -> Source:
    """A data folder with one source and one article."""
    articles = folder / "articles"
    articles.mkdir()
    (articles / "vat-numbers.md").write_text(ARTICLE)
    installation = Installation(Settings(data=folder / "data"), create=True)
    _, source = await installation.add_source("Test", ORIGIN, "production")
    report = knowledge.check(articles)
    await installation.publish(report.articles, report.passages)
    return source


async def hello(request: Request) -> Response:
    return PlainTextResponse("the host's own page")


@asynccontextmanager
async def hosted(settings: Settings) -> AsyncIterator[tuple[Beforehand, int]]:
    """Inside a host's Starlette app, under /help, on the real server."""
    beforehand = Beforehand(settings)
    host = Starlette(
        routes=[Route("/", hello), Mount("/help", app=beforehand.app)], lifespan=beforehand.lifespan
    )
    server = make_server(host, "127.0.0.1", 0)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
            raise RuntimeError("the server ended at once")
        await asyncio.sleep(0.005)
    try:
        yield beforehand, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def get(port: int, path: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, bytes]:
    def ask() -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    return await asyncio.to_thread(ask)


async def test_it_lives_under_a_prefix_of_another_app(tmp_path: Path) -> None:
    source = await installed(tmp_path)
    async with hosted(Settings(data=tmp_path / "data")) as (_, port):
        assert await get(port, "/") == (200, b"the host's own page")
        assert (await get(port, "/help/readyz"))[0] == 200
        assert (await get(port, "/readyz"))[0] == 404
        assert (await get(port, "/help/v1/widget.js"))[0] == 200
        tab = Tab(f"http://127.0.0.1:{port}/help", source.key, ORIGIN)
        await tab.connect()
        tab.events(*scenes.new_invoice())
        nudge = tab.next("nudge")
        for attempt in (1, 2, 3):
            tab.events(*scenes.failed_submit(attempt))
        assert (await nudge)["nudge"]["content"]["title"] == "VAT number needs the country code"
        await tab.acked(tab.seq)
        post = json.dumps({"frames": [tab.hello()]})
        status, body = await get(port, f"/help/v1/post?key={source.key}", "POST", post, Origin=ORIGIN)
        assert status == 200 and json.loads(body)["frames"][0]["type"] == "welcome"
        await tab.close()


async def test_without_a_model_words_alone_find_the_help_and_health_says_so(tmp_path: Path) -> None:
    source = await installed(tmp_path)
    broken = tmp_path / "models"
    shutil.copytree(resource("models"), broken)
    model = next(broken.rglob("model.onnx"))
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    async with hosted(Settings(data=tmp_path / "data", models=broken)) as (_, port):
        health = json.loads((await get(port, "/help/healthz"))[1])
        assert "is not the file that was exported" in health["search"]["degraded"]
        assert health["degraded"] and health["search"]["embedder"] == ""
        assert (await get(port, "/help/readyz"))[0] == 200
        tab = Tab(f"http://127.0.0.1:{port}/help", source.key, ORIGIN)
        await tab.connect()
        tab.events(*scenes.new_invoice())
        nudge = tab.next("nudge")
        for attempt in (1, 2, 3):
            tab.events(*scenes.failed_submit(attempt))
        assert (await nudge)["nudge"]["content"]["source"]["slug"] == "vat-numbers"
        await tab.close()


async def test_the_index_is_reloaded_and_not_rebuilt_at_the_next_start(tmp_path: Path) -> None:
    await installed(tmp_path)
    embedded: list[int] = []
    for _ in range(2):
        beforehand = Beforehand(Settings(data=tmp_path / "data"))
        publish = beforehand.search.publish

        def counted(workspace: str, passages: Any, publish: Any = publish) -> int:
            embedded.append(publish(workspace, passages))
            return embedded[-1]

        beforehand.search.publish = counted  # type: ignore[method-assign]
        async with beforehand.lifespan(None):
            assert beforehand.ready()[0]
    assert embedded == [1, 0]


async def test_an_article_published_meanwhile_is_found_without_a_restart(tmp_path: Path) -> None:
    await installed(tmp_path)
    settings = Settings(data=tmp_path / "data")
    beforehand = Beforehand(settings)
    async with beforehand.lifespan(None):
        (tmp_path / "articles" / "more.md").write_text("---\ntitle: More\n---\nSomething else.\n")
        report = knowledge.check(tmp_path / "articles")
        await Installation(settings).publish(report.articles, report.passages)
        await beforehand.publisher.refresh()
        assert beforehand.search.status("").passages == 2


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(Configuration, match="beforehand init"):
        Beforehand(Settings(data=tmp_path / "nothing"))


def test_settings_reach_the_rules() -> None:
    rules = rules_from(
        Settings(nudges=False, nudge_cap_per_day=7, nudge_cooldown_s=9, nudge_dismissed_days=2)
    ).nudges
    assert (rules.on, rules.cap_per_day, rules.cooldown_ms, rules.dismissed_ms) == (
        False,
        7,
        9_000,
        172_800_000,
    )
