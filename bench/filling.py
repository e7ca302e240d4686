"""Fills the database with very many dossiers, most finished, some at each step of the way: the database itself copies
real ones under other numbers, names and dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg
from psycopg import sql

from bench.figures import show
from bench.names import invented_name
from bench.office import WAY, Office, acting, now, open_task, receive
from engine.database.migrating import all_tables
from engine.dossiers.operations import complete_task
from engine.identities import fold

YOUNGEST, RUNNING = 5, 2
"""Of the youngest fifth of the dossiers one in two still runs, a tenth of all."""

OLDEST, LATEST = timedelta(days=730), timedelta(days=14)
"""How old the oldest dossier is, and how old one that still runs may be."""

EVENTS_KEPT = 10
"""Events per dossier; real ones have four times as many, but the log is only ever read by dossier."""

BATCH = 20_000

PATTERNS = {
    "party": "SELECT d.id AS pattern, r.* FROM dossier d JOIN party r ON r.id = d.applicant_id",
    "dossier": "SELECT id AS pattern, * FROM dossier",
    "task": "SELECT dossier_id AS pattern, * FROM task",
    "workflow_state": "SELECT dossier_id AS pattern, * FROM workflow_state",
    "event": f"""
        SELECT * FROM (
            SELECT dossier_id AS pattern, row_number() OVER (PARTITION BY dossier_id ORDER BY id DESC) - 1 AS place, *
            FROM event
        ) ranked WHERE place < {EVENTS_KEPT}""",
}
"""The rows that are copied, by table, with the id of the dossier that they belong to."""

CHANGED = {
    "party": {"id": "d.party_id", "full_name": "d.name"},
    "dossier": {
        "id": "d.dossier_id",
        "applicant_id": "d.party_id",
        "reference": "'TN-B' || lpad(d.number::text, 9, '0')",
        "number": "regexp_replace(r.number, '[^-]*$', 'B') || lpad(d.number::text, 8, '0')",
        "applicant_name": "d.name",
        "folded_name": "d.folded",
    },
    "task": {"id": "md5(d.number || '/' || r.id)::uuid", "dossier_id": "d.dossier_id"},
    "workflow_state": {"dossier_id": "d.dossier_id"},
    "event": {"id": "d.event_id + r.place", "dossier_id": "d.dossier_id"},
}
"""What a copy has instead of what its pattern has."""


def patterns(office: Office) -> list[int]:
    """Real dossiers, one stopped before each user task of the way and one that has gone all of it."""
    dossiers = receive(office, len(WAY) + 1)
    for steps, dossier_id in enumerate(dossiers):
        for step in WAY[:steps]:
            task_id = open_task(office.sessions, dossier_id, step.element_id)
            with office.sessions.begin() as session:
                complete_task(session, acting(session, step.username), now(), task_id, step.answers)
    return dossiers


def fill(office: Office, number: int) -> None:
    """Add so many dossiers, then let the database count what it holds."""
    known = patterns(office)
    chance = Random(20261124)
    with psycopg.connect(office.server.url(office.database)) as connection:
        trust(connection)
        first = {table: next_id(connection, table) for table in ("party", "dossier", "event")}
        _set_patterns_apart(connection)
        with _without_indexes(connection):
            for begin in range(0, number, BATCH):
                numbers = range(begin, min(begin + BATCH, number))
                _draw(connection, [_drawn(known, chance, each, number, first) for each in numbers])
                for table in PATTERNS:
                    connection.execute(_copying(table))
                connection.commit()
                show(f"loaded {numbers.stop} dossiers")
        continue_numbers(connection, first)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _set_patterns_apart(connection: psycopg.Connection[Any]) -> None:
    """Tables of their own, so that copying does not look for the patterns among all their copies."""
    for table, query in PATTERNS.items():
        connection.execute(f"CREATE TEMPORARY TABLE pattern_{table} AS {query}")
    connection.execute(
        """CREATE TEMPORARY TABLE drawn (number integer, dossier_id integer, party_id integer, event_id bigint,
           pattern integer, ago interval, name text, folded text)"""
    )


def _drawn(known: list[int], chance: Random, number: int, of: int, first: Mapping[str, int]) -> tuple[Any, ...]:
    """What becomes the `number`-th dossier of so many; they came one after the other, as their numbers tell."""
    running = number * YOUNGEST >= of * (YOUNGEST - 1) and number % RUNNING == 0
    pattern = chance.choice(known[:-1]) if running else known[-1]
    ago = LATEST * chance.random() if running else LATEST + (OLDEST - LATEST) * (1 - number / of)
    name = invented_name(chance)
    ids = (first["dossier"] + number, first["party"] + number, first["event"] + number * EVENTS_KEPT)
    return (number, *ids, pattern, ago, name, fold(name))


def _draw(connection: psycopg.Connection[Any], drawn: Iterable[tuple[Any, ...]]) -> None:
    connection.execute("TRUNCATE drawn")
    with connection.cursor() as cursor, cursor.copy("COPY drawn FROM STDIN") as copy:
        for row in drawn:
            copy.write_row(row)


def _copying(table: str) -> str:
    """The statement that copies a table's rows for all dossiers drawn, every moment moved back but those that stand
    for "never"."""
    values = {}
    for column in all_tables().tables[table].columns:
        if column.computed is None:
            moved = f"CASE WHEN r.{column.name} < '9999-01-01' THEN r.{column.name} - d.ago ELSE r.{column.name} END"
            kept = moved if column.type.python_type is datetime else f"r.{column.name}"
            values[column.name] = CHANGED[table].get(column.name, kept)
    listed, selected = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO {table} ({listed}) SELECT {selected} FROM drawn d JOIN pattern_{table} r USING (pattern)"


@contextmanager
def _without_indexes(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop the indexes that no constraint needs and build them again at the end, which is sooner done than keeping
    them up to date row by row."""
    query = """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = ANY(%s)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexname::regclass)
    """
    indexes = connection.execute(query, (list(PATTERNS),)).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in indexes:
        connection.execute(definition)
    connection.commit()
    show(f"built {len(indexes)} indexes")


def trust(connection: psycopg.Connection[Any]) -> None:
    """Let this connection's rows in without looking up every key they point at: copies of sound rows are sound."""
    connection.execute("SET session_replication_role = replica")


def next_id(connection: psycopg.Connection[Any], table: str) -> int:
    """The number after the highest id of the table."""
    query = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(table))
    return int(connection.execute(query).fetchall()[0][0])


def continue_numbers(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Let the database's own serial numbers begin after those that were copied."""
    for table in tables:
        query = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), greatest((SELECT max(id) FROM {0}), 1))"
        connection.execute(query.format(table))
