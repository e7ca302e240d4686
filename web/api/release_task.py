"""POST /tasks/{task}/release: somebody puts a task back into the queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.organisation.actors import Actor
from web.api.claim_task import TASK, TASK_REFUSALS
from web.api.interface import operation
from web.api.shapes.dossiers import name_of
from web.api.shapes.tasks import Task, task_answer


@operation(
    "releaseTask",
    "POST",
    "/tasks/{task}/release",
    tag="Tasks",
    answer=Task,
    parameters=TASK,
    refuses=TASK_REFUSALS,
    repeatable=True,
)
def release_task(session: Session, actor: Actor, now: datetime, task: UUID) -> Task:
    """Put one's own task back, so that others of its role can take it; one that nobody holds stays as it is."""
    released = operations.release_task(session, actor, now, task)
    return task_answer(released, name_of(released.dossier))
