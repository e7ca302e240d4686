"""Writing on the shortest way: all new, changed and deleted rows that a session holds, in one statement.

The session's own flush sorts, prepares and sends table by table and row by row, which costs several times what the
database needs for it (docs/performance.md). One statement does the same for rows that need nothing else: PostgreSQL
checks foreign keys when the statement ends, so that the order within it means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Column
from sqlalchemy.orm import RelationshipDirection, Session, class_mapper
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from engine.database import direct
from engine.database.base import Base


def write_changes(session: Session, forget: tuple[type[Base], ...] = ()) -> None:
    """Write what the session holds, as `session.flush()` does and in one statement where that is possible.

    New rows of the kinds in `forget` get their ids from the database and are no longer the session's afterwards. What
    needs more than that (another id that the database gives, a collection, a savepoint) is left to `flush`.
    Raises DBAPIError, and StaleDataError when a row to be changed is gone.
    """
    new, dirty, deleted = list(session.new), list(session.dirty), list(session.deleted)
    if session.in_nested_transaction():
        session.flush()
        return
    try:
        writing = _Writing(forget)
        for instance in new:
            writing.insert(instance)
        for instance in dirty:
            writing.update(instance)
        for instance in deleted:
            writing.delete(instance)
    except _NeedsFlush:
        session.flush()
        return
    writing.execute(session)
    _settle(session, forget, new, dirty, deleted)


class _NeedsFlush(Exception):
    """Something that only the session's own flush knows how to write."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What has to be known of a mapped class to write its instances."""

    table: str
    columns: Mapping[str, Column[Any]]
    """By attribute; those that the database computes are left out."""
    keys: tuple[str, ...]
    defaults: Mapping[str, Callable[[], Any]]
    """What a new row gets that says nothing of a column; where only the database knows, this raises _NeedsFlush."""
    links: Mapping[str, tuple[str, str]]
    """Many-to-one relationships: the attribute that holds the foreign key, and what it takes of the other instance."""


@cache
def _shape_of(kind: type[Base]) -> _Shape:
    mapper = class_mapper(kind)
    columns = {
        attribute.key: attribute.columns[0]
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0], Column) and attribute.columns[0].computed is None
    }
    links = {}
    for relation in mapper.relationships:
        if relation.direction is RelationshipDirection.MANYTOONE and len(relation.local_remote_pairs) == 1:
            own, other = relation.local_remote_pairs[0]
            links[relation.key] = (str(own.key), str(other.key))
    keys = tuple(str(column.key) for column in mapper.primary_key)
    defaults = {name: _default(column) for name, column in columns.items()}
    return _Shape(str(mapper.local_table), columns, keys, defaults, links)


