"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("holdout", sa.Float(), nullable=False),
        sa.Column("knowledge", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "account",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_account_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("workspace_id", "external_id", name=op.f("uq_account_workspace_id_external_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "article",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_article_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_article")),
        sa.UniqueConstraint("workspace_id", "slug", "lang", name=op.f("uq_article_workspace_id_slug_lang")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cap_use",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cap", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_cap_use_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "unit", "cap", "period", "slot", name=op.f("pk_cap_use")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dismissal",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("struggle", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_dismissal_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "unit", "struggle", name=op.f("pk_dismissal")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("origins", sa.Text(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("honour_privacy_signals", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_source_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_source")),
        sa.UniqueConstraint("key", name=op.f("uq_source_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "visitor",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_visitor_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_visitor")),
        sa.UniqueConstraint("workspace_id", "secret_hash", name=op.f("uq_visitor_workspace_id_secret_hash")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "visitor"],
            ["visitor.workspace_id", "visitor.id"],
            name=op.f("fk_consent_workspace_id_visitor"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "visitor", "purpose", "at", name=op.f("pk_consent")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passage",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("retired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "article"],
            ["article.workspace_id", "article.id"],
            name=op.f("fk_passage_workspace_id_article"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_passage")),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("passage", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_passage_workspace_id_article"), ["workspace_id", "article"], unique=False
        )

    op.create_table(
        "person",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("traits", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account"],
            ["account.workspace_id", "account.id"],
            name=op.f("fk_person_workspace_id_account"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_person_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("workspace_id", "external_id", name=op.f("uq_person_workspace_id_external_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_workspace_id_account"), ["workspace_id", "account"], unique=False
        )

    op.create_table(
        "revision",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "article"],
            ["article.workspace_id", "article.id"],
            name=op.f("fk_revision_workspace_id_article"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "article", "n", name=op.f("pk_revision")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "alias",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person"],
            ["person.workspace_id", "person.id"],
            name=op.f("fk_alias_workspace_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "visitor"],
            ["visitor.workspace_id", "visitor.id"],
            name=op.f("fk_alias_workspace_id_visitor"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "visitor", "person", "at", name=op.f("pk_alias")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person"],
            ["person.workspace_id", "person.id"],
            name=op.f("fk_session_workspace_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "source"],
            ["source.workspace_id", "source.id"],
            name=op.f("fk_session_workspace_id_source"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "visitor"],
            ["visitor.workspace_id", "visitor.id"],
            name=op.f("fk_session_workspace_id_visitor"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_session")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_workspace_id_last_at"), ["workspace_id", "last_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_session_workspace_id_person_started"),
            ["workspace_id", "person", "started"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_session_workspace_id_visitor_last_at"),
            ["workspace_id", "visitor", "last_at"],
            unique=False,
        )

    op.create_table(
        "assessment",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session"],
            ["session.workspace_id", "session.id"],
            name=op.f("fk_assessment_workspace_id_session"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "session", "n", name=op.f("pk_assessment")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "decision",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("struggle", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session"],
            ["session.workspace_id", "session.id"],
            name=op.f("fk_decision_workspace_id_session"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_decision")),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_workspace_id_session_n"), ["workspace_id", "session", "n"], unique=False
        )

    op.create_table(
        "snapshot",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session"],
            ["session.workspace_id", "session.id"],
            name=op.f("fk_snapshot_workspace_id_session"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "session", name=op.f("pk_snapshot")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "tape",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("mark_seq", sa.Integer(), nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session"],
            ["session.workspace_id", "session.id"],
            name=op.f("fk_tape_workspace_id_session"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "visitor"],
            ["visitor.workspace_id", "visitor.id"],
            name=op.f("fk_tape_workspace_id_visitor"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_tape")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exposure",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "decision"],
            ["decision.workspace_id", "decision.id"],
            name=op.f("fk_exposure_workspace_id_decision"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "decision", "state", name=op.f("pk_exposure")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcome",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "decision"],
            ["decision.workspace_id", "decision.id"],
            name=op.f("fk_outcome_workspace_id_decision"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_outcome_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "subject_kind", "subject", "kind", name=op.f("pk_outcome")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outcome_workspace_id_decision"), ["workspace_id", "decision"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outcome_workspace_id_kind_at"), ["workspace_id", "kind", "at"], unique=False
        )

    op.create_table(
        "signal",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("struggle", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("tape", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session"],
            ["session.workspace_id", "session.id"],
            name=op.f("fk_signal_workspace_id_session"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "tape"],
            ["tape.workspace_id", "tape.id"],
            name=op.f("fk_signal_workspace_id_tape"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "session", "n", "kind", "struggle", "tier", name=op.f("pk_signal")
        ),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signal_workspace_id_element_at"), ["workspace_id", "element", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_signal_workspace_id_kind_at"), ["workspace_id", "kind", "at"], unique=False
        )

    op.create_table(
        "tape_batch",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("tape", sa.Text(), nullable=True),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session"],
            ["session.workspace_id", "session.id"],
            name=op.f("fk_tape_batch_workspace_id_session"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "tape"],
            ["tape.workspace_id", "tape.id"],
            name=op.f("fk_tape_batch_workspace_id_tape"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "session", "n", name=op.f("pk_tape_batch")),
        sqlite_with_rowid=True,
    )


def downgrade() -> None:
    op.drop_table("tape_batch")
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signal_workspace_id_kind_at"))
        batch_op.drop_index(batch_op.f("ix_signal_workspace_id_element_at"))

    op.drop_table("signal")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_workspace_id_kind_at"))
        batch_op.drop_index(batch_op.f("ix_outcome_workspace_id_decision"))

    op.drop_table("outcome")
    op.drop_table("exposure")
    op.drop_table("tape")
    op.drop_table("snapshot")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_workspace_id_session_n"))

    op.drop_table("decision")
    op.drop_table("assessment")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_workspace_id_visitor_last_at"))
        batch_op.drop_index(batch_op.f("ix_session_workspace_id_person_started"))
        batch_op.drop_index(batch_op.f("ix_session_workspace_id_last_at"))

    op.drop_table("session")
    op.drop_table("alias")
    op.drop_table("revision")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_workspace_id_account"))

    op.drop_table("person")
    with op.batch_alter_table("passage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passage_workspace_id_article"))

    op.drop_table("passage")
    op.drop_table("consent")
    op.drop_table("visitor")
    op.drop_table("source")
    op.drop_table("dismissal")
    op.drop_table("cap_use")
    op.drop_table("article")
    op.drop_table("account")
    op.drop_table("workspace")
