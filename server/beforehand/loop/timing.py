"""How long a nudge takes from the event that completes a pattern to the frame that leaves, by stage."""

from __future__ import annotations

from collections import deque

STAGES = ("step", "search", "commit", "total")
KEPT = 10_000
"""Newest samples kept; enough for a stable 99th percentile, 1 MB at most."""


class Timing:
    """Milliseconds per nudge and stage, newest last."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float, float, float]] = deque(maxlen=KEPT)

    def add(self, step: float, search: float, commit: float, total: float) -> None:
        self._samples.append((step, search, commit, total))

    def clear(self) -> None:
        self._samples.clear()

    def summary(self) -> dict[str, object]:
        """{"count": n, "<stage>_p50_ms": .., "<stage>_p99_ms": ..}"""
        out: dict[str, object] = {"count": len(self._samples)}
        for i, stage in enumerate(STAGES):
            values = sorted(sample[i] for sample in self._samples)
            for share in (50, 99):
                out[f"{stage}_p{share}_ms"] = round(_percentile(values, share), 3) if values else None
        return out


def _percentile(ordered: list[float], share: int) -> float:
    """Nearest rank."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
