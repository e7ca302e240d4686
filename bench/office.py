"""The system that is measured: a published office on an embedded PostgreSQL that keeps its promises (fsync on)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from engine.command_line.publishing import publish_everything
from engine.database import make_engine, make_sessions
from engine.database.embedded import EmbeddedPostgres
from engine.database.migrating import migrate
from engine.demonstration import create_people
from engine.dossiers.models import Task, TaskState
from engine.dossiers.operations import preview_reception, receive_dossier
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.organisation import operations as organisation
from engine.organisation.actors import Actor
from engine.organisation.queries import actor_for, local_day, person_by_username
from engine.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Completion:
    """One user task of the way: which element, who completes it, with which answers."""

    element_id: str
    username: str
    answers: dict[str, Any]


WAY = (
    Completion("give", "bd.lan", {"packets": 1}),
    Completion("take", "nv.mai", {"accepted": True}),
    Completion("assign", "nv.son", {"officer": "nv.hoa"}),
    Completion("examine", "nv.hoa", {"decision": "approve", "inspection_valid": True}),
    Completion("review", "nv.son", {"decision": "approve"}),
    Completion("sign", "nv.thang", {"decision": "sign"}),
    Completion("issue", "nv.mai", {"document_number": "12/GXN-SNV", "document_date": "2026-11-24"}),
    Completion("take_result", "bd.lan", {"packets": 1}),
    Completion(
        "return_to_applicant",
        "bd.lan",
        {"method": "counter", "recipient_name": "Lương Văn Tài", "recipient_identity": "020085001234"},
    ),
)
"""All user tasks of a safety declaration (P02) after its reception."""

BOILER = {
    "equipment_name": "Nồi hơi ống lò 2 tấn/giờ",
    "quantity": 1,
    "serial_number": "NH-2022-05",
    "place_of_use": "Khu công nghiệp Đồng Bành",
    "inspector": "Trung tâm Kiểm định I",
    "inspection_number": "112/KĐ",
    "inspection_valid_until": "2030-12-31",
}
"""What is declared: a machine that is inspected."""

DECLARATION = Reception(
    procedure_code="2.000134",
    applicant=PartyDetails(
        kind="organisation",
        full_name="Công ty TNHH Cơ khí Đồng Đăng",
        identity_kind="tax_code",
        identity_number="0102595740",
        phone="0912 345 678",
        address="Số 5, đường Trần Đăng Ninh, phường Lương Văn Tri",
    ),
    facts=BOILER,
)


@dataclass(frozen=True, slots=True)
class Office:
    """A published database with people and their tokens."""

    server: EmbeddedPostgres
    database: str
    engine: Engine
    sessions: sessionmaker[Session]
    settings: Settings
    tokens: dict[str, str]
    """By user name, for everybody who completes a task of the way."""

    def copy(self, name: str) -> str:
        """Make an exact copy of the whole database as it is now; returns its address."""
        self.engine.dispose()
        execute(self.server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        execute(self.server, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, self.database)
        return self.server.url(name)


def now() -> datetime:
    """The real clock, because the measured web server reads it too."""
    return datetime.now(UTC)


@contextmanager
def open_office(name: str = "bench") -> Iterator[Office]:
    """Start the database server, publish processes/ into a new database, and remove it again at the end."""
    settings = read_settings()
    server = EmbeddedPostgres(settings.var / "bench-postgres", say=print)
    server.start()
    try:
        execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        execute(server, "CREATE DATABASE {}", name)
        engine = make_engine(server.url(name))
        migrate(engine)
        sessions = make_sessions(engine)
        publish_everything(sessions, now(), settings.processes)
        with sessions.begin() as session:
            create_people(session, now())
            tokens = {username: _token(session, username) for username in {step.username for step in WAY}}
        yield Office(server, name, engine, sessions, replace(settings, database_url=server.url(name)), tokens)
        engine.dispose()
        execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", f"{name}_floor")
    finally:
        server.stop()


def execute(server: EmbeddedPostgres, statement: str, *names: str) -> None:
    """Run a statement outside of any transaction, with quoted names in its gaps."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def acting(session: Session, username: str) -> Actor:
    """The person with the rights in force now."""
    person = person_by_username(session, username)
    if person is None:
        raise LookupError(username)
    return actor_for(session, person, local_day(now()))


def receive(office: Office, number: int, reception: Reception = DECLARATION) -> list[int]:
    """Receive so many dossiers at the counter; returns their ids."""
    received = []
    for _ in range(number):
        with office.sessions.begin() as session:
            clerk = acting(session, "bd.lan")
            wanted = preview_reception(session, clerk, now(), reception).components
            papers = tuple(HandedIn(component.code, originals=1) for component in wanted)
            received.append(receive_dossier(session, clerk, now(), replace(reception, components=papers)).id)
    return received


def open_task(sessions: sessionmaker[Session], dossier_id: int, element_id: str) -> UUID:
    """The id of the dossier's open task of this element."""
    statement = select(Task.id).where(
        Task.dossier_id == dossier_id, Task.state == TaskState.OPEN, Task.element_id == element_id
    )
    with sessions() as session:
        return session.scalars(statement).one()


def _token(session: Session, username: str) -> str:
    actor = acting(session, username)
    return organisation.create_token(session, actor, now(), actor.person, "bench", days=1)[1]
