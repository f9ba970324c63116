"""Within v1 the wire only grows: the schema of today may add to the golden one, and take nothing away.

After an addition renew the golden file: python -m tests.protocol.test_schema
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from beforehand.protocol.generate import schema

GOLDEN = Path(__file__).parents[1] / "data" / "wire.v1.schema.json"
LOWER, UPPER = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")
Json = dict[str, Any]


def losses(old: Json, new: Json) -> list[str]:
    """What a peer of yesterday could say or relied upon, and no longer can."""
    found = [f"{name}: gone" for name in old["$defs"] if name not in new["$defs"]]
    for name, before in old["$defs"].items():
        found += _compare(name, before, new["$defs"].get(name, before))
    for name, before in old["properties"].items():
        found += _compare(name, before, new["properties"].get(name, {}))
    return found


def _compare(at: str, old: Json, new: Json) -> Iterator[str]:
    for key in ("type", "$ref", "pattern"):
        if old.get(key) != new.get(key):
            yield f"{at}: {key} was {old.get(key)}"
    yield from _limits(at, old, new)
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{at}.{name}: required now"
    for name in set(old.get("required", ())) - set(new.get("required", ())):
        yield f"{at}.{name}: no longer sure"
    for value in set(old.get("enum", ())) - set(new.get("enum", ())):
        yield f"{at}: {value!r} was allowed"
    yield from _inside(at, old, new)


def _limits(at: str, old: Json, new: Json) -> Iterator[str]:
    for key in LOWER:
        if new.get(key, float("-inf")) > old.get(key, float("-inf")):
            yield f"{at}: {key} was {old.get(key)}"
    for key in UPPER:
        if new.get(key, float("inf")) < old.get(key, float("inf")):
            yield f"{at}: {key} was {old.get(key)}"


def _inside(at: str, old: Json, new: Json) -> Iterator[str]:
    for name, before in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{at}.{name}: gone"
        else:
            yield from _compare(f"{at}.{name}", before, new["properties"][name])
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(old.get(key), dict):
            yield from _compare(f"{at}[]", old[key], new.get(key, {}))
    for i, before in enumerate(old.get("anyOf", ())):
        if not any(not list(_compare(at, before, after)) for after in new.get("anyOf", ())):
            yield f"{at}: alternative {i} is gone"


def test_the_wire_only_grows() -> None:
    assert losses(json.loads(GOLDEN.read_text()), json.loads(schema())) == []


def test_the_golden_schema_knows_all_additions() -> None:
    assert GOLDEN.read_text() == _compact(), (
        "an addition: renew it with `python -m tests.protocol.test_schema`"
    )


def _drop_field(tree: Json) -> None:
    del tree["$defs"]["Click"]["properties"]["x"]


def _require(tree: Json) -> None:
    tree["$defs"]["Page"]["required"].append("title")


def _narrow(tree: Json) -> None:
    tree["$defs"]["Element"]["properties"]["label"]["maxLength"] = 80


def _drop_word(tree: Json) -> None:
    tree["$defs"]["Page"]["properties"]["how"]["enum"].remove("push")


def _drop_frame(tree: Json) -> None:
    tree["properties"]["client"]["anyOf"].pop()


def _retype(tree: Json) -> None:
    tree["$defs"]["Ack"]["properties"]["mark"]["type"] = "string"


def _drop_struct(tree: Json) -> None:
    del tree["$defs"]["Ack"]


@pytest.mark.parametrize(
    "change", [_drop_field, _require, _narrow, _drop_word, _drop_frame, _retype, _drop_struct]
)
def test_a_loss_is_noticed(change: Callable[[Json], None]) -> None:
    today = json.loads(schema())
    changed = copy.deepcopy(today)
    change(changed)
    assert losses(today, changed)


def test_an_addition_is_none() -> None:
    today = json.loads(schema())
    grown = copy.deepcopy(today)
    grown["$defs"]["Click"]["properties"]["pressure"] = {"type": "number"}
    grown["$defs"]["Element"]["properties"]["label"]["maxLength"] = 400
    grown["$defs"]["Page"]["properties"]["how"]["enum"].append("prerender")
    grown["properties"]["client"]["anyOf"].append({"$ref": "#/$defs/Message"})
    grown["$defs"]["Message"] = {"type": "object"}
    assert losses(today, grown) == []


def _compact() -> str:
    return json.dumps(json.loads(schema()), sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


if __name__ == "__main__":
    lost = losses(json.loads(GOLDEN.read_text()), json.loads(schema())) if GOLDEN.exists() else []
    if lost:
        raise SystemExit("not renewed, the wire would lose: " + "; ".join(lost))
    GOLDEN.write_text(_compact())
