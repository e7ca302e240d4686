"""Looking from outside whether everything that was promised is there, once, and hangs together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.dossiers.incidents import open_incidents
from engine.dossiers.models import (
    Dossier,
    Event,
    EventKind,
    IdempotentAnswer,
    Task,
    TaskState,
    Wait,
    WorkflowState,
)
from engine.dossiers.standing import without_owner
from engine.organisation.models import Person
from engine.settings import PROJECT
from engine.workflow import inspect
from torture.client import Acknowledged

PORTION = 2000
"""Rows asked for at a time."""


def check_acknowledged(session: Session, acknowledged: Sequence[Acknowledged]) -> list[str]:
    """Every answered completion is there exactly once, by the one who did it; every answer is kept under its key."""
    wrong: list[str] = []
    for start in range(0, len(acknowledged), PORTION):
        portion = acknowledged[start : start + PORTION]
        wrong += _check_tasks(session, [one for one in portion if one.task_id])
        wrong += _check_receptions(session, [one for one in portion if not one.task_id])
        wrong += _check_answers(session, portion)
    return wrong


def _check_tasks(session: Session, completions: Sequence[Acknowledged]) -> list[str]:
    ids = [UUID(one.task_id) for one in completions if one.task_id]
    found = {
        id: (state, username)
        for id, state, username in session.execute(
            select(Task.id, Task.state, Person.username)
            .outerjoin(Person, Person.id == Task.completed_by_id)
            .where(Task.id.in_(ids))
        )
    }
    logged = Counter(
        session.scalars(select(Event.task_id).where(Event.kind == EventKind.TASK_COMPLETED, Event.task_id.in_(ids)))
    )
    wrong = []
    for one in completions:
        id = UUID(one.task_id or "")
        if found.get(id) != (TaskState.COMPLETED, one.username):
            wrong.append(f"task {id} was acknowledged to {one.username} and is {found.get(id)}")
        if logged[id] != 1:
            wrong.append(f"task {id} was acknowledged and is {logged[id]} times in the event log")
    if len(set(ids)) != len(ids):
        wrong.append("a task was acknowledged twice under different keys")
    return wrong


def _check_receptions(session: Session, receptions: Sequence[Acknowledged]) -> list[str]:
    references = [str(one.body["reference"]) for one in receptions]
    found = set(session.scalars(select(Dossier.reference).where(Dossier.reference.in_(references))))
    return [f"dossier {lost} was acknowledged and is not there" for lost in sorted(set(references) - found)]


def _check_answers(session: Session, portion: Sequence[Acknowledged]) -> list[str]:
    keys = [one.key for one in portion]
    kept = {
        answer.key: answer.body
        for answer in session.scalars(select(IdempotentAnswer).where(IdempotentAnswer.key.in_(keys)))
    }
    return [
        f"the answer under {one.key} is not the one that was given" for one in portion if kept.get(one.key) != one.body
    ]


def check_moving(session: Session, now: datetime) -> list[str]:
    """No open dossier without a task that somebody can do, or a dated wait; and no incident."""
    wrong = [f"dossier {one.number}: {one.en}" for one in without_owner(session, now)]
    return wrong + [f"dossier {one.dossier_id}: incident: {one.reason_en}" for one in open_incidents(session)]


def check_agreement(session: Session, dossier_ids: Iterable[int] | None = None) -> list[str]:
    """Workflow state, task table, waits and event log tell the same story, dossier by dossier."""
    wrong: list[str] = []
    wanted = list(dossier_ids if dossier_ids is not None else session.scalars(select(Dossier.id)))
    for start in range(0, len(wanted), PORTION):
        wrong += _check_portion(session, wanted[start : start + PORTION])
    return wrong


def _check_portion(session: Session, ids: Sequence[int]) -> list[str]:
    tasks: dict[int, list[Task]] = defaultdict(list)
    for task in session.scalars(select(Task).where(Task.dossier_id.in_(ids))):
        tasks[task.dossier_id].append(task)
    waits: dict[int, set[UUID]] = defaultdict(set)
    for dossier_id, wait in session.execute(select(Wait.dossier_id, Wait.id).where(Wait.dossier_id.in_(ids))):
        waits[dossier_id].add(wait)
    states = {
        row.dossier_id: row for row in session.scalars(select(WorkflowState).where(WorkflowState.dossier_id.in_(ids)))
    }
    events: dict[int, list[Event]] = defaultdict(list)
    for event in session.scalars(select(Event).where(Event.dossier_id.in_(ids)).order_by(Event.id)):
        events[event.dossier_id].append(event)
    dossiers = session.scalars(select(Dossier).where(Dossier.id.in_(ids)))
    wrong = [
        f"dossier {dossier.id}: {what}"
        for dossier in dossiers
        for what in _differences(
            session, dossier, states.get(dossier.id), tasks[dossier.id], waits[dossier.id], events[dossier.id]
        )
    ]
    session.expunge_all()
    return wrong


def _differences(
    session: Session,
    dossier: Dossier,
    state: WorkflowState | None,
    tasks: Sequence[Task],
    waits: set[UUID],
    events: Sequence[Event],
) -> list[str]:
    open_now = {task.id for task in tasks if task.state == TaskState.OPEN}
    wrong = []
    if (state is None) != (dossier.closed_at is not None):
        wrong.append("it is closed and has a state, or is open and has none")
    if state is None:
        ready, waiting = set[UUID](), set[UUID]()
    else:
        step = inspect(definition_of(session, dossier.version_id).workflow, state.state)
        ready, waiting = {task.id for task in step.ready}, {wait.id for wait in step.waits}
        if state.next_due_at != step.next_due_at:
            wrong.append("the next due time is not the state's")
        if not ready and not waiting:
            wrong.append("nothing is ready and nothing is waited for")
    if ready != open_now:
        wrong.append("the open tasks are not those of the state")
    if waiting != waits:
        wrong.append("the waits are not those of the state")
    return wrong + _log_differences(open_now, tasks, events)


def _log_differences(open_now: set[UUID], tasks: Sequence[Task], events: Sequence[Event]) -> list[str]:
    """What the event log says about every task, against the table of tasks."""
    opened = Counter(UUID(event.details["task"]) for event in events if event.kind == EventKind.TASK_OPENED)
    completed = Counter(event.task_id for event in events if event.kind == EventKind.TASK_COMPLETED)
    cancelled = Counter(UUID(event.details["task"]) for event in events if event.kind == EventKind.TASK_CANCELLED)
    wrong = []
    if opened != Counter(task.id for task in tasks):
        wrong.append("the log has not opened every task once")
    if completed != Counter(task.id for task in tasks if task.state == TaskState.COMPLETED):
        wrong.append("the log has not completed once what is completed")
    if cancelled != Counter(task.id for task in tasks if task.state == TaskState.CANCELLED):
        wrong.append("the log has not cancelled once what is cancelled")
    if set(opened) - set(completed) - set(cancelled) != open_now:
        wrong.append("the log says that other tasks are open")
    return wrong


def check_jobs(session: Session) -> list[str]:
    """Every notification that a step asked for was carried out; none waits, none failed."""
    wrong = [
        f"{number} jobs are {status}"
        for status, number in session.execute(
            text("SELECT status::text, count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' GROUP BY status")
        )
    ]
    asked: Counter[int] = Counter()
    for dossier_id, details in session.execute(
        select(Event.dossier_id, Event.details).where(Event.kind == EventKind.PASSED)
    ):
        done = [element for element, _, outcome in details["elements"] if outcome == "completed"]
        asked[dossier_id] += sum(element in NOTIFYING for element in done)
    told = Counter(session.scalars(select(Event.dossier_id).where(Event.kind == EventKind.NOTIFIED)))
    lost = [id for id, number in asked.items() if told[id] < number]
    return wrong + [f"dossier {id}: {asked[id]} notifications asked for, {told[id]} made" for id in lost]


def check_timers(session: Session, dossier_ids: Sequence[int]) -> list[str]:
    """Each of these dossiers had one timer that fell due during the run: fired once, and the dossier ended by it."""
    firings = select(Event.dossier_id).where(Event.kind == EventKind.TIMER_FIRED, Event.dossier_id.in_(dossier_ids))
    fired = Counter(session.scalars(firings))
    closed = set(session.scalars(select(Dossier.id).where(Dossier.id.in_(dossier_ids), Dossier.closed_at.is_not(None))))
    wrong = [f"dossier {id}: its timer fired {fired[id]} times" for id in dossier_ids if fired[id] != 1]
    return wrong + [f"dossier {id}: its timer did not end it" for id in dossier_ids if id not in closed]


def _notifying() -> frozenset[str]:
    """Ids of the service tasks that have the applicant told, in all shipped diagrams."""
    found: set[str] = set()
    for file in (PROJECT / "processes").rglob("*.bpmn"):
        for tag in re.findall(r"<bpmn:serviceTask [^>]*>", file.read_text(encoding="utf-8")):
            if 'topic="notify_applicant"' in tag:
                found.update(re.findall(r'\bid="([^"]+)"', tag))
    return frozenset(found)


NOTIFYING = _notifying()
