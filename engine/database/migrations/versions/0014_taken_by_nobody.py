"""Tasks of a queue that nobody has taken, and a person's own, are found without going through the queue.

Revision: 0014, after 0013.
"""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Where everything in a long queue is taken, the count of what is not went through all of it."""
    op.drop_index("ix_task_claimed", "task")
    op.execute("CREATE INDEX ix_task_claimed ON task (claimed_by_id, unit_id, role) WHERE state = 'open'")
