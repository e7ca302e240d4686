"""Completing a task: lock, check, write down who did it, and take the step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.dossiers import rules
from engine.dossiers.context import StepContext
from engine.dossiers.models import Dossier, EventKind, Task, TaskState
from engine.dossiers.refusals import AlreadyClosed, UnknownTask
from engine.dossiers.steps import lock, take
from engine.organisation.actors import Actor
from engine.workflow import Complete


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing a task led to."""

    dossier: Dossier
    task: Task
    opened: tuple[Task, ...]
    """The tasks that this completion has opened."""


def lock_task(session: Session, actor: Actor, now: datetime, task_id: UUID) -> tuple[StepContext, Task]:
    """Lock the task's dossier (always the dossier before anything of it), then read the task as it is now.

    Raises UnknownTask when there is none that this person may know of. A task of a dossier that has ended answers
    with who completed it (TaskAlreadyDone), which tells more than that the dossier is closed.
    """
    dossier_id = session.scalar(select(Task.dossier_id).where(Task.id == task_id))
    if dossier_id is None:
        raise UnknownTask()
    try:
        context = lock(session, dossier_id, now, actor)
    except AlreadyClosed:
        task = _read(session, task_id)
        if rules.may_see(actor, task.dossier, [task]):
            rules.check_open(task)
        raise UnknownTask() from None
    task = _read(session, task_id)
    if not rules.may_see(actor, context.dossier, [task]):
        raise UnknownTask()
    context.task = task
    return context, task


def finish_task(context: StepContext, task: Task) -> Completion:
    """Write the task down as completed by the acting person and move the workflow on."""
    assert context.actor is not None
    context.task = task
    task.state, task.completed_at = TaskState.COMPLETED, context.now
    task.completed_by, task.answers = context.actor.person, dict(context.answers)
    context.log(EventKind.TASK_COMPLETED, name=task.name, choices=_choices(context, task))
    step = take(context, Complete(task.id, {**_unanswered(context, task), **context.answers}))
    ready = {place.id for place in step.ready}
    opened = [other for other in open_tasks_of(context) if other.id in ready and other.opened_at == context.now]
    return Completion(context.dossier, task, tuple(opened))


def open_tasks_of(context: StepContext) -> list[Task]:
    """The dossier's open tasks, oldest first."""
    statement = (
        select(Task)
        .where(Task.dossier_id == context.dossier.id, Task.state == TaskState.OPEN)
        .options(joinedload(Task.unit), joinedload(Task.claimed_by))
        .order_by(Task.opened_at, Task.id)
    )
    return list(context.session.scalars(statement))


def _choices(context: StepContext, task: Task) -> dict[str, object]:
    """The answers that routed the dossier; opinions, drafts and notes stay out of the log that the counter reads."""
    outputs = context.definition.workflow.user_tasks[task.element_id].outputs.values()
    return {name: value for name, value in (task.answers or {}).items() if f"${{{name}}}" in outputs}


def _unanswered(context: StepContext, task: Task) -> dict[str, None]:
    """Every answer of the form as None, so that an output of the task may name one that was hidden or left out."""
    form = context.definition.forms.get(task.form or "")
    return form.unanswered() if form else {}


def _read(session: Session, task_id: UUID) -> Task:
    statement = (
        select(Task)
        .where(Task.id == task_id)
        .options(
            joinedload(Task.unit),
            joinedload(Task.claimed_by),
            joinedload(Task.completed_by),
            joinedload(Task.dossier),
        )
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one()
