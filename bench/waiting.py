"""Loads very many dossiers that wait for a timer, as copies of real ones by COPY, each with its own saved state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, count, zip_longest
from random import Random
from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg
import zstandard
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Integer

from bench.figures import show
from bench.filling import BATCH, EVENTS_KEPT, continue_numbers, next_id, trust
from bench.floor import Row, look, sendable, tables_of_dossiers
from bench.names import invented_name
from bench.office import DECLARATION, WAY, Completion, Office, acting, now, open_task, receive
from engine.catalogue.definitions import definition_of
from engine.database.migrating import all_tables
from engine.dossiers.operations import complete_task
from engine.dossiers.reception import Reception
from engine.identities import fold
from engine.workflow import Definition, shift_timers

ASKED = (
    *WAY[:3],
    Completion("examine", "nv.hoa", {"decision": "supplement", "inspection_valid": False, "reason": "Thiếu ảnh tem"}),
    Completion(
        "draft_supplement",
        "nv.hoa",
        {"papers": [{"component": "inspection_result", "wanted": "Ảnh tem kiểm định"}], "reason": "Chưa thấy tem"},
    ),
    Completion("approve_supplement", "nv.son", {"decision": "approve"}),
)
"""A safety declaration (P02) up to where the applicant has 30 days to hand in what is missing."""

COPY_ASKED = Reception(
    procedure_code="2.000908",
    deciding_unit="VHTTDL",
    applicant=replace(DECLARATION.applicant, full_name="Công ty TNHH Du lịch Kỳ Lừa"),
    facts={"register_kind": "licence", "document_name": "Giấy phép lữ hành", "issued_year": 2018, "copies": 2},
)
"""A copy from the register (P01), promised for the same day; when that is over the head of division has to act."""

FEWEST_DAYS, MOST_DAYS = 1, 30
"""When those dossiers are due that are not due during the measurement."""

SPACE = UUID("6f1d1c52-6f0a-4f0e-9b1c-2f4f6f3b9d10")
"""Where the ids of copies are drawn from."""

MOMENTS = 500
"""Different moments at which they are due."""

PARTY = "SELECT * FROM party WHERE id = (SELECT applicant_id FROM dossier WHERE id = %s)"

_UUID = re.compile(rb"\b[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\b")
_COMPRESSOR = zstandard.ZstdCompressor(level=3, write_checksum=True)


class Ids(dict[UUID, UUID]):
    """The ids of one copy by those of its pattern, made when first asked for."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, id: UUID) -> UUID:
        self[id] = uuid5(SPACE, f"{self._number}/{id}")
        return self[id]


class Template:
    """A text in which every id of a task or a wait is replaced, copy by copy, by one of the copy's own."""

    def __init__(self, text: bytes) -> None:
        self._between = [part.decode() for part in _UUID.split(text)[::2]]
        self._ids = [(UUID(found[0].decode()), bool(found[1])) for found in _UUID.finditer(text)]

    def filled(self, ids: Ids) -> str:
        """The text with the copy's ids, each written as its pattern's was: with hyphens or without."""
        written = [str(ids[id]) if hyphens else ids[id].hex for id, hyphens in self._ids]
        return "".join(chain(*zip_longest(self._between, written, fillvalue="")))


class States:
    """The saved states of copies: the pattern's, its timers moved and its ids replaced."""

    def __init__(self, workflow: Definition, state: bytes) -> None:
        self._workflow, self._state = workflow, state
        self._moved: dict[timedelta, Template] = {}

    def copy(self, later: timedelta, ids: Ids) -> bytes:
        """Its version's four bytes, then a zstandard frame of JSON."""
        if later not in self._moved:
            moved = shift_timers(self._workflow, self._state, later).state
            self._moved[later] = Template(
                zstandard.ZstdDecompressor().decompress(moved[4:], max_output_size=10_000_000)
            )
        return self._state[:4] + _COMPRESSOR.compress(self._moved[later].filled(ids).encode())


@dataclass(frozen=True, slots=True)
class Waiting:
    """One real dossier that waits for a timer, to be copied under other ids, names and moments."""

    rows: Mapping[str, list[Row]]
    """By table, with the templates of their records; jobs of the queue are not copied."""
    party: Row
    states: States
    due_at: datetime


def waiting_patterns(office: Office) -> tuple[Waiting, Waiting]:
    """One dossier whose supplement may run out, which ends it, and one whose due time may pass, which opens a task."""
    (expiring,), (overdue,) = receive(office, 1), receive(office, 1, COPY_ASKED)
    for step in ASKED:
        task_id = open_task(office.sessions, expiring, step.element_id)
        with office.sessions.begin() as session:
            complete_task(session, acting(session, step.username), now(), task_id, step.answers)
    return _pattern(office, expiring), _pattern(office, overdue)


def _pattern(office: Office, dossier_id: int) -> Waiting:
    with psycopg.connect(office.server.url(office.database)) as connection:
        found = look(connection, dossier_id)
        (party,) = connection.cursor(row_factory=dict_row).execute(PARTY, (dossier_id,))
    rows = {table: [_with_templates(row) for row in found[table].values()] for table in tables_of_dossiers()}
    (running,) = rows["workflow_state"]
    with office.sessions() as session:
        workflow = definition_of(session, rows["dossier"][0]["version_id"]).workflow
    return Waiting(rows, party, States(workflow, running["state"]), running["next_due_at"])


