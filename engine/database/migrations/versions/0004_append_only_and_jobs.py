"""Event logs that can only grow, and the queue of background jobs.

Revision: 0004, after 0003.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004"
down_revision = "0003"

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER administration_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON administration_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
"""Whoever asks: even a statement that would touch no row is refused."""


def upgrade() -> None:
    """Guard the event logs, and create procrastinate's own schema as its version in use ships it."""
    execute_script(APPEND_ONLY)
    execute_script(SchemaManager.get_schema())


def execute_script(script: str) -> None:
    """Run several statements at once as they are written: without parameters a % is only a %."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(script)
