"""The small parts of the door, without a server: bounded queue, buckets, networks, forged tokens."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json

import pytest
from starlette.types import Message

from beforehand.adapters.web.buckets import Bucket, Buckets
from beforehand.adapters.web.door import network
from beforehand.adapters.web.socket import CLOSE_SLOW, MAX_OUT_BYTES, Out
from beforehand.adapters.web.tokens import ResumeTokens, read_user
from beforehand.domain.errors import BadResume, BadToken, ExpiredToken, TooFast
from tests.loop.house import START, HeldClock

SECRET = "s" * 43
NOW = START // 1000


class Browser:
    """The other end of an ASGI socket; reads only while `reading` is set."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.reading = asyncio.Event()
        self.reading.set()

    async def send(self, message: Message) -> None:
        await self.reading.wait()
        self.got.append(message)


@pytest.mark.anyio
async def test_acks_are_merged_and_frames_keep_their_order() -> None:
    browser = Browser()
    out = Out(browser.send)
    out.put(b'{"type":"welcome"}')
    for mark in (1, 2, 3):
        out.ack(mark)
    out.ack(2)
    out.put(b'{"type":"nudge"}')
    await out.close()
    texts = [message.get("text", "") for message in browser.got]
    assert sum("ack" in text for text in texts) == 1 and '{"type":"ack","mark":3}' in texts
    assert texts.index('{"type":"welcome"}') < texts.index('{"type":"nudge"}')


@pytest.mark.anyio
async def test_what_was_sent_no_longer_counts_whatever_its_alphabet() -> None:
    browser = Browser()
    sent = asyncio.Event()

    async def send(message: Message) -> None:
        await browser.send(message)
        sent.set()

    out = Out(send)
    frame = ("ضريبة " * 2_000).encode()
    for _ in range(2 * MAX_OUT_BYTES // len(frame)):
        sent.clear()
        out.put(frame)
        await sent.wait()
    assert not out.broken
    await out.close()


@pytest.mark.anyio
async def test_a_reader_that_never_reads_is_closed_with_our_own_code() -> None:
    browser = Browser()
    out = Out(browser.send)
    browser.reading.clear()
    for _ in range(20):
        out.put(b"x" * (MAX_OUT_BYTES // 16))
        await asyncio.sleep(0)
    assert out.broken and not out.waiting
    browser.reading.set()
    await out.close()
    assert browser.got[-1]["code"] == CLOSE_SLOW


def test_a_bucket_refills_and_says_when() -> None:
    clock = HeldClock()
    bucket = Bucket(10, 20, clock)
    bucket.take(20, "frames")
    with pytest.raises(TooFast) as refused:
        bucket.take(5, "frames")
    assert refused.value.retry_after == 0.5
    clock.at += 500
    bucket.take(5, "frames")


def test_buckets_forget_the_oldest_not_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Buckets, "KEPT", 2)
    buckets = Buckets(1, 1, HeldClock())
    for key in ("a", "b", "c"):
        buckets.take(key, "connections")
    buckets.take("a", "connections")
    with pytest.raises(TooFast):
        buckets.take("c", "connections")


def test_one_party_is_an_address_or_a_64() -> None:
    assert network("198.51.100.7") == "198.51.100.7"
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("fe80::1%eth0") and network("not:an:address") == "not:an:address"


def signed(**claims: object) -> str:
    return forged({"sub": "u-1", "exp": NOW + 60, **claims})


def forged(claims: object, head: bytes = b'{"alg":"HS256"}') -> str:
    """A token with a good signature, whatever its claims: what a site's own code might sign by mistake."""
    parts = (base64.urlsafe_b64encode(part).rstrip(b"=") for part in (head, json.dumps(claims).encode()))
    text = b".".join(parts)
    mac = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), text, "sha256")).rstrip(b"=")
    return (text + b"." + mac).decode()


HOSTILE = {
    "deep header": forged({}, b"[" * 2_900),
    "deep claims": forged(json.loads("[" * 900 + "]" * 900)),
    "exp in ms": signed(exp=START),
    "NUL in a name": signed(name="a\0b"),
    "huge trait": signed(traits={"n": 10**30}),
    "lone surrogate": signed(name="\ud800"),
    "iat NaN": signed(iat=float("nan")),
    "nbf infinite": signed(nbf=float("inf")),
    "exp infinite": signed(exp=float("inf")),
    "traits nested": signed(traits={"a": {"b": 1}}),
    "name as list": signed(name=["a"]),
    "sub null": signed(sub=None),
    "account without id": signed(account={"name": "x"}),
    "claims as list": forged([1]),
    "claims null": forged(None),
    "critical header": forged({"sub": "u-1", "exp": NOW + 60}, b'{"alg":"HS256","crit":["x"],"x":1}'),
    "none in capitals": forged({"sub": "u-1", "exp": NOW + 60}, b'{"alg":"NONE"}'),
    "head as list": forged({"sub": "u-1", "exp": NOW + 60}, b"[]"),
    "alg as list": forged({"sub": "u-1", "exp": NOW + 60}, b'{"alg":["HS256"]}'),
    "alg missing": forged({"sub": "u-1", "exp": NOW + 60}, b"{}"),
    "dots": "." * 4_000,
    "not ASCII": "\u00e9.\u00e9.\u00e9",
    "long": "a" * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tokens_are_named_and_not_echoed(name: str) -> None:
    with pytest.raises(BadToken) as refused:
        read_user(HOSTILE[name], [SECRET], NOW)
    assert refused.value.sentence.startswith("user: expected")
    assert len(refused.value.sentence) < 160


def test_the_newest_and_the_outgoing_secret_both_count() -> None:
    assert read_user(signed(), ["n" * 43, SECRET], NOW).sub == "u-1"
    with pytest.raises(BadToken):
        read_user(signed(), ["n" * 43], NOW)
    with pytest.raises(BadToken):
        read_user(signed(), [], NOW)


def test_leeway_is_for_nbf_and_iat_never_for_exp() -> None:
    assert read_user(signed(nbf=NOW + 29, iat=NOW + 29), [SECRET], NOW)
    with pytest.raises(BadToken):
        read_user(signed(nbf=NOW + 31), [SECRET], NOW)
    with pytest.raises(ExpiredToken):
        read_user(signed(exp=NOW), [SECRET], NOW)


def test_a_resume_token_is_good_for_its_tape_workspace_key_and_day() -> None:
    clock = HeldClock()
    tokens = ResumeTokens(b"k" * 32, clock)
    token = tokens.make("w1", "tape-1", "v1")
    assert tokens.read(token, "w1", "tape-1") == "v1"
    body, _, mac = token.partition(".")
    others = [
        "",
        ".",
        token[:-1],
        token + "=",
        body + ".",
        "." + mac,
        mac + "." + body,
        token.swapcase(),
        "é.é",
        token * 2,
    ]
    for text in others:
        with pytest.raises(BadResume):
            tokens.read(text, "w1", "tape-1")
    for workspace, tape in (("w2", "tape-1"), ("w1", "tape-2")):
        with pytest.raises(BadResume):
            tokens.read(token, workspace, tape)
    with pytest.raises(BadResume):
        ResumeTokens(b"x" * 32, clock).read(token, "w1", "tape-1")
    clock.at += 86_401_000
    with pytest.raises(BadResume):
        tokens.read(token, "w1", "tape-1")
