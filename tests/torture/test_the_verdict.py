"""The verdict of `make torture` finds what it is there to find: each check is shown a loss and must name it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update

from engine.dossiers.models import Dossier, Event, EventKind, IdempotentAnswer, Task, TaskState, Wait, WorkflowState
from engine.dossiers.operations import complete_task
from torture.client import Acknowledged
from torture.load import receive
from torture.system import acting, utc_now
from torture.verdict import (
    NOTIFYING,
    check_acknowledged,
    check_agreement,
    check_jobs,
    check_moving,
    check_timers,
)
from torture.way import CLERK, SAFETY_DECLARATION, TOUR_GUIDE_CARD


@pytest.fixture
def walked(published):
    """A dossier after its first completed task, and what the client was told about that task."""
    session, turn = published, SAFETY_DECLARATION.turns[0]
    dossier_id = receive(session, SAFETY_DECLARATION)
    task_id = session.scalars(select(Task.id).where(Task.dossier_id == dossier_id, Task.state == TaskState.OPEN)).one()
    actor = acting(session, CLERK)
    complete_task(session, actor, utc_now(), task_id, turn.answers)
    answer = IdempotentAnswer(
        person_id=actor.id, key="k", request_digest="d", status=200, body={"a": 1}, created_at=utc_now()
    )
    session.add(answer)
    session.flush()
    return session, dossier_id, Acknowledged("k", CLERK, {"a": 1}, str(task_id))


def test_a_system_in_order_is_not_accused(walked):
    session, dossier_id, told = walked
    receive(session, TOUR_GUIDE_CARD)
    session.flush()
    assert check_acknowledged(session, [told]) == []
    assert check_agreement(session) == []
    assert check_moving(session, utc_now()) == []
    assert check_jobs(session) == []


def test_a_lost_completion_is_found(walked):
    session, _, told = walked
    session.execute(update(Task).where(Task.id == told.task_id).values(state=TaskState.OPEN, completed_by_id=None))
    assert any("is ('open', None)" in wrong for wrong in check_acknowledged(session, [told]))


def test_a_completion_that_was_never_there_is_found(walked):
    session, _, told = walked
    never = Acknowledged("k", CLERK, told.body, str(uuid4()))
    assert len(check_acknowledged(session, [never])) == 2


def test_a_lost_reception_is_found(walked):
    session, _, _ = walked
    lost = Acknowledged("other", CLERK, {"reference": "TN-NOTHERE"}, None)
    assert any("TN-NOTHERE" in wrong for wrong in check_acknowledged(session, [lost]))


def test_another_answer_under_the_same_key_is_found(walked):
    session, _, told = walked
    other = Acknowledged(told.key, CLERK, {"a": 2}, told.task_id)
    assert check_acknowledged(session, [other]) == ["the answer under k is not the one that was given"]


def test_a_doubled_event_is_found(walked):
    session, dossier_id, told = walked
    logged = session.scalars(select(Event).where(Event.task_id == told.task_id, Event.kind == "task_completed")).one()
    session.add(Event(dossier_id=dossier_id, at=logged.at, kind=logged.kind, task_id=logged.task_id, details={}))
    session.flush()
    assert any("2 times in the event log" in wrong for wrong in check_acknowledged(session, [told]))
    assert any("completed once" in wrong for wrong in check_agreement(session))


def test_a_task_table_that_lags_behind_the_state_is_found(walked):
    session, dossier_id, _ = walked
    ours = (Task.dossier_id == dossier_id, Task.state == TaskState.OPEN)
    session.execute(update(Task).where(*ours).values(state=TaskState.CANCELLED))
    found = "\n".join(check_agreement(session))
    assert "the open tasks are not those of the state" in found
    assert "other tasks are open" in found
    assert len(check_moving(session, utc_now())) == 1


def test_a_dossier_without_a_state_is_found(walked):
    session, dossier_id, _ = walked
    session.execute(delete(WorkflowState).where(WorkflowState.dossier_id == dossier_id))
    assert any("is open and has none" in wrong for wrong in check_agreement(session, [dossier_id]))


def test_a_forgotten_due_time_and_a_lost_wait_are_found(published):
    dossier_id = receive(published, SAFETY_DECLARATION, "supplement")
    published.flush()
    assert check_agreement(published, [dossier_id]) == []
    published.execute(update(WorkflowState).values(next_due_at=None))
    published.execute(delete(Wait).where(Wait.dossier_id == dossier_id))
    found = "\n".join(check_agreement(published, [dossier_id]))
    assert "next due time" in found
    assert "waits are not those" in found


def test_a_lost_notification_and_an_unfinished_job_are_found(walked):
    session, dossier_id, _ = walked
    element = sorted(NOTIFYING)[0]
    passed = {"elements": [[element, "", "completed"]]}
    session.add(Event(dossier_id=dossier_id, at=utc_now(), kind=EventKind.PASSED, details=passed))
    session.flush()
    assert check_jobs(session) == [f"dossier {dossier_id}: 1 notifications asked for, 0 made"]
    session.execute(text("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')"))
    assert "1 jobs are todo" in check_jobs(session)


def test_a_timer_that_did_not_fire_or_fired_twice_is_found(walked):
    session, dossier_id, _ = walked
    assert len(check_timers(session, [dossier_id])) == 2
    for _ in range(2):
        session.add(Event(dossier_id=dossier_id, at=utc_now(), kind=EventKind.TIMER_FIRED, details={}))
    session.get(Dossier, dossier_id).closed_at = utc_now()
    session.flush()
    assert check_timers(session, [dossier_id]) == [f"dossier {dossier_id}: its timer fired 2 times"]
