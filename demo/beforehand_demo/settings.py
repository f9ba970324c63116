"""What the demo product can be told at its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two running copies of the product.

    data: path of the SQLite file; None keeps everything in memory until the process ends.
    widget_origin, widget_key: where the support widget comes from and the public key of its source; without
    them the pages carry no widget at all. widget_secret signs who is logged in; without it nobody is identified.
    today: the product's calendar, so that a test can fix the day.
    """

    host: str = "127.0.0.1"
    port: int = 8788
    widget_origin: str | None = None
    widget_key: str | None = None
    widget_secret: str | None = None
    data: str | None = None
    today: Callable[[], date] = date.today

    @property
    def has_widget(self) -> bool:
        return bool(self.widget_origin and self.widget_key)

    @property
    def can_identify(self) -> bool:
        return self.has_widget and bool(self.widget_secret)
