"""Bounds and windows of the session state, each with its reason."""

from __future__ import annotations

import msgspec


class Resolves(msgspec.Struct, frozen=True, omit_defaults=True):
    """A track() event that says a struggle is over. Both are shell patterns: 'invoice_*', '/invoices/*'."""

    event: str
    route: str = "*"


class SessionRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """Milliseconds unless the name says otherwise.

    settle_ms: a submit that got a sign of an answer and no error within this time counts as answered.
        Server-side messages follow a submit by 20 to 2,000 ms; half a second is added for the browser
        to notice and send them.
    load_settle_ms: the same after a submit that loaded the document anew: its messages are there at load.
    late_ms: an error this long after a submit takes an assumed success back; slower answers than 15 s are
        past the patience of a gateway and of a person.
    try_settle_ms: a click that got an answer proves a control alive if no error followed within this
        time. Failing requests of a healthy service answer within a second.
    track_ms: a track() event this soon after a submit on the same document speaks of that submit.
    resolves: event names that end struggles on a route, set by the site.
    failure_words: a tracked event whose name holds one of these never counts as success.
    """

    settle_ms: int = 2_500
    load_settle_ms: int = 1_500
    late_ms: int = 15_000
    try_settle_ms: int = 1_000
    track_ms: int = 10_000
    resolves: tuple[Resolves, ...] = ()
    failure_words: tuple[str, ...] = (
        "fail",
        "error",
        "invalid",
        "denied",
        "refus",
        "reject",
        "abandon",
        "cancel",
    )
    max_tapes: int = 12
    max_forms: int = 24
    max_fields: int = 40
    max_actions: int = 32
    max_struggles: int = 32
    max_entries: int = 100
    """Of context, claims and tracked names, each."""


ATTEMPT_GAP_MS = 400
"""Native validation messages closer together than this belong to one attempt: a browser fires them for all
fields in one task, and a person cannot press a button again, read and react in less (Doherty threshold)."""
LAST_CLICK_MS = 3_000
"""A message outside any form belongs to the button clicked at most this long before."""
