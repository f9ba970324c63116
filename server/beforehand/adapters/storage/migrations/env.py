"""Alembic's entry: runs on the connection it is given, inside the transaction that connection is in."""

from __future__ import annotations

from alembic import context

from beforehand.adapters.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
