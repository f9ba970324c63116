"""Every setting, each with a default that works. Read by cli and app only; others get frozen values.

Set by environment (BEFOREHAND_PORT=9000) or flags; docs/settings.md lists them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BEFOREHAND_", extra="ignore", frozen=True)

    data: Path = Field(Path(".data"), description="Folder for the database, secrets, indexes and backups.")
    database_url: str = Field(
        "", description="postgresql://user:password@host/name; empty: SQLite in the data folder."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8787, ge=1, le=65_535, description="Port to listen on.")
    models: Path | None = Field(
        None, description="Folder with exported models; empty: the one that was installed with the product."
    )
    embedder: str = Field(
        "all-MiniLM-L6-v2", description="Name of the exported embedding model; 'none' searches by words only."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_format: Literal["console", "json"] = Field(
        "console", description="Logs for a person or for a collector."
    )
    strict_wire: bool = Field(
        False,
        description="Refuse frames with unknown types or fields instead of ignoring them (debugging, tests).",
    )
    forwarded_for: bool = Field(
        False, description="Trust X-Forwarded-For for rate limits; only behind your own reverse proxy."
    )
    nudges: bool = Field(
        True, description="Show nudges; off: everything is noticed and stored, nothing is shown."
    )
    nudge_cap_per_day: int = Field(3, ge=0, le=100, description="Nudges one person sees per day at most.")
    nudge_cooldown_s: int = Field(
        120, ge=0, le=86_400, description="Seconds between two nudges to one person."
    )
    nudge_dismissed_days: int = Field(
        30, ge=0, le=3_650, description="Days a struggle stays quiet for a person who waved its nudge away."
    )
