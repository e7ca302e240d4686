"""Reading on the shortest way: statements compiled once, rows as psycopg gives them, instances made of plain values.

For what every step reads. SQLAlchemy describes the result of a wide statement anew at each execution, which costs
several times what the database needs for it (docs/performance.md). Everything else is read by the session as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import psycopg
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session, class_mapper
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from engine.database.base import Base

Instance = TypeVar("Instance", bound=Base)
MappedColumn = InstrumentedAttribute[Any]
Row = tuple[Any, ...]


class Prepared:
    """A statement of SQLAlchemy's, put together and compiled when first executed; its parameters are `bindparam`s."""

    def __init__(self, statement: Callable[[], ClauseElement]) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        """The text, and the values that stand in the statement itself (words of enumerations as plain text)."""
        compiled = self._statement().compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
        own = {name: str(value) if isinstance(value, str) else value for name, value in compiled.params.items()}
        return str(compiled), own

    def rows(self, session: Session, **parameters: Any) -> list[Row]:
        """Execute within the session's transaction; what it holds is written before, unless under `no_autoflush`.

        Raises DBAPIError as SQLAlchemy does.
        """
        if session.autoflush:
            session.flush()
        text, own = self._compiled
        return execute(session, text, own | parameters)


def execute(session: Session, text: str, parameters: Mapping[str, Any]) -> list[Row]:
    """Execute a statement in psycopg's own notation on the session's connection; raises DBAPIError.

    Whoever listens to SQLAlchemy's statements hears of it like of every other.
    """
    connection = session.connection()
    raw: psycopg.Connection[Row] = connection.connection.driver_connection  # type: ignore[assignment]
    cursor = raw.cursor()
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, text, parameters, None, False)
    try:
        rows = cursor.execute(text, parameters).fetchall()
    except psycopg.Error as failure:
        if raw.closed:
            connection.invalidate(failure)
        raise DBAPIError.instance(
            text, None, failure, psycopg.Error, hide_parameters=True, connection_invalidated=raw.closed
        ) from failure
    for hear in connection.dispatch.after_cursor_execute:
        hear(connection, cursor, text, parameters, None, False)
    return rows


@cache
def columns_of(kind: type[Base]) -> tuple[MappedColumn, ...]:
    """The columns that an instance is made of: all but those that are only loaded when asked for."""
    return tuple(getattr(kind, name) for name in _names_of(kind))


def placed(
    session: Session,
    kind: type[Instance],
    values: Sequence[Any],
    related: Mapping[str, Base | None] = MappingProxyType({}),
    *,
    refresh: bool = True,
) -> Instance:
    """The instance of this row as if the session had just loaded it; `values` in the order of `columns_of`.

    `related` are the instances behind its relationships. What the session already holds is brought up to date, or
    without `refresh` left as it is, as the session's own queries do.
    """
    content = dict(zip(_names_of(kind), values, strict=True)) | {**related}
    held: Instance | None = session.identity_map.get(_identity(kind, content))
    if held is not None:
        known = held.__dict__
        for name, value in content.items() if refresh else ():
            if name not in known or known[name] != value:
                set_committed_value(held, name, value)
        return held
    instance = made(kind, content)
    adopt(session, instance)
    return instance


def adopt(session: Session, instance: Base) -> None:
    """Let the session hold the instance as one that it has loaded; `add` would look through all its relationships."""
    state = instance_state(instance)
    state.key, state.session_id = _identity(type(instance), instance.__dict__), session.hash_key
    session.identity_map.add(state)


def add(session: Session, instance: Base) -> None:
    """Let the session write this new row; `Session.add` would look through all its relationships, whose instances have
    to be the session's already."""
    state = instance_state(instance)
    state.session_id = session.hash_key
    session._new[state] = instance
    state.insert_order = len(session._new)


def forget(session: Session, instances: Iterable[Base]) -> None:
    """Take rows that are written or deleted out of the session; `expunge` would look through all relationships."""
    session._expunge_states([instance_state(instance) for instance in instances])


def unread(session: Session, kind: type[Instance], **key: Any) -> Instance:
    """The instance with this key, in the session but not read: to be deleted, and nothing else."""
    held: Instance | None = session.identity_map.get(_identity(kind, key))
    if held is not None:
        return held
    instance = made(kind, key)
    adopt(session, instance)
    return instance


def made(kind: type[Instance], values: Mapping[str, Any]) -> Instance:
    """A new row of this kind, without the mapper's bookkeeping of each attribute; what is not named is its default.

    For rows that are made by the dozen. A relationship among the values needs the foreign key beside it.
    """
    instance: Instance = _mapper_of(kind).class_manager.new_instance()
    instance.__dict__.update(values)
    return instance


def _identity(kind: type[Base], content: Mapping[str, Any]) -> Any:
    """Under which key a session holds the row."""
    mapper = _mapper_of(kind)
    return mapper.identity_key_from_primary_key(tuple(content[str(column.key)] for column in mapper.primary_key))


@cache
def _mapper_of(kind: type[Instance]) -> Mapper[Instance]:
    return class_mapper(kind)


@cache
def _names_of(kind: type[Base]) -> tuple[str, ...]:
    return tuple(attribute.key for attribute in class_mapper(kind).column_attrs if not attribute.deferred)
