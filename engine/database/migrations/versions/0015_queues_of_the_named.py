"""Whose tasks stand in a queue is read from its index.

Revision: 0015, after 0014.
"""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A name that many bear is met in the order of the queue, without a look at each task."""
    op.drop_index("ix_task_work_list", "task")
    op.execute(
        "CREATE INDEX ix_task_work_list ON task (unit_id, role, urgent_at, id) INCLUDE (dossier_id, claimed_by_id) "
        "WHERE state = 'open'"
    )
