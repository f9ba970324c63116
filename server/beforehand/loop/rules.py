"""The rules in force, as they are written into a session so that replay uses the same ones."""

from __future__ import annotations

import msgspec

from beforehand.loop.step import Rules


def rules_text(rules: Rules) -> str:
    """JSON of what differs from the defaults; '' for the defaults."""
    text = msgspec.json.encode(rules, order="deterministic").decode()
    return "" if text == "{}" else text


def rules_of(text: str) -> Rules:
    """Raises msgspec.ValidationError for text of a house whose rules had other names."""
    return msgspec.json.decode(text or "{}", type=Rules)
