"""Bytes into frames and back, with every refusal as one sentence that names the field."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec

from beforehand.domain.element import Millis
from beforehand.domain.errors import Invalid, Malformed, TooDeep, TooLarge, UnknownType
from beforehand.domain.event import Event
from beforehand.protocol import frames
from beforehand.protocol.frames import PollSeconds
from beforehand.protocol.limits import MAX_BATCH_EVENTS, MAX_DEPTH, MAX_FRAME_BYTES


class RawEvents(msgspec.Struct, tag_field="type", tag="events"):
    """An events frame with its list still as it came, so that it can be stored without encoding it again."""

    first: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    events: msgspec.Raw
    sent: frames.WallClock = 0
    page: Millis = 0


class RawPost(msgspec.Struct):
    """frames.PostIn with its frames still as they came."""

    frames: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=50)]
    wait: PollSeconds = 0


_EVENTS: Final = msgspec.json.Decoder(list[Event])
_RAW_FRAME: Final = msgspec.json.Decoder(
    frames.Hello | RawEvents | frames.Dropped | frames.IdentifyUser | frames.ConsentChange | frames.Reset
    | frames.Suppress | frames.Ping
)  # fmt: skip
_TREE: Final = msgspec.json.Decoder(list[dict[str, Any]])
_POST: Final = msgspec.json.Decoder(RawPost)
_ENCODE: Final = msgspec.json.Encoder().encode
CLIENT_TYPES: Final = frozenset(kind.__struct_config__.tag for kind in frames.ClientFrame.__args__)
EVENT_TYPES: Final = frozenset(kind.__struct_config__.tag for kind in Event.__args__)
Incoming = (
    frames.Hello | RawEvents | frames.Dropped | frames.IdentifyUser | frames.ConsentChange | frames.Reset
    | frames.Suppress | frames.Ping
)  # fmt: skip


def encode(frame: Any) -> bytes:
    return _ENCODE(frame)


def decode(data: bytes) -> Incoming:
    """One frame. Raises Malformed, TooLarge, TooDeep, UnknownType, Invalid."""
    guard(data)
    frame: Incoming = _read(_RAW_FRAME, data)
    return frame


def decode_events(raw: bytes) -> tuple[list[Event], int]:
    """The list of an events frame, and how many were of a type we don't know. Raises Invalid."""
    unknown = 0
    try:
        events: list[Event] = _read(_EVENTS, raw, "events")
    except UnknownType:
        events, unknown = _decode_each(raw)
    if not 1 <= len(events) <= MAX_BATCH_EVENTS:
        raise Invalid(f"events: expected 1 to {MAX_BATCH_EVENTS} events in a batch.")
    return events, unknown


def _decode_each(raw: bytes) -> tuple[list[Event], int]:
    """A newer widget sends types we don't know: they keep their place."""
    events: list[Event] = []
    unknown = 0
    for i, item in enumerate(_read(_TREE, raw, "events")):
        kind = item.get("t")
        if isinstance(kind, str) and kind not in EVENT_TYPES:
            item = {"t": "unknown", "seq": item.get("seq"), "at": item.get("at")}
            unknown += 1
        try:
            events.append(msgspec.convert(item, Event))
        except msgspec.ValidationError as error:
            raise refusal(str(error), f"events[{i}]") from None
    return events, unknown


def decode_post(data: bytes) -> RawPost:
    """The envelope; each frame in it is read by `decode`, so that one bad frame does not spoil the others."""
    guard(data)
    post: RawPost = _read(_POST, data)
    return post


def guard(data: bytes) -> None:
    """What a decoder should never see. Cheap for an ordinary frame: three searches."""
    if len(data) > MAX_FRAME_BYTES:
        raise TooLarge(f"frame: expected at most {MAX_FRAME_BYTES:,} bytes.")
    if b"\x00" in data or b"\\u0000" in data:
        raise Malformed("frame: expected text without NUL characters.")
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and too_deep(data):
        raise TooDeep(f"frame: expected JSON nested at most {MAX_DEPTH} deep.")


def too_deep(data: bytes) -> bool:
    """Nested deeper than MAX_DEPTH? Brackets alone decide for almost every frame: each pass takes the innermost away.
    Where brackets inside strings leave a rest, they are counted one by one outside strings."""
    rest = data.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        rest = rest.replace(b"{}", b"").replace(b"[]", b"")
        if not rest:
            return False
    level = 0
    for token in _BRACKETS.finditer(data):
        mark = token.group()
        if mark in (b"[", b"{"):
            level += 1
            if level > MAX_DEPTH:
                return True
        elif mark in (b"]", b"}"):
            level -= 1
    return False


_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def _read(decoder: msgspec.json.Decoder[Any], data: bytes, inside: str = "") -> Any:
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise refusal(str(error), inside) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise Malformed("frame: expected one JSON object in UTF-8.") from None


_AT: Final = re.compile(r" - at (`key` in )?`\$?\.?([^`]*)`$")


def refusal(message: str, inside: str = "") -> Invalid:
    """msgspec's message as one sentence of ours; values are never in it. inside: the field that was decoded."""
    match = _AT.search(message)
    what = message[: match.start()] if match else message
    field = _field(match, inside)
    if what.startswith("Invalid value"):
        return UnknownType(f"{field}: expected a known type (this value is none).")
    if what.startswith("Invalid enum value"):
        return Invalid(f"{field}: expected one of the words that the wire's schema lists.")
    if what.startswith("Object missing required field"):
        name = what.split("`")[1]
        where = "" if field == "frame" else f" in {field}"
        return Invalid(f"{name}: expected{where}, but it is missing.")
    what = what.replace("`", "")
    return Invalid(f"{field}: {what[0].lower()}{what[1:]}.")


def _field(match: re.Match[str] | None, inside: str) -> str:
    path = match.group(2) if match else ""
    joint = "." if inside and path and not path.startswith("[") else ""
    field = inside + joint + path or "frame"
    return f"a key of {field}" if match and match.group(1) else field


def unknown_parts(data: bytes) -> list[str]:
    """Names of fields and types this version does not know, for debug mode and tests."""
    tree = msgspec.json.decode(data)
    kind = tree.get("type") if isinstance(tree, dict) else None
    known = next((k for k in frames.ClientFrame.__args__ if k.__struct_config__.tag == kind), None)
    if known is None:
        return ["this type"]
    found = [
        f"field {name!r}"[:80] for name in tree if name != "type" and name not in known.__struct_fields__
    ]
    events = tree.get("events") if kind == "events" else None
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict):
            found += _unknown_in_event(event)
    return found


def _unknown_in_event(event: dict[str, Any]) -> list[str]:
    known = next((k for k in Event.__args__ if k.__struct_config__.tag == event.get("t")), None)
    if known is None:
        return ["events[].t"]
    return [
        f"field {name!r} of an event"[:80]
        for name in event
        if name != "t" and name not in known.__struct_fields__
    ]
