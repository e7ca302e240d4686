"""Connections: one engine a process, one session a unit of work."""

from __future__ import annotations

import orjson
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker


def make_engine(url: str, pool_size: int = 10) -> Engine:
    """The engine for `url` (`postgresql://…`), speaking psycopg 3 and UTC.

    What is written never appears in the text of an error, because errors are logged. The isolation level is
    PostgreSQL's READ COMMITTED: what must not change under an action is locked by row.
    """
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=_as_json,
        json_deserializer=orjson.loads,
        connect_args={"options": "-c timezone=UTC", "application_name": "motcua"},
    )


def _as_json(value: object) -> str:
    """Dates and moments as ISO 8601, anything else unknown as its text."""
    return orjson.dumps(value, default=str).decode()


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions; nobody but the edge (a view, a job, a command) commits one."""
    return sessionmaker(engine, expire_on_commit=False)