@dataclass(slots=True)
class _Writing:
    """One statement that is being put together, and the rows that it carries as one JSON parameter."""

    forget: tuple[type[Base], ...]
    rows: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = field(default_factory=dict)
    """New rows, by table and columns."""
    changes: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    """Rows to be changed or deleted: what is done to which table, how the row is found, and its values."""
    known: list[tuple[Base, dict[str, Any]]] = field(default_factory=list)
    """What the instances hold once it is written; until then they stay as they are, because `flush` may be needed."""

    def insert(self, instance: Base) -> None:
        shape = _shape_of(type(instance))
        values = _own_values(instance, shape, instance.__dict__)
        for name in shape.defaults.keys() - values.keys():
            values[name] = shape.defaults[name]()
        if values[shape.keys[0]] is None:
            if not isinstance(instance, self.forget):
                raise _NeedsFlush
            del values[shape.keys[0]]
        self.known.append((instance, values))
        self.rows.setdefault((shape.table, tuple(sorted(values))), []).append(_sendable(values))

    def update(self, instance: Base) -> None:
        shape, before = _shape_of(type(instance)), instance_state(instance).committed_state
        touched = _own_values(instance, shape, before)
        changed = (name for name in sorted(touched) if name not in before or before[name] != touched[name])
        values = {name: touched[name] for name in changed}
        if values:
            self.known.append((instance, values))
            setting = ", ".join(f"{name} = r.{name}" for name in values)
            self._change(instance, shape, f"UPDATE {shape.table} t SET {setting} FROM", values)

    def delete(self, instance: Base) -> None:
        shape = _shape_of(type(instance))
        if class_mapper(type(instance)).relationships:
            raise _NeedsFlush
        self._change(instance, shape, f"DELETE FROM {shape.table} t USING", {})

    def _change(self, instance: Base, shape: _Shape, verb: str, values: Mapping[str, Any]) -> None:
        key = {column: instance.__dict__[column] for column in shape.keys}
        found = " AND ".join(f"t.{column} = r.{column}" for column in shape.keys)
        self.changes.append((verb, shape.table, found, _sendable({**key, **values})))

    def execute(self, session: Session) -> None:
        """Send it, and see that every row to be changed was there.

        The parts stand in the order of their texts: the same changes are the same statement, whichever came first, so
        that the database soon knows its plan.
        """
        parts: list[str] = []
        carried: dict[str, Any] = {}
        for number, (verb, table, found, values) in enumerate(sorted(self.changes, key=itemgetter(0, 1, 2))):
            name = f"c{number}"
            carried[name] = values
            record = f"jsonb_populate_record(NULL::{table}, %(rows)s::jsonb -> '{name}') r"
            parts.append(f"{name} AS ({verb} {record} WHERE {found} RETURNING 1)")
        for number, ((table, columns), rows) in enumerate(sorted(self.rows.items(), key=itemgetter(0))):
            name, listed = f"n{number}", ", ".join(columns)
            carried[name] = rows
            records = f"jsonb_populate_recordset(NULL::{table}, %(rows)s::jsonb -> '{name}')"
            parts.append(f"{name} AS (INSERT INTO {table} ({listed}) SELECT {listed} FROM {records})")
        if not parts:
            return
        counted = " + ".join(f"(SELECT count(*) FROM c{number})" for number in range(len(self.changes))) or "0"
        text = f"WITH {', '.join(parts)} SELECT {counted}"  # noqa: S608 - names of our own tables and columns
        sent = {"rows": orjson.dumps(carried, default=str).decode()}
        changed = direct.execute(session, text, sent)[0][0]
        if changed != len(self.changes):
            raise StaleDataError(f"{changed} of {len(self.changes)} rows were there to be changed")
        for instance, values in self.known:
            instance.__dict__.update(values)


def _own_values(instance: Base, shape: _Shape, touched: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the columns that stand behind the touched attributes."""
    content, values = instance.__dict__, {}
    for name in touched:
        if name in shape.columns:
            values[name] = content.get(name)
    for name in touched:
        if name in shape.links:
            own, other = shape.links[name]
            linked = content.get(name)
            values[own] = None if linked is None else linked.__dict__.get(other)
            if linked is not None and values[own] is None:
                raise _NeedsFlush
        elif name not in shape.columns and content.get(name) and name != "_sa_instance_state":
            raise _NeedsFlush
    return values


def _default(column: Column[Any]) -> Callable[[], Any]:
    default = column.default
    if isinstance(default, ScalarElementColumnDefault):
        return lambda: default.arg
    if isinstance(default, CallableColumnDefault):
        return lambda: default.arg(None)  # type: ignore[arg-type]
    return _ask_the_database if column.server_default is not None else lambda: None


def _ask_the_database() -> Any:
    raise _NeedsFlush


def _sendable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON carries them to a row of their table."""
    return {name: "\\x" + value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


def _settle(
    session: Session, forget: tuple[type[Base], ...], new: list[Base], dirty: list[Base], deleted: list[Base]
) -> None:
    """The session's instances are now as the database has them."""
    direct.forget(session, (*new, *deleted))
    for instance in _remembered(new, forget):
        state = instance_state(instance)
        state._commit_all(state.dict)
        direct.adopt(session, instance)
    for instance in dirty:
        state = instance_state(instance)
        state._commit_all(state.dict, session.identity_map)


def _remembered(new: list[Base], forget: tuple[type[Base], ...]) -> Iterator[Base]:
    return (instance for instance in new if not isinstance(instance, forget))
