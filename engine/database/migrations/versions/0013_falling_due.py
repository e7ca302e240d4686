"""What falls due next is found by due date alone.

Revision: 0013, after 0012.
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Who leads the centre asks for what falls due in all agencies; by agency first, all open dossiers were sorted."""
    op.drop_index("ix_dossier_open_due", "dossier")
    op.execute(
        "CREATE INDEX ix_dossier_open_due ON dossier (due_at, id)"
        " WHERE closed_at IS NULL AND processing_ended_at IS NULL"
    )
