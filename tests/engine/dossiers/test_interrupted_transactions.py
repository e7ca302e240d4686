"""A transaction that is stopped in the middle while a second one waits: completion, timer, message and publishing."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine.catalogue.models import ProcedureFile, ProcedureVersion
from engine.catalogue.operations import Outcome, publish
from engine.dossiers.models import Dossier, Event, EventKind, Message, MessageState, Task
from engine.dossiers.operations import complete_task, deliver_message, fire_due_timers, receive_dossier
from engine.dossiers.queries import waits_of
from engine.dossiers.refusals import AlreadyClosed, TaskAlreadyDone
from engine.settings import PROJECT
from tests.engine.dossiers.competition import second_after_the_first_commits, second_after_the_first_dies
from tests.engine.dossiers.conftest import DECLARATION, Office
from tests.engine.dossiers.trial_procedure import CODE, write_trial


def number_of(session, dossier_id: int, kind: EventKind) -> int:
    return session.scalar(select(func.count(Event.id)).where(Event.dossier_id == dossier_id, Event.kind == kind))


@pytest.fixture
def to_give(committed_office, moment):
    """A received dossier, and what completes its first task."""
    office, sessions = committed_office
    now = moment("2026-03-10 09:40")
    dossier = office.receive(now)
    task_id = office.task(dossier, "give").id
    office.session.commit()

    def complete(session) -> str:
        return str(complete_task(session, Office(session).actor("bd.lan", now), now, task_id, {"packets": 1}).task.id)

    return sessions, dossier.id, task_id, complete


def test_a_completion_killed_in_the_middle_leaves_the_task_to_the_one_who_waits(to_give):
    sessions, dossier_id, task_id, complete = to_give
    assert second_after_the_first_dies(sessions, complete) == str(task_id)
    with sessions() as session:
        assert number_of(session, dossier_id, EventKind.TASK_COMPLETED) == 2  # the reception, and this one
        assert number_of(session, dossier_id, EventKind.HANDED_OVER) == 1


def test_a_completion_that_waited_is_told_who_was_faster(to_give):
    sessions, dossier_id, task_id, complete = to_give
    with pytest.raises(TaskAlreadyDone) as refused:
        second_after_the_first_commits(sessions, complete)
    with sessions() as session:
        task = session.get(Task, task_id)
        assert (refused.value.parameters["by"], refused.value.parameters["at"]) == (
            task.completed_by.full_name,
            task.completed_at,
        )
        assert number_of(session, dossier_id, EventKind.HANDED_OVER) == 1


@pytest.fixture
def due(committed_office, moment):
    """A dossier whose timer is due, and what lets it fire."""
    office, sessions = committed_office
    asked, late = moment("2026-03-10 09:40"), moment("2026-04-20 08:00")
    lacking = replace(office.complete_reception(asked), decision="supplement", reason="Thiếu giấy tờ")
    dossier = receive_dossier(office.session, office.actor("bd.lan", asked), asked, lacking)
    office.session.commit()
    return sessions, dossier.id, lambda session: _fire(session, late, dossier.id)


def _fire(session, now, dossier_id: int) -> bool:
    try:
        return fire_due_timers(session, now, dossier_id)
    except AlreadyClosed:  # What a worker takes for "nothing to do".
        return False


@pytest.mark.parametrize(
    ("second", "fires"), [(second_after_the_first_dies, True), (second_after_the_first_commits, False)]
)
def test_a_timer_fires_once_whether_the_first_worker_dies_or_not(due, second, fires):
    sessions, dossier_id, fire = due
    assert second(sessions, fire) is fires
    with sessions() as session:
        assert number_of(session, dossier_id, EventKind.TIMER_FIRED) == 1
        assert session.get(Dossier, dossier_id).closed_at is not None


@pytest.fixture
def awaited(committed_office, tmp_path, moment):
    """A dossier that waits for two payments, and what delivers one under a key."""
    office, sessions = committed_office
    now = moment("2026-03-10 09:00")
    publish(office.session, now, write_trial(tmp_path))
    dossier = office.receive(now, replace(DECLARATION, procedure_code=CODE))
    office.do(dossier, "work", "nv.hoa", now)
    office.session.commit()

    def deliver(session) -> str:
        return deliver_message(session, now, dossier.id, "payment_confirmed", {"amount": 1}, key="receipt-1").state

    return sessions, dossier.id, deliver


@pytest.mark.parametrize("second", [second_after_the_first_dies, second_after_the_first_commits])
def test_a_message_sent_twice_at_once_is_delivered_once_whether_the_first_dies_or_not(awaited, second):
    sessions, dossier_id, deliver = awaited
    assert second(sessions, deliver) == MessageState.DELIVERED
    with sessions() as session:
        assert len([wait for wait in waits_of(session, dossier_id) if wait.message]) == 1
        assert number_of(session, dossier_id, EventKind.MESSAGE_RECEIVED) == 1
        assert session.scalar(select(func.count(Message.id))) == 1


@pytest.fixture
def changed_processes(committed_office, tmp_path, moment):
    """The shipped processes with one changed, and what publishes them."""
    _, sessions = committed_office
    processes = tmp_path / "processes"
    shutil.copytree(PROJECT / "processes", processes)
    diagram = processes / "labour" / "safety_declaration" / "procedure.bpmn"
    diagram.write_text(diagram.read_text(encoding="utf-8").replace("Thụ lý hồ sơ", "Thụ lý"), encoding="utf-8")
    now = moment("2026-11-24 09:00")

    def publish_it(session) -> dict[str, Outcome]:
        return {report.folder: report.outcome for report in publish(session, now, processes).procedures}

    return sessions, publish_it


@pytest.mark.parametrize(
    ("second", "outcome"),
    [(second_after_the_first_dies, Outcome.PUBLISHED), (second_after_the_first_commits, Outcome.UNCHANGED)],
)
def test_a_version_is_published_once_and_whole_whether_the_first_dies_or_not(changed_processes, second, outcome):
    sessions, publish_it = changed_processes
    with sessions() as session:
        before = session.scalar(select(func.count(ProcedureVersion.id)))
    assert second(sessions, publish_it)["labour/safety_declaration"] == outcome
    with sessions() as session:
        assert session.scalar(select(func.count(ProcedureVersion.id))) == before + 1
        newest = session.scalar(select(func.max(ProcedureVersion.id)))
        files = session.scalar(
            select(func.count()).select_from(ProcedureFile).where(ProcedureFile.version_id == newest)
        )
        assert files > 10
