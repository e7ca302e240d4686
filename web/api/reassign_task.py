"""POST /tasks/{task}/reassign: a task goes to another holder of its role."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.organisation.actors import Actor
from engine.organisation.queries import person_by_username
from web.api.claim_task import TASK
from web.api.interface import operation
from web.api.shapes.dossiers import name_of
from web.api.shapes.tasks import ReassignTaskRequest, Task, task_answer

NOBODY = 0
"""No person has this id."""


@operation(
    "reassignTask",
    "POST",
    "/tasks/{task}/reassign",
    tag="Tasks",
    answer=Task,
    parameters=TASK,
    body=ReassignTaskRequest,
    refuses={
        403: "The person is neither a division head nor a leader of the task's unit.",
        404: "There is no such task, or not one that this person may know of.",
        409: "The task was completed, or the dossier went another way; says who and when.",
    },
    repeatable=True,
)
def reassign_task(session: Session, actor: Actor, now: datetime, task: UUID, body: ReassignTaskRequest) -> Task:
    """Give an open task to another holder of its role, whoever has it now.

    Done by the division heads and leaders of the task's unit. Work that comes back later goes to the new holder too.
    """
    person = person_by_username(session, body.username)
    given = operations.reassign_task(session, actor, now, task, person.id if person else NOBODY)
    return task_answer(given, name_of(given.dossier))