class Loader:
    """Puts copies into the database; counts them, so that every one gets names and ids of its own."""

    def __init__(self, office: Office) -> None:
        self.office, self.expiring_and_overdue, self.loaded = office, waiting_patterns(office), 0
        self.chance = Random(20261126)

    def load_later(self, number: int) -> None:
        """So many dossiers that are due in the coming weeks, then let the database count what it holds."""
        expiring, _ = self.expiring_and_overdue
        moments = [now() + timedelta(days=self.chance.uniform(FEWEST_DAYS, MOST_DAYS)) for _ in range(MOMENTS)]
        for begin in range(0, number, BATCH):
            size = min(BATCH, number - begin)
            self._load([(expiring, moment) for moment in self.chance.choices(moments, k=size)], EVENTS_KEPT)
            show(f"loaded {begin + size} dossiers that wait")
        with psycopg.connect(self.office.server.url(self.office.database), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def load_due(self, moments: list[datetime]) -> dict[int, datetime]:
        """A dossier due at each of these moments, of either kind in turn, with their whole logs; due times by id."""
        return self._load([(self.expiring_and_overdue[place % 2], due) for place, due in enumerate(moments)], None)

    def _load(self, wanted: list[tuple[Waiting, datetime]], events: int | None) -> dict[int, datetime]:
        """Copies of these dossiers due at those moments, with so many of their latest events."""
        due: dict[int, datetime] = {}
        made: dict[str, list[Row]] = {"party": []} | {table: [] for table in tables_of_dossiers()}
        with psycopg.connect(self.office.server.url(self.office.database)) as connection:
            trust(connection)
            numbers = {table: count(next_id(connection, table)) for table in _numbered_tables()}
            for waiting, moment in wanted:
                dossier_id = next(numbers["dossier"])
                due[dossier_id] = moment
                rows = self._copy_of(waiting, moment, dossier_id, next(numbers["party"]), events)
                for table, copies in rows.items():
                    made[table] += [_with_number(row, numbers[table]) for row in copies] if table in numbers else copies
            for table, copies in made.items():
                _copy_rows(connection, table, copies)
            continue_numbers(connection, numbers)
        return due

    def _copy_of(
        self, waiting: Waiting, due: datetime, dossier_id: int, party_id: int, events: int | None
    ) -> dict[str, list[Row]]:
        """The rows of one copy; those with a serial number as id still carry their pattern's."""
        self.loaded += 1
        number, ago, name = self.loaded, waiting.due_at - due, invented_name(self.chance)
        ids = Ids(number)
        named = {
            "id": dossier_id,
            "applicant_id": party_id,
            "reference": f"TN-W{number:09d}",
            "applicant_name": name,
            "folded_name": fold(name),
        }
        dossier, kept = waiting.rows["dossier"][0], waiting.rows["event"][-(events or 0) :]
        named["number"] = f"{dossier['number'].rpartition('-')[0]}-W{number:08d}"
        copies = {
            table: [_renamed(_earlier(row, ago), ids) | {"dossier_id": dossier_id} for row in rows]
            for table, rows in (waiting.rows | {"event": kept}).items()
        }
        (running,) = copies["workflow_state"]
        running["state"] = waiting.states.copy(-ago, ids)
        return copies | {
            "party": [waiting.party | {"id": party_id, "full_name": name}],
            "dossier": [_renamed(_earlier(dossier, ago), ids) | named],
        }


def _with_templates(row: Row) -> Row:
    """The row with each record in it as the template of its JSON."""
    return {
        column: Template(orjson.dumps(value)) if isinstance(value, dict | list) else value
        for column, value in row.items()
    }


def _renamed(row: Row, ids: Ids) -> Row:
    """The row with the copy's ids, in columns and in records."""
    return {column: _renamed_value(value, ids) for column, value in row.items()}


def _renamed_value(value: Any, ids: Ids) -> Any:
    if isinstance(value, Template):
        return value.filled(ids)
    return ids[value] if isinstance(value, UUID) else value


def _earlier(row: Row, ago: timedelta) -> Row:
    """The row with every moment moved back, but for those that stand for "never"."""
    return {
        column: value - ago if isinstance(value, datetime) and value.year < 9999 else value
        for column, value in row.items()
    }


def _copy_rows(connection: psycopg.Connection[Any], table: str, rows: list[Row]) -> None:
    if not rows:
        return
    columns = [column for column in rows[0] if column != "name_beginnings"]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row([sendable(row[column]) for column in columns])


def _numbered_tables() -> list[str]:
    """The tables of a dossier whose ids are serial numbers."""
    tables = all_tables().tables
    named = ["party", *tables_of_dossiers()]
    return [
        name for name in named if "id" in tables[name].columns and isinstance(tables[name].columns["id"].type, Integer)
    ]


def _with_number(row: Row, numbers: Iterator[int]) -> Row:
    """The row under the table's next number; a dossier and its party have theirs already."""
    return row | {"id": next(numbers)} if "dossier_id" in row else row
