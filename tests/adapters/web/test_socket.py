"""The widget's socket, served for real: handshake, acknowledgements, refusals, resume."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from beforehand.adapters.system import SystemClock
from beforehand.protocol.limits import MAX_FRAME_BYTES
from beforehand.rigs import scenes
from beforehand.rigs.wire import frame
from tests.adapters.web.served import ORIGIN, served
from tests.loop.house import SOURCE, WORKSPACE

pytestmark = pytest.mark.anyio


def token(**claims: Any) -> str:
    body = {"sub": "u-1", "exp": SystemClock().now() // 1000 + 900, **claims}
    return jwt.encode({"alg": "HS256"}, body, OctKey.import_key(SOURCE.secrets[0]))


async def test_a_struggle_over_the_wire_brings_a_nudge(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected(user=token())
        assert tab.frames[0]["user"] == "verified"
        tab.events(*scenes.new_invoice())
        nudge = tab.next("nudge")
        for attempt in (1, 2, 3):
            tab.events(*scenes.failed_submit(attempt))
        shown = (await nudge)["nudge"]
        assert shown["anchor"]["label"] == "VAT number"
        await tab.acked(tab.seq)


async def test_acknowledged_means_stored(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        tab.events(*scenes.new_invoice(), *scenes.ordinary(1))
        await tab.acked(2)
        async with running.live.storage.read(WORKSPACE.id) as tx:
            row = await tx.tapes.get(tab.tape)
        assert row is not None and row.mark == 2


async def test_a_tape_resumes_after_its_socket_was_lost(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        tab.events(*scenes.new_invoice())
        await tab.acked(1)
        await tab.close()
        welcome = await tab.connect()
        assert welcome["mark"] == 1
        tab.events(*scenes.ordinary(0))
        await tab.acked(2)


async def test_a_gap_names_what_is_expected_and_the_connection_lives(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        tab.seq = 5
        error = tab.next("error")
        tab.events(*scenes.ordinary(0))
        told = await error
        assert (told["code"], told["expected"]) == ("gap", 1)
        tab.seq = 0
        tab.events(*scenes.ordinary(0))
        await tab.acked(1)


async def test_another_visitors_resume_token_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        thief = running.tab()
        thief.tape, thief.resume = tab.tape, tab.resume
        assert (await thief.connect())["code"] == "bad_resume"
        other = await running.connected()
        mixed = running.tab()
        mixed.resume, mixed.visitor = other.resume, other.visitor
        assert (await mixed.connect())["code"] == "bad_resume"


HOSTILE_ORIGINS = [
    "", "null", "https://shop.example.evil.example", "https://evilshop.example", "https://shop.example:8443",
    "http://shop.example", "https://shop.example.", "https://SHOP.EXAMPLE", "https://shop.example/", "https://u@shop.example",
    "https://shop.example@evil.example", "https://shop.example:443", "https://sub.shop.example", "https://shop.exampl",
    "https://shop.example%00.evil.example", "https://shop.example#", "https://shop.example?x", "https://xn--shop-example",
    "https://ѕhop.example", "file://", "chrome-extension://shop.example", "https://shop.example https://evil.example",
    "https://[::1]", "https://127.0.0.1", "//shop.example", "shop.example", "https:shop.example", "https:///shop.example",
    "https://shop.example,https://evil.example", "HTTPS://shop.example", "javascript:alert(1)",
    "data:text/html,x", "blob:https://shop.example", "https://shop-example", "https://shop.example.com", "https://shop.example:0",
    "https://shop.example:65536", "wss://shop.example", "https://shop..example",
]  # fmt: skip


async def test_hostile_origins_are_refused_before_the_upgrade(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        for origin in HOSTILE_ORIGINS:
            with pytest.raises(ConnectionError) as refused:
                await running.tab(origin=origin.encode().decode("latin-1")).connect()
            assert "403" in str(refused.value) or "400" in str(refused.value), origin
        with pytest.raises(ConnectionError) as unknown:
            await running.tab(key="pk_other").connect()
        assert "unknown_key" in str(unknown.value)
        await running.connected()


def signed(secret: str, alg: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"alg": alg}, {"sub": "u-1", **claims}, OctKey.import_key(secret), algorithms=[alg])


def mixed() -> str:
    """The head and signature of one token around the claims of another."""
    mine, other = token().split("."), token(sub="u-2").split(".")
    return ".".join([mine[0], other[1], mine[2]])


FAR = 9_999_999_999
TOKENS = {
    "empty parts": "..", "no dots": "abc", "two parts": "a.b", "truncated": token()[:-6],
    "another secret": signed("x" * 43, exp=FAR),
    "alg none": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjk5OTk5OTk5OTl9.",
    "no exp": signed(SOURCE.secrets[0]), "exp as text": token(exp="9999999999"), "exp true": token(exp=True),
    "no sub": token(sub=""), "blank sub": token(sub="  "), "sub as number": token(sub=7),
    "sub as list": token(sub=["u-1"]), "long sub": token(sub="u" * 257), "NUL": token(sub="u\0"),
    "future nbf": token(nbf=FAR), "future iat": token(iat=FAR), "nbf as text": token(nbf="soon"),
    "account as text": token(account="a-1"), "traits as list": token(traits=[1]),
    "long": token(name="n" * 5_000)[:4_090], "HS512": signed("s" * 64, "HS512", exp=FAR),
    "white space": " " + token(), "swapped payload": mixed(),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENS)
async def test_a_forged_token_leaves_the_user_anonymous_and_says_why(tmp_path: Path, name: str) -> None:
    async with served(tmp_path) as running:
        tab = running.tab()
        welcome = await tab.connect(user=TOKENS[name])
        assert welcome["type"] == "welcome" and welcome["user"] == "bad_token", welcome
        assert welcome["sentence"].startswith("user: expected")
        assert TOKENS[name] not in json.dumps(welcome) or len(TOKENS[name]) < 4


async def test_an_expired_token_is_named_and_a_fresh_one_counts(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected(user=token(exp=1_000_000_000))
        assert tab.frames[0]["user"] == "expired_token"
        state = tab.next("user")
        tab.send({"type": "identify", "user": token()})
        assert (await state)["state"] == "verified"


COPY = b'{"t":"copy","seq":1,"at":1,"el":{"fp":"a","label":"' + b"x" * 200 + b'"}}'
LONG_LABEL = b'{"type":"events","first":1,"events":[' + COPY + b"]}"
BAD = {
    "not JSON": (b"{", "malformed"),
    "empty": (b"", "malformed"),
    "a number": (b"7", "invalid"),
    "an array": (b"[]", "invalid"),
    "NUL": (b'{"type":"ping","x":"\\u0000"}', "malformed"),
    "raw NUL": (b'{"type":"ping\x00"}', "malformed"),
    "lone surrogate": (b'{"type":"identify","user":"\\ud800"}', "malformed"),
    "unknown type": (b'{"type":"shout"}', "unknown_type"),
    "no type": (b'{"first":1}', "invalid"),
    "deep": (b'{"type":"ping","x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "too_deep"),
    "huge integer": (b'{"type":"dropped","first":' + b"9" * 5_000 + b',"last":1,"count":1}', "invalid"),
    "NaN": (b'{"type":"dropped","first":NaN,"last":1,"count":1}', "malformed"),
    "wrong kind": (b'{"type":"suppress","on":"yes"}', "invalid"),
    "missing": (b'{"type":"events","first":1}', "invalid"),
    "empty batch": (b'{"type":"events","first":1,"events":[]}', "invalid"),
    "bad event": (b'{"type":"events","first":1,"events":[{"t":"click","seq":1,"at":1}]}', "invalid"),
    "negative time": (b'{"type":"events","first":1,"events":[{"t":"closing","seq":1,"at":-1}]}', "invalid"),
    "wrong number": (b'{"type":"events","first":1,"events":[{"t":"closing","seq":2,"at":1}]}', "invalid"),
    "long label": (LONG_LABEL, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_frame_is_named_and_the_connection_survives(tmp_path: Path, name: str) -> None:
    data, code = BAD[name]
    async with served(tmp_path) as running:
        tab = await running.connected()
        error = tab.next("error")
        tab.raw(frame(data))
        told = await error
        assert told["code"] == code, told
        assert told["sentence"].endswith(".") and told["sentence"].count(". ") == 0
        tab.events(*scenes.ordinary(0))
        await tab.acked(1)


async def test_a_field_is_named_and_no_value_is_echoed(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        error = tab.next("error")
        tab.send(
            {"type": "events", "first": 1, "events": [{"t": "scroll", "seq": 1, "at": 1, "depth": "hunter2"}]}
        )
        told = await error
        assert "depth" in told["sentence"] and "hunter2" not in told["sentence"]


async def test_too_large_ends_with_1009_and_others_go_on(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab, healthy = await running.connected(), await running.connected()
        tab.raw(frame(b"x" * (MAX_FRAME_BYTES + 1)))
        assert await tab.closed == 1009
        healthy.events(*scenes.ordinary(0))
        await healthy.acked(1)


async def test_too_fast_is_named_with_when_to_come_back(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        error = tab.next("error")
        tab.raw(b"".join(frame(b'{"type":"ping"}') for _ in range(260)))
        told = await error
        assert told["code"] == "too_fast" and told["retry_after"] > 0


async def test_binary_and_events_before_hello_are_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        error = tab.next("error")
        tab.raw(frame(b"\x01", opcode=2))
        assert (await error)["code"] == "malformed"
        early = running.tab()
        told = await early.connect(tape="short")
        assert told["code"] == "invalid" and "tape" in told["sentence"]
        error = early.next("error")
        early.events(*scenes.ordinary(0))
        assert "hello" in (await error)["sentence"]


async def test_unknown_event_types_keep_their_place(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        tab.events({"t": "hologram", "colour": "blue"}, *scenes.ordinary(0))
        await tab.acked(2)
    async with served(tmp_path, strict=True) as running:
        tab = await running.connected()
        error = tab.next("error")
        tab.events({"t": "hologram"})
        assert (await error)["code"] == "unknown_type"


async def test_what_must_not_travel_is_not_stored(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        page = {
            **scenes.new_invoice()[0],
            "title": "Mara mara@secret.example",
            "headings": ["4242 4242 4242 4242"],
        }
        tab.events(page, {"t": "track", "name": "paid", "properties": {"iban": "DE89370400440532013000"}})
        await tab.acked(2)
        session = tab.frames[0]["session"]
        async with running.live.storage.read(WORKSPACE.id) as tx:
            rows = await tx.tapes.entries(session, 0)
        stored = b"".join(row.body for row in rows)
        assert b"[email]" in stored and b"[card]" in stored and b"[iban]" in stored
        for secret in (b"secret.example", b"4242", b"DE8937"):
            assert secret not in stored


async def test_reset_makes_another_visitor(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        tab = await running.connected()
        before = tab.visitor
        tab.send({"type": "reset"})
        fresh = running.tab()
        await fresh.connect()
        assert fresh.visitor != before


async def test_do_not_track_is_honoured_at_the_door(tmp_path: Path) -> None:
    import http.client

    async with served(tmp_path) as running:
        import asyncio

        def ask() -> dict[str, str]:
            connection = http.client.HTTPConnection("127.0.0.1", running.port)
            connection.request("GET", f"/v1/why?key={SOURCE.key}", headers={"Origin": ORIGIN, "Sec-GPC": "1"})
            answer: dict[str, str] = json.load(connection.getresponse())
            connection.close()
            return answer

        assert (await asyncio.to_thread(ask))["code"] == "no_consent"


async def test_it_works_under_a_prefix(tmp_path: Path) -> None:
    async with served(tmp_path, prefix="/help") as running:
        tab = await running.connected()
        tab.events(*scenes.ordinary(0))
        await tab.acked(1)
