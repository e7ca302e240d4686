"""What one completed user task may cost: at most twelve statements and one commit, whoever completes which task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from engine.dossiers.operations import complete_task, preview_reception, receive_dossier
from engine.dossiers.queries import open_tasks
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.organisation import operations as organisation
from engine.organisation.actors import Actor
from engine.organisation.queries import actor_by_token, actor_for, local_day, person_by_username

MOST_STATEMENTS = 12
MOST_COMMITS = 1

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

RETURNED = {"method": "counter", "recipient_name": "Lương Văn Tài", "recipient_identity": "020085001234"}

WAY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("give", "bd.lan", {"packets": 1}),
    ("take", "nv.mai", {"accepted": True}),
    ("assign", "nv.son", {"officer": "nv.hoa"}),
    ("examine", "nv.hoa", {"decision": "approve", "inspection_valid": True}),
    ("review", "nv.son", {"decision": "approve"}),
    ("sign", "nv.thang", {"decision": "sign"}),
    ("issue", "nv.mai", {"document_number": "12/GXN-SNV", "document_date": "2026-11-24"}),
    ("take_result", "bd.lan", {"packets": 1}),
    ("return_to_applicant", "bd.lan", RETURNED),
)
"""Every user task of a safety declaration after its reception, by whom, and with which answers."""

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
    facts={
        "equipment_name": "Nồi hơi ống lò 2 tấn/giờ",
        "quantity": 1,
        "serial_number": "NH-2022-05",
        "place_of_use": "Khu công nghiệp Đồng Bành",
        "inspector": "Trung tâm Kiểm định I",
        "inspection_number": "112/KĐ",
        "inspection_valid_until": "2027-12-31",
    },
)


@dataclass
class Spent:
    """What was sent to the database."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Spent]:
    """Counts statements and commits of every connection of the engine."""
    spent = Spent()

    def count_statement(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        spent.statements.append(" ".join(statement.split()))

    def count_commit(_connection: object) -> None:
        spent.commits += 1

    event.listen(engine, "before_cursor_execute", count_statement)
    event.listen(engine, "commit", count_commit)
    try:
        yield spent
    finally:
        event.remove(engine, "before_cursor_execute", count_statement)
        event.remove(engine, "commit", count_commit)


def acting(session: Session, username: str) -> Actor:
    person = person_by_username(session, username)
    assert person is not None
    return actor_for(session, person, local_day(NOW))


def receive(sessions: sessionmaker[Session]) -> int:
    with sessions.begin() as session:
        clerk = acting(session, "bd.lan")
        wanted = preview_reception(session, clerk, NOW, DECLARATION).components
        handed_in = tuple(HandedIn(component.code, originals=1) for component in wanted)
        whole = replace(DECLARATION, components=handed_in)
        return receive_dossier(session, clerk, NOW, whole).id


def token_of(sessions: sessionmaker[Session], username: str) -> str:
    with sessions.begin() as session:
        actor = acting(session, username)
        return organisation.create_token(session, actor, NOW, actor.person, "budget", days=1)[1]


@pytest.mark.usefixtures("published")
def test_every_completion_from_token_to_commit_keeps_to_its_budget(sessions: sessionmaker[Session]) -> None:
    tokens = {username: token_of(sessions, username) for username in {username for _, username, _ in WAY}}
    receive(sessions)
    dossier_id = receive(sessions)  # The first reception has read the published procedure into this process.
    over_budget = {}
    for element_id, username, answers in WAY:
        with sessions() as session:
            task_id = next(task.id for task in open_tasks(session, dossier_id) if task.element_id == element_id)
        with counted(sessions.kw["bind"]) as spent, sessions() as session:
            completion = complete_task(session, actor_by_token(session, NOW, tokens[username]), NOW, task_id, answers)
            session.commit()
            _ = [(task.unit.code, task.claimed_by, task.completed_by) for task in (completion.task, *completion.opened)]
        assert spent.commits == MOST_COMMITS, element_id
        if len(spent.statements) > MOST_STATEMENTS:
            over_budget[element_id] = spent.statements
    assert over_budget == {}


@pytest.mark.usefixtures("published")
def test_the_number_of_statements_does_not_grow_with_the_dossiers_there_are(sessions: sessionmaker[Session]) -> None:
    token = token_of(sessions, "bd.lan")
    spent_by_round = []
    for _ in range(4):
        dossier_id = receive(sessions)
        with sessions() as session:
            task_id = open_tasks(session, dossier_id)[0].id
        with counted(sessions.kw["bind"]) as spent, sessions() as session:
            complete_task(session, actor_by_token(session, NOW, token), NOW, task_id, {"packets": 1})
            session.commit()
        spent_by_round.append(len(spent.statements))
    assert len(set(spent_by_round)) == 1


def test_the_count_sees_what_it_should(sessions: sessionmaker[Session]) -> None:
    with counted(sessions.kw["bind"]) as spent, sessions() as session:
        person_by_username(session, "nobody")
        session.commit()
    assert (len(spent.statements), spent.commits) == (1, 1)
