"""Timers that fail: an incident instead of a lost step, nobody starved, tried again after a fix or settled by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.catalogue.operations import publish
from engine.dossiers.failures import is_passing, reason_of
from engine.dossiers.incidents import incidents, open_incidents, resolve_incident, retry_incident
from engine.dossiers.models import Dossier, Event, EventKind, Incident, IncidentState, WorkflowState
from engine.dossiers.queries import open_tasks
from engine.dossiers.refusals import NotForIncidents, Required, UnknownIncident
from engine.dossiers.tasks import due_dossiers, wake_due_dossiers
from engine.workflow import StepFailed
from tests.engine.dossiers.conftest import DECLARATION
from tests.engine.dossiers.trial_procedure import CODE, write_trial


@pytest.fixture
def failing(committed_office, tmp_path, moment):
    """Two dossiers whose reminder is due; that of the first fails, because a fact that it compares is missing."""
    office, sessions = committed_office
    now = moment("2026-03-10 09:00")
    publish(office.session, now, write_trial(tmp_path))
    reception = replace(DECLARATION, procedure_code=CODE)
    broken, sound = office.receive(now, reception), office.receive(now, reception)
    sound.facts = {**sound.facts, "limit_of_quantity": 5}
    office.session.commit()
    return Failing(office, sessions, broken.id, sound.id, now + timedelta(hours=2))


class Failing:
    def __init__(self, office, sessions, broken: int, sound: int, later) -> None:
        self.office, self.sessions, self.broken, self.sound, self.later = office, sessions, broken, sound, later

    def incident(self) -> Incident:
        with self.sessions() as session:
            (incident,) = open_incidents(session)
            return incident

    def mend(self) -> None:
        with self.sessions.begin() as session:
            dossier = session.get(Dossier, self.broken)
            dossier.facts = {**dossier.facts, "limit_of_quantity": 0}

    def tasks(self, dossier_id: int) -> set[str]:
        with self.sessions() as session:
            return {task.element_id for task in open_tasks(session, dossier_id)}

    def by(self, username: str, verb, *arguments, now=None):
        with self.sessions.begin() as session:
            actor = type(self.office)(session).actor(username, self.later)
            return verb(session, actor, now or self.later, *arguments)

    def kinds(self) -> list[str]:
        with self.sessions() as session:
            return list(session.scalars(select(Event.kind).where(Event.dossier_id == self.broken).order_by(Event.id)))


def test_a_failing_timer_becomes_one_incident_and_the_others_fire(failing):
    assert wake_due_dossiers(failing.sessions, failing.later, size=1) == 1
    assert wake_due_dossiers(failing.sessions, failing.later, size=1) == 0
    incident = failing.incident()
    assert (incident.dossier_id, incident.cause, incident.attempts) == (failing.broken, "timer", 1)
    assert incident.element_id == "many"
    assert "limit_of_quantity" in incident.reason_vi
    assert "limit_of_quantity" in incident.reason_en
    assert failing.tasks(failing.broken) == {"work"}
    assert EventKind.TIMER_FIRED not in failing.kinds()
    assert EventKind.INCIDENT_OPENED in failing.kinds()


def test_a_dossier_with_an_open_incident_is_left_alone(failing):
    wake_due_dossiers(failing.sessions, failing.later)
    with failing.sessions() as session:
        assert failing.broken not in due_dossiers(session, failing.later + timedelta(days=30))
    assert wake_due_dossiers(failing.sessions, failing.later + timedelta(days=1)) == 0
    assert failing.incident().attempts == 1


def test_a_retry_after_the_fix_takes_the_step(failing):
    wake_due_dossiers(failing.sessions, failing.later)
    failing.mend()
    settled = failing.by("quantri", retry_incident, failing.incident().id)
    assert settled.state == IncidentState.RESOLVED
    assert settled.resolved_by_id == failing.office.actor("quantri", failing.later).id
    assert failing.tasks(failing.broken) == {"work", "count"}
    assert failing.kinds()[-2:] == [EventKind.INCIDENT_RESOLVED, EventKind.INCIDENT_RETRIED]
    with failing.sessions() as session:
        assert not session.get(WorkflowState, failing.broken).halted


def test_a_retry_before_the_fix_leaves_the_incident_open_and_says_why(failing):
    wake_due_dossiers(failing.sessions, failing.later)
    still = failing.by("quantri", retry_incident, failing.incident().id)
    assert (still.state, still.attempts) == (IncidentState.OPEN, 2)
    assert failing.kinds()[-1] == EventKind.INCIDENT_RETRIED
    with failing.sessions() as session:
        assert session.get(WorkflowState, failing.broken).halted


def test_settled_by_hand_people_can_go_on_and_the_timer_comes_again(failing):
    wake_due_dossiers(failing.sessions, failing.later)
    with failing.sessions() as session, pytest.raises(StepFailed):
        office = type(failing.office)(session)
        office.do(session.get(Dossier, failing.broken), "work", "nv.hoa", failing.later)
    failing.by("quantri", resolve_incident, failing.incident().id, "Chờ sửa quy trình")
    tomorrow = failing.later + timedelta(days=1)
    with failing.sessions() as session:
        assert session.get(WorkflowState, failing.broken).next_due_at == tomorrow
        office = type(failing.office)(session)
        office.do(session.get(Dossier, failing.broken), "work", "nv.hoa", failing.later)
        session.rollback()
    wake_due_dossiers(failing.sessions, tomorrow)
    assert failing.incident().attempts == 1
    with failing.sessions() as session:
        settled = session.scalars(select(Incident).where(Incident.state == IncidentState.RESOLVED)).one()
        assert (settled.resolution, settled.resolved_by.username) == ("Chờ sửa quy trình", "quantri")


def test_a_later_step_that_goes_through_ends_the_incident_by_itself(failing):
    wake_due_dossiers(failing.sessions, failing.later)
    failing.mend()
    with failing.sessions.begin() as session:
        office = type(failing.office)(session)
        office.do(session.get(Dossier, failing.broken), "work", "nv.hoa", failing.later)
    with failing.sessions() as session:
        assert open_incidents(session) == []
        assert not session.get(WorkflowState, failing.broken).halted
    assert failing.tasks(failing.broken) == {"count"}


def test_an_unreadable_state_can_still_be_put_off(failing):
    with failing.sessions.begin() as session:
        session.get(WorkflowState, failing.broken).state = b"not a state"
    wake_due_dossiers(failing.sessions, failing.later)
    incident = failing.incident()
    assert "StateUnreadable" in incident.reason_en
    until = failing.later + timedelta(days=3)
    failing.by("quantri", resolve_incident, incident.id, "Khôi phục từ bản sao lưu", until)
    with failing.sessions() as session:
        assert due_dossiers(session, until - timedelta(minutes=1)) == []
        assert due_dossiers(session, until) == [failing.broken]


def test_only_administrators_and_the_manager_settle_and_never_without_a_reason(failing):
    wake_due_dossiers(failing.sessions, failing.later)
    for verb, *arguments in ((incidents,), (retry_incident, 1), (resolve_incident, 1, "x")):
        with pytest.raises(NotForIncidents), failing.sessions() as session:
            actor = type(failing.office)(session).actor("nv.son", failing.later)
            verb(session, actor, *([failing.later] if arguments else []), *arguments)
    with pytest.raises(Required):
        failing.by("quantri", resolve_incident, failing.incident().id, "  ")
    with pytest.raises(UnknownIncident):
        failing.by("quantri", retry_incident, 999_999)


def test_what_the_database_or_the_network_did_is_no_incident():
    class Killed(Exception):
        sqlstate = "57P01"

    class Crossed(Exception):
        sqlstate = "40P01"

    for original in (Killed(), Crossed(), ConnectionError("gone")):
        assert is_passing(OperationalError("SELECT 1", {}, original))
    assert not is_passing(StepFailed(element="x", reason="y"))
    assert not is_passing(ZeroDivisionError())


def test_the_reason_never_holds_the_values_that_were_being_written():
    failure = OperationalError("INSERT", {"name": "Nông Thị Bí Mật"}, Exception("value too long\nDETAIL: secret"))
    assert "Bí Mật" not in reason_of(failure).en
    assert "secret" not in reason_of(failure).en
