"""A workspace (tenant) and its sources: a site in one environment."""

from __future__ import annotations

from typing import Literal

import msgspec


class Workspace(msgspec.Struct, frozen=True, omit_defaults=True):
    """epoch: changes when the data was restored. holdout: share 0..1 of units never nudged (0: off)."""

    id: str
    name: str
    zone: str = "UTC"
    epoch: str = ""
    holdout: float = 0.0


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """key: the public key in the tag. origins: exact scheme://host[:port]. secrets: sign user tokens,
    newest first (two while one is rotated out). honour_privacy_signals: DNT and GPC keep the widget silent."""

    id: str
    workspace: str
    name: str
    key: str
    origins: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    environment: Literal["production", "staging", "development"] = "production"
    honour_privacy_signals: bool = True
