"""Receipts are numbered by the centre, so that two counters of it never print the same number.

Revision: 0006, after 0005.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let the centre's series go on behind the highest number that one of its counters has printed."""
    op.execute("""
        WITH counted AS (
            SELECT 'receipt/' || centre.code || '/' || split_part(series.name, '/', 3) AS name, max(series.last) AS last
            FROM number_series AS series
            JOIN unit AS counter ON counter.code = split_part(series.name, '/', 2)
            JOIN unit AS centre ON centre.id = counter.parent_id
            WHERE series.name LIKE 'receipt/%' AND counter.kind = 'counter'
            GROUP BY 1
        )
        INSERT INTO number_series (name, last) SELECT name, last FROM counted
    """)
    op.execute("""
        DELETE FROM number_series AS series
        USING unit AS counter
        WHERE series.name LIKE 'receipt/%'
          AND counter.code = split_part(series.name, '/', 2)
          AND counter.kind = 'counter'
          AND counter.parent_id IS NOT NULL
    """)
