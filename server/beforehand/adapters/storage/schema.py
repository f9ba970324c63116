"""The tables as SQLAlchemy metadata: what migrations are written from and checked against.

Never imported while serving: stores speak SQL themselves, and a start whose schema is current needs no
SQLAlchemy. Every tenant table's key begins with workspace_id and every foreign key carries it, so that the
database itself refuses a link across tenants. Times are ms UTC; columns called body, traits, origins hold
JSON that SQL never looks into.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
"""Constraints have names, or a later migration could not speak of them."""

metadata = MetaData(naming_convention=NAMES)


def text(name: str) -> Column[Any]:
    return _column(name, Text())


def maybe_text(name: str) -> Column[Any]:
    return Column(name, Text(), nullable=True)


def whole(name: str) -> Column[Any]:
    """A count or a position."""
    return _column(name, Integer())


def time(name: str) -> Column[Any]:
    return _column(name, BigInteger())


def maybe_time(name: str) -> Column[Any]:
    return Column(name, BigInteger(), nullable=True)


def number(name: str) -> Column[Any]:
    return _column(name, Float())


def raw(name: str) -> Column[Any]:
    return _column(name, LargeBinary())


def _column(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def link(*columns: str, to: str) -> ForeignKeyConstraint:
    """A foreign key within the workspace: ('visitor', to='visitor.id')."""
    table, _, keys = to.partition(".")
    targets = [f"{table}.{key}" for key in ["workspace_id", *keys.split(",")]]
    return ForeignKeyConstraint(["workspace_id", *columns], targets)


def tenant(name: str, key: str, *rest: Any, rowid: bool = False) -> Table:
    """A table of a workspace. key: the columns after workspace_id, separated by spaces. rowid: False keeps
    the rows in the order of their key (one tree instead of two, on SQLite), which suits small rows."""
    columns = [item for item in rest if isinstance(item, Column)]
    others = [item for item in rest if not isinstance(item, Column)]
    return Table(
        name,
        metadata,
        text("workspace_id"),
        *columns,
        PrimaryKeyConstraint("workspace_id", *key.split()),
        *others,
        sqlite_with_rowid=rowid,
    )


def of_workspace() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id"], ["workspace.id"])


Table(
    "workspace", metadata, text("id"), text("name"), text("zone"), text("epoch"), number("holdout"),
    whole("knowledge"), PrimaryKeyConstraint("id"),
)  # fmt: skip

tenant(
    "source", "id", text("id"), text("name"), text("key"), text("origins"), raw("secrets"),
    text("environment"), _column("honour_privacy_signals", Boolean()), of_workspace(),
    UniqueConstraint("key"),
)  # fmt: skip

tenant(
    "account", "id", text("id"), text("external_id"), text("name"), text("plan"), time("created"),
    time("updated"), of_workspace(), UniqueConstraint("workspace_id", "external_id"),
)  # fmt: skip

tenant(
    "person", "id", text("id"), text("external_id"), maybe_text("account"), text("name"), text("email"),
    text("locale"), text("zone"), text("traits"), time("created"), time("updated"), of_workspace(),
    link("account", to="account.id"), UniqueConstraint("workspace_id", "external_id"),
)  # fmt: skip
Index(None, metadata.tables["person"].c.workspace_id, metadata.tables["person"].c.account)

tenant(
    "visitor", "id", text("id"), text("secret_hash"), text("arm"), time("created"), of_workspace(),
    UniqueConstraint("workspace_id", "secret_hash"),
)  # fmt: skip

tenant(
    "alias", "visitor person at", text("visitor"), text("person"), time("at"), maybe_time("undone"),
    link("visitor", to="visitor.id"), link("person", to="person.id"),
)  # fmt: skip

tenant(
    "consent", "visitor purpose at", text("visitor"), text("purpose"), time("at"), text("value"),
    text("text_version"), link("visitor", to="visitor.id"),
)  # fmt: skip

_session = tenant(
    "session", "id", text("id"), text("visitor"), maybe_text("person"), text("source"), time("started"),
    time("last_at"), whole("fence"), link("visitor", to="visitor.id"), link("person", to="person.id"),
    link("source", to="source.id"),
)  # fmt: skip
Index(None, _session.c.workspace_id, _session.c.visitor, _session.c.last_at)
Index(None, _session.c.workspace_id, _session.c.last_at)
Index(None, _session.c.workspace_id, _session.c.person, _session.c.started)

tenant(
    "snapshot", "session", text("session"), whole("n"), whole("encoding"), raw("state"),
    link("session", to="session.id"), rowid=True,
)  # fmt: skip

tenant(
    "tape", "id", text("id"), text("visitor"), text("session"), whole("mark_seq"), time("origin"),
    link("visitor", to="visitor.id"), link("session", to="session.id"),
)  # fmt: skip

tenant(
    "tape_batch", "session n", text("session"), whole("n"), whole("count"), maybe_text("tape"),
    whole("first_seq"), whole("last_seq"), time("received_at"), time("origin"), whole("schema"),
    whole("encoding"), raw("body"), link("session", to="session.id"), link("tape", to="tape.id"), rowid=True,
)  # fmt: skip

_signal = tenant(
    "signal", "session n kind struggle tier", text("session"), whole("n"), text("kind"), text("struggle"),
    text("tier"), whole("place"), maybe_text("tape"), text("route"), text("element"), number("strength"),
    time("at"), text("body"), link("session", to="session.id"), link("tape", to="tape.id"), rowid=True,
)  # fmt: skip
Index(None, _signal.c.workspace_id, _signal.c.kind, _signal.c.at)
Index(None, _signal.c.workspace_id, _signal.c.element, _signal.c.at)

tenant(
    "assessment", "session n", text("session"), whole("n"), time("at"), text("body"),
    link("session", to="session.id"), rowid=True,
)  # fmt: skip

_decision = tenant(
    "decision", "id", text("id"), text("session"), whole("n"), time("at"), text("struggle"), text("signal"),
    text("action"), text("arm"), number("propensity"), number("risk"), text("body"),
    link("session", to="session.id"), rowid=True,
)  # fmt: skip
Index(None, _decision.c.workspace_id, _decision.c.session, _decision.c.n)

tenant(
    "exposure", "decision state", text("decision"), text("state"), time("at"), text("reason"),
    link("decision", to="decision.id"),
)  # fmt: skip

tenant(
    "cap_use", "unit cap period slot", text("unit"), text("cap"), text("period"), whole("slot"), time("at"),
    of_workspace(),
)  # fmt: skip

tenant(
    "dismissal", "unit struggle", text("unit"), text("struggle"), time("at"), text("reason"), of_workspace(),
)  # fmt: skip

_outcome = tenant(
    "outcome", "subject_kind subject kind", text("subject_kind"), text("subject"), text("kind"),
    maybe_text("decision"), time("at"), text("source"), text("reason"), of_workspace(),
    link("decision", to="decision.id"),
)  # fmt: skip
Index(None, _outcome.c.workspace_id, _outcome.c.decision)
Index(None, _outcome.c.workspace_id, _outcome.c.kind, _outcome.c.at)

tenant(
    "article", "id", text("id"), text("slug"), text("lang"), text("visibility"), text("state"),
    whole("published_n"), of_workspace(), UniqueConstraint("workspace_id", "slug", "lang"),
)  # fmt: skip

tenant(
    "revision", "article n", text("article"), whole("n"), text("hash"), text("author"), time("at"),
    text("body"), link("article", to="article.id"), rowid=True,
)  # fmt: skip

_passage = tenant(
    "passage", "id", text("id"), text("article"), whole("place"), text("body"), maybe_time("retired"),
    link("article", to="article.id"), rowid=True,
)  # fmt: skip
Index(None, _passage.c.workspace_id, _passage.c.article)
