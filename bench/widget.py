"""`widget`: what a visit downloads, minified and gzipped (level 9), from the files that are served."""

from __future__ import annotations

import gzip

from bench import _result
from bench._result import ROOT

STATIC = ROOT / "server" / "beforehand" / "adapters" / "web" / "static"
PEERS = {
    "posthog-js": 122_168, "posthog-js chat alone": 24_013, "clarity": 26_690, "openreplay": 61_823, "driver.js": 7_234,
}  # fmt: skip
"""Bytes of the same kind, as published files measured once (2026-11)."""


def gzipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9, mtime=0))


def main() -> None:
    sizes = {path.name: gzipped(path.name) for path in sorted(STATIC.glob("widget*.js"))}
    figures: dict[str, float | None] = {
        "core_gzip_bytes": sizes["widget.js"],
        "all_gzip_bytes": sum(sizes.values()),
    }
    rows = [{"file": name, "gzip_bytes": size} for name, size in sizes.items()]
    rows += [{"peer": name, "gzip_bytes": size} for name, size in PEERS.items()]
    _result.write("widget", figures, rows, [])


if __name__ == "__main__":
    main()
