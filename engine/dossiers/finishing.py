"""Completing a task: lock, check, write down who did it, and take the step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from engine.database.direct import Prepared
from engine.dossiers import rules
from engine.dossiers.context import StepContext
from engine.dossiers.models import Dossier, EventKind, Task, TaskState
from engine.dossiers.reading import planned_once, read_standing
from engine.dossiers.refusals import UnknownTask
from engine.dossiers.steps import context_for, take
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
    locked = _LOCK_BY_TASK.rows(session, task=task_id)
    if not locked:
        raise UnknownTask()
    standing = read_standing(session, locked[0][0], task_id)
    task = standing.tasks[task_id]
    if not rules.may_see(actor, standing.dossier, [task]):
        raise UnknownTask()
    if standing.workflow is None:
        rules.check_open(task)
        raise UnknownTask()
    context = context_for(session, standing.dossier, standing.workflow, now, actor, standing)
    context.task = task
    return context, task


_LOCK_BY_TASK = Prepared(
    lambda: (
        select(Dossier.id, planned_once())
        .join(Task, Task.dossier_id == Dossier.id)
        .where(Task.id == bindparam("task", type_=Uuid))
        .with_for_update(of=Dossier)
    )
)


def finish_task(context: StepContext, task: Task) -> Completion:
    """Write the task down as completed by the acting person and move the workflow on."""
    assert context.actor is not None
    context.task = task
    task.state, task.completed_at = TaskState.COMPLETED, context.now
    task.completed_by, task.answers = context.actor.person, dict(context.answers)
    context.log(EventKind.TASK_COMPLETED, name=task.name, choices=_choices(context, task))
    context.open_tasks.pop(task.id)
    before = set(context.open_tasks)
    take(context, Complete(task.id, {**_unanswered(context, task), **context.answers}))
    opened = [other for id, other in context.open_tasks.items() if id not in before]
    return Completion(context.dossier, task, tuple(opened))


def open_tasks_of(context: StepContext) -> list[Task]:
    """The dossier's open tasks, oldest first."""
    return list(context.open_tasks.values())


def _choices(context: StepContext, task: Task) -> dict[str, object]:
    """The answers that routed the dossier; opinions, drafts and notes stay out of the log that the counter reads."""
    outputs = context.definition.workflow.user_tasks[task.element_id].outputs.values()
    return {name: value for name, value in (task.answers or {}).items() if f"${{{name}}}" in outputs}


def _unanswered(context: StepContext, task: Task) -> dict[str, None]:
    """Every answer of the form as None, so that an output of the task may name one that was hidden or left out."""
    form = context.definition.forms.get(task.form or "")
    return form.unanswered() if form else {}
