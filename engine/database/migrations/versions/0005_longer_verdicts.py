"""Room for every verdict of a consulted agency, `agree_with_conditions` being the longest.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Widen the column; no row changes."""
    op.alter_column("opinion", "verdict", type_=sa.String(40), existing_type=sa.String(20))
