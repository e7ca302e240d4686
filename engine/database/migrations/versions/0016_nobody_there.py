"""Money may come in without a clerk, and a message that could not be sent is an incident.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Nobody has collected what was paid on the portal, or what was waived when a timer or a message came."""
    op.alter_column("payment", "collected_by_id", nullable=True)
    op.add_column("incident", sa.Column("outgoing_message_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_incident_outgoing_message_id_outgoing_message"),
        "incident",
        "outgoing_message",
        ["outgoing_message_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_incident_sending"), "incident", "(cause = 'sending') = (outgoing_message_id IS NOT NULL)"
    )
