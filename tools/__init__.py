"""What stands behind ./dev. Standard library only: it runs before there is a virtual environment."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".tools"
"""Logs, stamps and reports of set-up and tests; never committed."""
