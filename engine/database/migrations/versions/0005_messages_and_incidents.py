"""Messages from and to the outside, incidents, and what a dossier's state needs to know of both.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables, and extend the table workflow_state."""
    create_message()
    create_outgoing_message()
    create_incident()
    extend_workflow_state()


def create_message() -> None:
    """Create the table message."""
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("addressee", sa.String(length=80), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_vi", sa.String(), nullable=False),
        sa.Column("reason_en", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_message_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["sender_id"], ["person.id"], name=op.f("fk_message_sender_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("uq_message_dossier_id_key", "message", ["dossier_id", "key"], unique=True)
    op.create_index(
        "ix_message_kept", "message", ["dossier_id", "id"], unique=False, postgresql_where=sa.text("state = 'kept'")
    )


def create_outgoing_message() -> None:
    """Create the table outgoing_message."""
    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_outgoing_message_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
    )
    op.create_index(op.f("ix_outgoing_message_dossier_id"), "outgoing_message", ["dossier_id"], unique=False)
    op.create_index(
        "ix_outgoing_message_unsent",
        "outgoing_message",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'sent'"),
    )


def create_incident() -> None:
    """Create the table incident."""
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("element_id", sa.String(length=80), nullable=True),
        sa.Column("reason_vi", sa.String(), nullable=False),
        sa.Column("reason_en", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.CheckConstraint("(cause = 'message') = (message_id IS NOT NULL)", name=op.f("ck_incident_message")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_incident_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_incident_message_id_message")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["person.id"], name=op.f("fk_incident_resolved_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_dossier_id"), "incident", ["dossier_id"], unique=False)
    op.create_index(
        "ix_incident_open", "incident", ["first_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )


def extend_workflow_state() -> None:
    """Add the columns to the table workflow_state; defaults in the database let the version before ours still write."""
    op.add_column("workflow_state", sa.Column("kept_messages", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("workflow_state", sa.Column("halted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_workflow_state_next_due_at", table_name="workflow_state")
    op.create_index(
        "ix_workflow_state_due",
        "workflow_state",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("NOT halted"),
    )
