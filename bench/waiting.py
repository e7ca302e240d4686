"""Loads very many dossiers that wait for a timer, as copies of real ones by COPY, each with its own saved state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg
import zstandard
from sqlalchemy import Integer

from bench.figures import show
from bench.filling import BATCH, EVENTS_KEPT, SPACE, Pattern, continue_numbers, copy_rows, earlier, next_id
from bench.floor import Row, look, tables_of_dossiers
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
    Completion("draft_supplement", "nv.hoa", {"missing": "Ảnh tem kiểm định", "reason": "Chưa thấy tem"}),
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

_UUID = re.compile(rb"\b[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\b")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One real dossier that waits for a timer, to be copied under other ids, names and moments."""

    rows: Mapping[str, list[Row]]
    """By table; jobs of the queue are not copied."""
    party: Row
    workflow: Definition
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
        found, party = look(connection, dossier_id), Pattern(connection, dossier_id).party
    rows = {table: list(found[table].values()) for table in tables_of_dossiers()}
    with office.sessions() as session:
        workflow = definition_of(session, rows["dossier"][0]["version_id"]).workflow
    return Waiting(rows, party, workflow, rows["workflow_state"][0]["next_due_at"])


class Loader:
    """Puts copies into the database; counts them, so that every one gets names and ids of its own."""

    def __init__(self, office: Office) -> None:
        self.office, self.expiring_and_overdue, self.loaded = office, waiting_patterns(office), 0
        self.chance = Random(20261126)

    def load_later(self, number: int) -> None:
        """So many dossiers that are due in the coming weeks, then let the database count what it holds."""
        expiring, _ = self.expiring_and_overdue
        for begin in range(0, number, BATCH):
            size = min(BATCH, number - begin)
            days = [self.chance.uniform(FEWEST_DAYS, MOST_DAYS) for _ in range(size)]
            self._load([(expiring, now() + timedelta(days=each)) for each in days], EVENTS_KEPT)
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
            numbers = {table: count(next_id(connection, table)) for table in _numbered_tables()}
            for waiting, moment in wanted:
                dossier_id = next(numbers["dossier"])
                due[dossier_id] = moment
                rows = self._copy_of(waiting, moment, dossier_id, next(numbers["party"]), events)
                for table, copies in rows.items():
                    made[table] += [_with_number(row, numbers[table]) for row in copies] if table in numbers else copies
            for table, copies in made.items():
                copy_rows(connection, table, copies)
            continue_numbers(connection, numbers)
        return due

    def _copy_of(
        self, waiting: Waiting, due: datetime, dossier_id: int, party_id: int, events: int | None
    ) -> dict[str, list[Row]]:
        """The rows of one copy; those with a serial number as id still carry their pattern's."""
        self.loaded += 1
        number, ago, name = self.loaded, waiting.due_at - due, invented_name(self.chance)
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
            table: [_renamed(earlier(row, ago), number) | {"dossier_id": dossier_id} for row in rows]
            for table, rows in (waiting.rows | {"event": kept}).items()
        }
        (state,) = copies["workflow_state"]
        shifted = shift_timers(waiting.workflow, state["state"], -ago).state
        state["state"] = _renamed_state(shifted, number)
        return copies | {
            "party": [waiting.party | {"id": party_id, "full_name": name}],
            "dossier": [earlier(dossier, ago) | named],
        }


def _renamed(row: Row, number: int) -> Row:
    """The row with every id of a task or a wait, in columns and in records, replaced by one of the copy's own."""
    return {column: _renamed_value(value, number) for column, value in row.items()}


def _renamed_value(value: Any, number: int) -> Any:
    if isinstance(value, UUID):
        return uuid5(SPACE, f"{number}/{value}")
    if isinstance(value, dict | list):
        return orjson.loads(_renamed_text(orjson.dumps(value), number))
    return value


def _renamed_text(text: bytes, number: int) -> bytes:
    def rename(found: re.Match[bytes]) -> bytes:
        renamed = uuid5(SPACE, f"{number}/{UUID(found[0].decode())}")
        return (str(renamed) if found[1] else renamed.hex).encode()

    return _UUID.sub(rename, text)


def _renamed_state(state: bytes, number: int) -> bytes:
    """The same saved state with other ids: its version's four bytes, then a zstandard frame of JSON."""
    document = zstandard.ZstdDecompressor().decompress(state[4:], max_output_size=10_000_000)
    return state[:4] + zstandard.ZstdCompressor(level=3).compress(_renamed_text(document, number))


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
