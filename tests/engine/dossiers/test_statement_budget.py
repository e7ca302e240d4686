"""What one completed user task may cost: at most twelve statements and one commit, whoever completes which task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from bench.office import DECLARATION, WAY
from engine.dossiers.operations import complete_task, preview_reception, receive_dossier
from engine.dossiers.queries import open_tasks
from engine.dossiers.reception import HandedIn
from engine.organisation import operations as organisation
from engine.organisation.actors import Actor
from engine.organisation.queries import actor_by_token, actor_for, local_day, person_by_username

MOST_STATEMENTS = 12
MOST_COMMITS = 1

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


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
    tokens = {username: token_of(sessions, username) for username in {step.username for step in WAY}}
    receive(sessions)
    dossier_id = receive(sessions)  # The first reception has read the published procedure into this process.
    over_budget = {}
    for step in WAY:
        with sessions() as session:
            task_id = next(task.id for task in open_tasks(session, dossier_id) if task.element_id == step.element_id)
        with counted(sessions.kw["bind"]) as spent, sessions() as session:
            actor = actor_by_token(session, NOW, tokens[step.username])
            completion = complete_task(session, actor, NOW, task_id, step.answers)
            session.commit()
            _ = [(task.unit.code, task.claimed_by, task.completed_by) for task in (completion.task, *completion.opened)]
        assert spent.commits == MOST_COMMITS, step.element_id
        if len(spent.statements) > MOST_STATEMENTS:
            over_budget[step.element_id] = spent.statements
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
