"""Room in the pages of dossiers for their next state.

Revision: 0012, after 0011.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Leave a quarter of each page free: a dossier changes ten times while it runs, and a change that finds room in
    its page touches no index, of which those of the names have twenty entries each."""
    op.execute("ALTER TABLE dossier SET (fillfactor = 75)")
