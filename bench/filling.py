"""Fills the database with very many dossiers by COPY: most finished, some at each step of the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from bench.figures import show
from bench.floor import Row, look, sendable
from bench.names import invented_name
from bench.office import WAY, Office, acting, now, open_task, receive
from engine.dossiers.operations import complete_task
from engine.identities import fold

RUNNING = 10
"""One dossier in so many still runs."""

EVENTS_KEPT = 10
"""Events per dossier; real ones have four times as many, but the log is only ever read by dossier."""

BATCH = 20_000
SPACE = UUID("6f1d1c52-6f0a-4f0e-9b1c-2f4f6f3b9d10")
COPIED = ("party", "dossier", "task", "workflow_state", "event")


class Pattern:
    """One real dossier at one step, whose rows are copied under other ids, names and dates."""

    def __init__(self, connection: psycopg.Connection[Any], dossier_id: int) -> None:
        rows = look(connection, dossier_id)
        self.dossier: Row = next(iter(rows["dossier"].values()))
        self.tasks = list(rows["task"].values())
        self.states = list(rows["workflow_state"].values())
        self.events = list(rows["event"].values())[-EVENTS_KEPT:]
        with connection.cursor(row_factory=dict_row) as cursor:
            party = cursor.execute("SELECT * FROM party WHERE id = %s", (self.dossier["applicant_id"],)).fetchone()
        connection.rollback()
        assert party is not None
        self.party: Row = party


def patterns(office: Office) -> list[Pattern]:
    """Real dossiers, one stopped before each user task of the way and one that has gone all of it."""
    dossiers = receive(office, len(WAY) + 1)
    for steps, dossier_id in enumerate(dossiers):
        for step in WAY[:steps]:
            task_id = open_task(office.sessions, dossier_id, step.element_id)
            with office.sessions.begin() as session:
                complete_task(session, acting(session, step.username), now(), task_id, step.answers)
    with psycopg.connect(office.server.url(office.database)) as connection:
        return [Pattern(connection, dossier_id) for dossier_id in dossiers]


def fill(office: Office, number: int) -> None:
    """Add so many dossiers, then let the database count what it holds."""
    known = patterns(office)
    chance = Random(20261124)
    with psycopg.connect(office.server.url(office.database)) as connection:
        trust(connection)
        first = {table: next_id(connection, table) for table in ("party", "dossier", "event")}
        for begin in range(0, number, BATCH):
            numbers = range(begin, min(begin + BATCH, number))
            made = [_copy_of(known, chance, each, first) for each in numbers]
            for table in COPIED:
                copy_rows(connection, table, [row for dossier in made for row in dossier[table]])
            connection.commit()
            show(f"loaded {numbers.stop} dossiers")
        continue_numbers(connection, first)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _copy_of(known: list[Pattern], chance: Random, number: int, first: dict[str, int]) -> dict[str, list[Row]]:
    """The rows of the `number`-th dossier; finished ones are up to two years old, running ones up to two weeks."""
    running = number % RUNNING == 0
    pattern = chance.choice(known[:-1]) if running else known[-1]
    ago = timedelta(minutes=chance.randrange(14 * 1440 if running else 730 * 1440))
    dossier_id, party_id, name = first["dossier"] + number, first["party"] + number, invented_name(chance)
    of_it = {"dossier_id": dossier_id}
    named = {
        "id": dossier_id,
        "applicant_id": party_id,
        "reference": f"TN-B{number:09d}",
        "number": f"{pattern.dossier['number'].rpartition('-')[0]}-B{number:08d}",
        "applicant_name": name,
        "folded_name": fold(name),
    }
    task_ids = ({"id": uuid5(SPACE, f"{number}/{place}")} for place in range(len(pattern.tasks)))
    event_ids = ({"id": first["event"] + number * EVENTS_KEPT + place} for place in range(len(pattern.events)))
    return {
        "party": [pattern.party | {"id": party_id, "full_name": name}],
        "dossier": [earlier(pattern.dossier, ago) | named],
        "task": [earlier(task, ago) | of_it | id for task, id in zip(pattern.tasks, task_ids, strict=True)],
        "workflow_state": [earlier(state, ago) | of_it for state in pattern.states],
        "event": [earlier(event, ago) | of_it | id for event, id in zip(pattern.events, event_ids, strict=True)],
    }


def earlier(row: Row, ago: timedelta) -> Row:
    """The row with every moment moved back, but for those that stand for "never"."""
    return {
        column: value - ago if isinstance(value, datetime) and value.year < 9999 else value
        for column, value in row.items()
    }


def trust(connection: psycopg.Connection[Any]) -> None:
    """Let this connection's rows in without looking up every key they point at: copies of sound rows are sound."""
    connection.execute("SET session_replication_role = replica")


def copy_rows(connection: psycopg.Connection[Any], table: str, rows: list[Row]) -> None:
    """Put the rows into the table by COPY."""
    if not rows:
        return
    columns = [column for column in rows[0] if column != "folded_words"]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row([sendable(row[column]) for column in columns])


def next_id(connection: psycopg.Connection[Any], table: str) -> int:
    """The number after the highest id of the table."""
    query = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(table))
    return int(connection.execute(query).fetchall()[0][0])


def continue_numbers(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Let the database's own serial numbers begin after those that were copied."""
    for table in tables:
        query = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), greatest((SELECT max(id) FROM {0}), 1))"
        connection.execute(query.format(table))
