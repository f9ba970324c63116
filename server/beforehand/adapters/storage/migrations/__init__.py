"""One history for both dialects, oldest first: expand, then contract.

HISTORY repeats the revisions in versions/ (a test compares them), so that a start can see whether the schema
is current without importing Alembic.
"""

from __future__ import annotations

from typing import Final

HISTORY: Final = ("0001",)
