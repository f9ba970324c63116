"""What the reader of the wire refuses, with which sentence; never another exception, never an echo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.domain.errors import BeforehandError, Invalid, Malformed, TooDeep, TooLarge
from beforehand.protocol import wire
from beforehand.protocol.limits import MAX_DEPTH

HOLOGRAM = '{"t":"hologram","seq":1,"at":1}'


def events(text: str) -> tuple[list[Any], int]:
    return wire.decode_events(text.encode())


SENTENCES = {
    '[{"t":"click","seq":"1","at":1,"el":{"fp":"a"}}]': "events[0].seq: expected int, got str.",
    '[{"t":"click","seq":1,"at":1}]': "el: expected in events[0], but it is missing.",
    '[{"t":"page","seq":1,"at":1,"route":"/","how":"hunter2"}]': (
        "events[0].how: expected one of the words that the wire's schema lists."
    ),
    '[{"t":"track","seq":1,"at":1,"name":"x","properties":{"n":99999999999999999999}}]': (
        "events[0].properties[...]: expected int <= 9007199254740992."
    ),
    '[{"t":"track","seq":1,"at":1,"name":"x","properties":{"' + "k" * 65 + '":1}}]': (
        "a key of events[0].properties: expected str of length <= 64."
    ),
    f'[{HOLOGRAM},{{"t":[],"seq":2,"at":1}}]': "events[1].t: expected str, got list.",
    f'[{HOLOGRAM},{{"t":"click","seq":2,"at":1}}]': "el: expected in events[1], but it is missing.",
    '"hunter2"': "events: expected array, got str.",
    "[]": "events: expected 1 to 200 events in a batch.",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_refused_batch_names_field_and_expectation(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        events(text)
    assert refused.value.sentence == SENTENCES[text]


def test_unknown_event_types_keep_their_place_and_are_counted() -> None:
    known, unknown = events(f'[{HOLOGRAM},{{"t":"closing","seq":2,"at":3}}]')
    assert unknown == 1 and [event.seq for event in known] == [1, 2]


def test_numbers_of_a_hello_are_bounded() -> None:
    hello = {"type": "hello", "tape": "a" * 22, "sent": 1, "page": 1}
    assert wire.decode(json.dumps(hello).encode())
    for field, value in (("sent", 10**30), ("page", -1), ("page", 10**30), ("next", -5)):
        with pytest.raises(Invalid) as refused:
            wire.decode(json.dumps({**hello, field: value}).encode())
        assert refused.value.sentence.startswith(f"{field}: expected")


def test_depth_is_counted_outside_strings_only() -> None:
    wire.guard(json.dumps({"type": "ping", "x": "[{" * 1_000}).encode())
    wire.guard(json.dumps({"type": "ping", "x": [[]] * 1_000}).encode())
    nested = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)
    wire.guard(b'{"x":' + nested + b"}")
    for deep in (b"[" + nested + b"]", b"[" * 30_000, b'{"a":' * 10_000, b'"]",' + b"[" * 60):
        with pytest.raises(TooDeep):
            wire.guard(b'{"x":' + deep + b"}")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_frame_or_a_named_refusal(data: bytes) -> None:
    for read in (wire.decode, wire.decode_events, wire.decode_post):
        sentence = "."
        try:
            read(data)
        except BeforehandError as error:
            sentence = error.sentence
        assert sentence.endswith(".")


def cases(shared_dir: Path, kind: str) -> list[bytes]:
    folder = shared_dir / "corpora" / "JSONTestSuite" / "test_parsing"
    if not folder.is_dir():
        pytest.skip("JSONTestSuite among the shared data sets")
    return [path.read_bytes() for path in sorted(folder.glob(f"{kind}_*.json"))]


def test_the_json_test_suite_is_read_as_it_should_be(shared_dir: Path) -> None:
    """A valid text is a frame, or refused for what it says; an invalid one is never taken for JSON."""
    for data in cases(shared_dir, "y"):
        try:
            wire.decode(b'{"type":"ping","extra":' + data + b"}")
        except Malformed:
            assert b"\\u0000" in data
    for data in cases(shared_dir, "n"):
        with pytest.raises((Malformed, TooDeep, TooLarge)):
            wire.decode(b'{"type":"ping","extra":' + data + b" }")
    for data in cases(shared_dir, "i"):
        for read in (wire.decode, wire.decode_events):
            with pytest.raises(BeforehandError):
                read(data)


def test_debug_mode_names_what_it_does_not_know() -> None:
    assert wire.unknown_parts(b'{"type":"ping","zz":1}') == ["field 'zz'"]
    assert wire.unknown_parts(b'{"type":["x"]}') == ["this type"]
    assert wire.unknown_parts(b'{"type":"events","events":[7,{"t":[]}]}') == ["events[].t"]
    assert wire.unknown_parts(b'{"type":"events","events":7,"first":1}') == []
