"""SQLAlchemy's way to psycopg, with one difference: undoing a transaction does not forget prepared statements."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

NAME = "motcua"

MOST_PREPARED = 400
"""Statements that a connection keeps prepared; the texts that this program sends are fewer."""


class Dialect(PGDialect_psycopg):
    """`postgresql+motcua://`

    psycopg drops a connection's prepared statements at every rollback, in case that tables were made or dropped in
    the transaction. Here only migrations do that, on connections of their own; but every request that only reads ends
    with a rollback, and planning the widest statement anew takes several times its execution.
    """

    driver = NAME
    supports_statement_cache = True

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Undo the transaction; raises psycopg.OperationalError when the server is gone."""
        connection: psycopg.Connection[Any] = getattr(dbapi_connection, "driver_connection", dbapi_connection)
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        result = connection.pgconn.exec_(b"ROLLBACK")
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(result.get_error_message())

    def on_connect(self) -> Any:
        """As psycopg's, with room for all our statements."""
        usual = super().on_connect()  # type: ignore[no-untyped-call]

        def prepare(connection: psycopg.Connection[Any]) -> None:
            if usual is not None:
                usual(connection)
            connection.prepared_max = MOST_PREPARED

        return prepare


registry.register(f"postgresql.{NAME}", __name__, Dialect.__name__)
