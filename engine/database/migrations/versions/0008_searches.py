"""Searches among very many dossiers: all beginnings of the words of a name, and a unit's dossiers in order.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WORD_BEGINNINGS = r"""
CREATE FUNCTION word_beginnings(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(DISTINCT left(word, size)), '{}')
    FROM regexp_split_to_table(words, '[\x01-/:-@\[-`{-\x7f]+') AS word,
        generate_series(1, least(length(word), 40)) AS size
)
"""
"""The same words, of the same length at most, as `engine.identities.words_of`, whatever the database's locale."""


def upgrade() -> None:
    """Keep names by the beginnings of their words; index dossiers by unit in the order in which they came, and tasks
    by dossier and state."""
    op.execute(WORD_BEGINNINGS)
    op.drop_column("dossier", "folded_words")
    beginnings = sa.Computed("word_beginnings((folded_name)::text)", persisted=True)
    op.add_column("dossier", sa.Column("name_beginnings", sa.ARRAY(sa.Text()), beginnings, nullable=False))
    op.create_index("ix_dossier_beginnings", "dossier", ["name_beginnings"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_dossier_open_beginnings",
        "dossier",
        ["name_beginnings"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_dossier_counter_id"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_deciding_unit_id"), table_name="dossier")
    op.create_index("ix_dossier_counter_id_id", "dossier", ["counter_id", "id"], unique=False)
    op.create_index("ix_dossier_deciding_unit_id_id", "dossier", ["deciding_unit_id", "id"], unique=False)
    op.drop_index(op.f("ix_task_dossier_id"), table_name="task")
    op.create_index("ix_task_dossier_id_state", "task", ["dossier_id", "state"], unique=False)
    op.create_index("ix_task_unit_id_dossier_id", "task", ["unit_id", "dossier_id"], unique=False)
