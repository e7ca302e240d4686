"""Timers on the law's clock: they stand still with it, move with the due date, and fire once whoever dies."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from engine.catalogue.operations import publish
from engine.dossiers.models import Event, EventKind, Wait, WorkflowState
from engine.dossiers.operations import fire_due_timers, request_withdrawal
from engine.dossiers.queries import open_tasks, waits_of
from engine.dossiers.recalculating import recalculate_due_date, recalculate_due_dates
from engine.dossiers.refusals import Required
from engine.organisation.models import AdministrationEvent, AdministrationEventKind
from engine.organisation.operations import publish_settings
from engine.organisation.refusals import NotAdministrator
from engine.settings import PROJECT
from tests.engine.dossiers.conftest import DECLARATION
from tests.engine.dossiers.trial_procedure import CODE, write_trial


@pytest.fixture
def trial(office, tmp_path, moment):
    """A dossier of the trial procedure whose reminder opens the branch that stops the clock."""
    now = moment("2026-03-10 09:00")
    (report,) = publish(office.session, now, write_trial(tmp_path)).procedures
    assert report.outcome == "published", report.findings
    dossier = office.receive(now, replace(DECLARATION, procedure_code=CODE))
    dossier.facts = {**dossier.facts, "limit_of_quantity": 0}
    return dossier


def overdue(session, dossier) -> Wait:
    return next(wait for wait in waits_of(session, dossier.id) if wait.element_id == "overdue")


def open_now(session, dossier) -> set[str]:
    return {task.element_id for task in open_tasks(session, dossier.id)}


def test_while_the_clock_stands_still_the_overdue_timer_cannot_go_off(office, trial, moment):
    session, due = office.session, trial.due_at
    assert overdue(session, trial).due_at == due
    fire_due_timers(session, moment("2026-03-10 10:00"), trial.id)
    office.do(trial, "count", "nv.hoa", moment("2026-03-10 10:30"))
    assert trial.suspended_at == moment("2026-03-10 10:30")
    assert overdue(session, trial).due_at is None
    assert session.get(WorkflowState, trial.id).next_due_at is None
    assert not fire_due_timers(session, due + timedelta(days=30), trial.id)
    assert open_now(session, trial) == {"work", "papers"}


def test_when_the_clock_goes_on_the_overdue_timer_follows_the_new_due_date(office, trial, moment):
    session, due = office.session, trial.due_at
    fire_due_timers(session, moment("2026-03-10 10:00"), trial.id)
    office.do(trial, "count", "nv.hoa", moment("2026-03-10 10:30"))
    office.do(trial, "papers", "nv.hoa", moment("2026-03-24 10:30"))
    assert trial.due_at > due + timedelta(days=13)
    assert overdue(session, trial).due_at == trial.due_at
    assert session.get(WorkflowState, trial.id).next_due_at == trial.due_at
    assert not fire_due_timers(session, trial.due_at - timedelta(minutes=1), trial.id)
    assert fire_due_timers(session, trial.due_at, trial.id)
    assert open_now(session, trial) == {"work", "apologise"}


def test_a_timer_on_its_own_clock_is_not_moved_by_a_suspension(office, trial, moment):
    """The reminder of one hour and the limit for papers keep the dates that people were told."""
    session = office.session
    reminder = next(wait for wait in waits_of(session, trial.id) if wait.element_id == "remind")
    assert reminder.due_at == moment("2026-03-10 10:00")


@pytest.fixture
def storm(office, tmp_path):
    """The calendar after a late announcement: Monday 16 March 2026 is a day off."""
    folder = tmp_path / "announced"
    shutil.copytree(PROJECT / "processes" / "calendar", folder / "calendar")
    shutil.copytree(PROJECT / "processes" / "organisation", folder / "organisation")
    year = folder / "calendar" / "2026.yaml"
    announced = "  - {date: 2026-03-16, kind: off, reason: Nghỉ bão, confirmed: true}\n"
    year.write_text(year.read_text(encoding="utf-8") + announced, encoding="utf-8")
    return lambda now: publish_settings(office.session, now, folder)


def test_a_late_announcement_changes_nothing_until_somebody_has_the_dates_counted_again(office, trial, storm, moment):
    session, due, now = office.session, trial.due_at, moment("2026-03-12 08:00")
    storm(now)
    assert trial.due_at == due
    administrator = office.actor("quantri", now)
    assert recalculate_due_dates(session, administrator, now, "Nghỉ bão số 3") == 1
    queued = session.execute(text("SELECT task_name, args FROM procrastinate_jobs")).one()
    assert queued.task_name == "recalculate_due_date"
    assert recalculate_due_date(session, now, **queued.args)
    assert trial.due_at == due + timedelta(days=1)
    assert trial.original_due_at == due
    assert overdue(session, trial).due_at == trial.due_at
    work = next(task for task in open_tasks(session, trial.id) if task.element_id == "work")
    assert work.urgent_at == trial.due_at
    logged = session.scalars(select(Event).where(Event.kind == EventKind.DUE_RECALCULATED)).one()
    assert (logged.actor_id, logged.details["reason"]) == (administrator.id, "Nghỉ bão số 3")
    told = select(AdministrationEvent).where(AdministrationEvent.kind == AdministrationEventKind.DUE_DATES_RECALCULATED)
    assert session.scalars(told).one().details == {"reason": "Nghỉ bão số 3", "dossiers": 1}
    assert not recalculate_due_date(session, now, **queued.args)


def test_a_recalculation_keeps_the_time_that_the_clock_stood_still(office, trial, storm, moment):
    session = office.session
    fire_due_timers(session, moment("2026-03-10 10:00"), trial.id)
    office.do(trial, "count", "nv.hoa", moment("2026-03-10 10:30"))
    office.do(trial, "papers", "nv.hoa", moment("2026-03-12 10:30"))
    due, now = trial.due_at, moment("2026-03-13 08:00")
    arguments = {"actor_id": office.actor("quantri", now).id, "reason": "kiểm tra"}
    assert not recalculate_due_date(session, now, trial.id, **arguments)
    storm(now)
    assert recalculate_due_date(session, now, trial.id, **arguments)
    assert trial.due_at == due + timedelta(days=1)


ASKED_BACK = """
    <bpmn:boundaryEvent id="asked_back" name="Xin rút" attachedToRef="work" cancelActivity="false">
      <bpmn:messageEventDefinition messageRef="m_withdrawal"/>
    </bpmn:boundaryEvent>
    <bpmn:userTask id="consider" name="Xem xét việc rút" camunda:candidateGroups="officer">
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="state" value="withdrawal_requested"/>
      </camunda:properties></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:endEvent id="kept"><bpmn:extensionElements><camunda:properties>
      <camunda:property name="state" value="examining"/>
    </camunda:properties></bpmn:extensionElements></bpmn:endEvent>
    <bpmn:sequenceFlow id="f20" sourceRef="asked_back" targetRef="consider"/>
    <bpmn:sequenceFlow id="f21" sourceRef="consider" targetRef="kept"/>
