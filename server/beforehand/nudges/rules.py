"""When a nudge may be shown. Milliseconds unless the name says otherwise."""

from __future__ import annotations

import msgspec

DAY_MS = 86_400_000


class NudgeRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """on: False: everything is noticed and stored, nothing is shown.
    early_risk: an early signal may nudge from this risk on; a confirmed one always may. The prior gives a
        second failure 0.12 to 0.2, so an early nudge takes something besides (our choice).
    min_score: of the best passage, 0..1, as the fused search scores a page context. Measured on the page
        contexts of three public help centres: it keeps 19 of 20 contexts whose best hit was right, and 14 of
        66 that those articles do not answer pass it (60 of these from another product). 0.34 would keep 16
        and pass 7. The sets are small, and articles that name their page score up to 0.12 higher.
    cap_per_day: nudges for one person and UTC day, over all tabs. Our choice: help that comes more often is
        noise, and more troubles than that in one day need a person.
    cooldown_ms: after a nudge was shown to the person, in any tab; two minutes to read it and act on it.
    dismissed_ms: a struggle that was waved away stays silent for a month: the person was clear.
    find_ms: from the signal to the answer of the search; later, the moment has passed. Ordinary events may
        have waited a second in the browser before.
    ttl_ms: from the decision to showing it. up_ms: a nudge nobody reported gone is taken for gone.
    repeat_ms: the same reason for silence about the same struggle is stored once in this time.
    left_ms: after its document closed and none followed; idle_ms: without any event: both end the wait for an
        outcome with "left". 30 min is where a session ends.
    """

    on: bool = True
    early_risk: float = 0.35
    min_score: float = 0.3
    cap_per_day: int = 3
    cooldown_ms: int = 120_000
    dismissed_ms: int = 30 * DAY_MS
    find_ms: int = 3_000
    ttl_ms: int = 10_000
    up_ms: int = 600_000
    repeat_ms: int = 60_000
    left_ms: int = 60_000
    idle_ms: int = 1_800_000
    max_candidates: int = 5
