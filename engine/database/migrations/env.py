"""Alembic's entry: runs the revisions in the transaction of the connection that engine.database.migrating opened."""

from alembic import context

from engine.database.migrating import all_tables, is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    include_object=is_ours,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
