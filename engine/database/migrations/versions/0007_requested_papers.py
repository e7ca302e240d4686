"""Requests for papers keep their rows: which component, what it lacks, how many are wanted.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table requested_paper."""
    op.create_table(
        "requested_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("originals", sa.Integer(), nullable=False),
        sa.Column("certified_copies", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_requested_paper_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_paper")),
    )
    op.create_index(op.f("ix_requested_paper_dossier_id"), "requested_paper", ["dossier_id"], unique=False)
