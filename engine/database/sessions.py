"""Connections: one engine a process, one session a unit of work."""

from __future__ import annotations

from time import monotonic
from typing import Any

import orjson
import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from engine.database import dialect

RESTED = 1.0
"""Seconds after which a connection may have died unnoticed."""


OPTIONS = "-c timezone=UTC -c max_parallel_workers_per_gather=0"
"""Nobody waits for a report here: to start a parallel worker takes longer than what a page reads."""


def make_engine(url: str, pool_size: int = 10) -> Engine:
    """The engine for `url` (`postgresql://…`), speaking psycopg 3 and UTC.

    What is written never appears in the text of an error, because errors are logged. The isolation level is
    PostgreSQL's READ COMMITTED: what must not change under an action is locked by row.
    """
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        url = f"postgresql+{dialect.NAME}://" + url.removeprefix("postgresql://")
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        json_serializer=_as_json,
        json_deserializer=orjson.loads,
        connect_args={"options": OPTIONS, "application_name": "motcua", "prepare_threshold": 2},
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _see_that_it_lives)
    return engine


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = monotonic()


def _see_that_it_lives(raw: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A connection that has rested is asked whether it still lives; the pool replaces it, and those like it, if not.

    One that was in use a moment ago is not: the question would be a quarter of what a short step sends.
    """
    if monotonic() - record.info.get("used_at", monotonic()) > RESTED:
        try:
            raw.execute("SELECT 1")
            raw.rollback()
        except psycopg.Error as failure:
            raise DisconnectionError() from failure


def _as_json(value: object) -> str:
    """Dates and moments as ISO 8601, anything else unknown as its text."""
    return orjson.dumps(value, default=str).decode()


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions; nobody but the edge (a view, a job, a command) commits one."""
    return sessionmaker(engine, expire_on_commit=False)
