"""Wrong passwords are counted by the network they come from, too.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the network to login_failure; failures that are there already have none."""
    op.add_column("login_failure", sa.Column("network_digest", sa.String(length=64), nullable=True))
    op.create_index("ix_login_failure_network_digest_at", "login_failure", ["network_digest", "at"], unique=False)