"""


def test_a_recalculation_keeps_the_time_that_a_withdrawal_was_considered(office, storm, tmp_path, moment):
    session, received = office.session, moment("2026-03-10 09:00")
    (report,) = publish(session, received, write_trial(tmp_path, ASKED_BACK)).procedures
    assert report.outcome == "published", report.findings
    dossier = office.receive(received, replace(DECLARATION, procedure_code=CODE))
    dossier.facts = {**dossier.facts, "limit_of_quantity": 1000}
    asked = moment("2026-03-10 09:30")
    request_withdrawal(session, office.actor("bd.lan", asked), asked, dossier.id, "Không còn nhu cầu")
    office.do(dossier, "consider", "nv.hoa", moment("2026-03-12 09:30"))
    due, now = dossier.due_at, moment("2026-03-13 08:00")
    assert due > dossier.original_due_at
    arguments = {"actor_id": office.actor("quantri", now).id, "reason": "kiểm tra"}
    assert not recalculate_due_date(session, now, dossier.id, **arguments)
    storm(now)
    assert recalculate_due_date(session, now, dossier.id, **arguments)
    assert dossier.due_at == due + timedelta(days=1)


def test_only_an_administrator_has_due_dates_counted_again_and_says_why(office, trial, moment):
    now = moment("2026-03-12 08:00")
    with pytest.raises(NotAdministrator):
        recalculate_due_dates(office.session, office.actor("nv.thang", now), now, "x")
    with pytest.raises(Required):
        recalculate_due_dates(office.session, office.actor("quantri", now), now, " ")
