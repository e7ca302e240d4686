"""POST /tasks/{task}/claim: somebody takes a task out of the queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.shapes.dossiers import name_of
from web.api.shapes.tasks import Task, task_answer

TASK = {"task": "The task's id."}
TASK_REFUSALS = {
    403: "The task belongs to another role or unit.",
    404: "There is no such task, or not one that this person may know of.",
    409: "Somebody else completed or took the task, or the dossier went another way; says who and when.",
}


@operation("claimTask", "POST", "/tasks/{task}/claim", tag="Tasks", answer=Task, parameters=TASK, refuses=TASK_REFUSALS)
def claim_task(session: Session, actor: Actor, now: datetime, task: UUID) -> Task:
    """Take a task, so that nobody else does it; taking one's own task again changes nothing."""
    claimed = operations.claim_task(session, actor, now, task)
    return task_answer(claimed, name_of(claimed.dossier))
