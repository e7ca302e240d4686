"""Money may come in without a clerk: the national portal or the bank tells of it by a message.

Revision: 0016, after 0015.
"""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Nobody has collected what was paid on the portal, or what was waived when a timer or a message came."""
    op.alter_column("payment", "collected_by_id", nullable=True)
