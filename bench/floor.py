"""The floor: what a bare psycopg transaction needs that reads and writes the same rows and bytes as one completion.

What a completion wrote is found by looking at every row of the dossier before and after it. The same rows are then
written into a copy of the whole database (same tables, indexes, keys and triggers), with nothing in between: no object
mapper, no workflow, no form, no rights; prepared statements, one connection that stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from engine.database.migrating import all_tables

Row = dict[str, Any]
Rows = dict[str, dict[Any, Row]]
"""By table and primary key."""

DEFER = """SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[
    ROW(%s, %s, 0, NULL, NULL, %s::jsonb, NULL)]::procrastinate_job_to_defer_v1[]))"""

READS = (
    """SELECT * FROM dossier JOIN party ON party.id = applicant_id JOIN unit c ON c.id = counter_id
       JOIN unit d ON d.id = deciding_unit_id WHERE dossier.id = %(dossier)s FOR UPDATE OF dossier""",
    "SELECT * FROM workflow_state WHERE dossier_id = %(dossier)s",
    "SELECT * FROM task WHERE dossier_id = %(dossier)s AND state = 'open'",
    """SELECT * FROM api_token t JOIN person p ON p.id = t.person_id JOIN membership m ON m.person_id = p.id
       WHERE t.token_hash = %(token)s""",
)
"""Lock the dossier with its party and units; its state; its open tasks; who acts with which rights."""


@dataclass(frozen=True, slots=True)
class Change:
    """The statements that write what one completion has written."""

    dossier_id: int
    statements: tuple[tuple[str, list[Any]], ...]

    @property
    def number(self) -> int:
        """How many statements the floor needs, reads included."""
        return len(READS) + len(self.statements)


def tables_of_dossiers() -> dict[str, str]:
    """Every table with rows of a dossier, those first that others point at, with the column that names the dossier."""
    tables = all_tables().sorted_tables
    named = {table.name: "dossier_id" for table in tables if "dossier_id" in table.columns}
    return {"dossier": "id"} | named


def look(connection: psycopg.Connection[Any], dossier_id: int) -> Rows:
    """Every row of the dossier, jobs of the queue included."""
    found: Rows = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for table, column in tables_of_dossiers().items():
            query = sql.SQL("SELECT * FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column))
            key = "dossier_id" if table == "workflow_state" else "id"
            found[table] = {row[key]: row for row in cursor.execute(query, (dossier_id,))}
        jobs = "SELECT id, queue_name, task_name, args FROM procrastinate_jobs WHERE args->>'dossier_id' = %s"
        found["procrastinate_jobs"] = {row["id"]: row for row in cursor.execute(jobs, (str(dossier_id),))}
    connection.rollback()
    return found


def difference(dossier_id: int, before: Rows, after: Rows) -> Change:
    """What has to be written to get from `before` to `after`, in as few statements as it takes."""
    return Change(dossier_id, tuple(_statements(before, after)))


def _statements(before: Rows, after: Rows) -> Iterator[tuple[str, list[Any]]]:
    for table, rows in after.items():
        old = before[table]
        added = [row for key, row in rows.items() if key not in old]
        if table == "procrastinate_jobs":
            yield from ((DEFER, [job["queue_name"], job["task_name"], Jsonb(job["args"])]) for job in added)
            continue
        if added:
            yield _insert(table, added)
        for key, row in rows.items():
            if key in old and row != old[key]:
                yield _update(table, old[key], row)
        for key in old.keys() - rows.keys():
            query = sql.SQL("DELETE FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(_key(table)))
            yield query.as_string(), [key]


def _key(table: str) -> str:
    return "dossier_id" if table == "workflow_state" else "id"


def _insert(table: str, rows: list[Row]) -> tuple[str, list[Any]]:
    columns = list(rows[0])
    one = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
    query = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join([one] * len(rows))
    )
    return query.as_string(), [sendable(row[column]) for row in rows for column in columns]


def _update(table: str, old: Row, new: Row) -> tuple[str, list[Any]]:
    changed = [column for column in new if new[column] != old[column]]
    values = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in changed)
    query = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(sql.Identifier(table), values, sql.Identifier(_key(table)))
    return query.as_string(), [*(sendable(new[column]) for column in changed), new[_key(table)]]


def sendable(value: Any) -> Any:
    """The value as psycopg takes it."""
    return Jsonb(value) if isinstance(value, dict | list) else value


def replay(connection: psycopg.Connection[Any], change: Change, token_hash: str) -> None:
    """The floor itself: read, write, commit."""
    parameters: Mapping[str, Any] = {"dossier": change.dossier_id, "token": token_hash}
    for query in READS:
        connection.execute(query, parameters).fetchall()
    for statement, values in change.statements:
        connection.execute(statement, values)
    connection.commit()
