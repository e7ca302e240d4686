"""Charges keep their English name, as the table of fees gave it when they were charged.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add charge.name_en."""
    op.add_column("charge", sa.Column("name_en", sa.String(), nullable=False, server_default=""))
    op.alter_column("charge", "name_en", server_default=None)
