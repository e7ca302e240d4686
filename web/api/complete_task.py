"""POST /tasks/{task}/complete: a task is done and the dossier moves on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.forms.refusals import FormRefused
from engine.organisation.actors import Actor
from web.api.claim_task import TASK, TASK_REFUSALS
from web.api.interface import operation
from web.api.shapes.dossiers import name_of
from web.api.shapes.tasks import CompleteTaskRequest, Completion, task_answer


@operation(
    "completeTask",
    "POST",
    "/tasks/{task}/complete",
    tag="Tasks",
    answer=Completion,
    parameters=TASK,
    body=CompleteTaskRequest,
    refuses=TASK_REFUSALS,
    repeatable=True,
)
def complete_task(session: Session, actor: Actor, now: datetime, task: UUID, body: CompleteTaskRequest) -> Completion:
    """Complete a task with the answers of its form; the dossier moves on in the same transaction.

    Need not be claimed before. Receiving tasks are completed by `receiveDossier`, because they carry more than a form.
    """
    try:
        done = operations.complete_task(session, actor, now, task, body.answers)
    except FormRefused as refusal:
        raise FormRefused({_below_answers(name): trouble for name, trouble in refusal.fields.items()}) from None
    dossier = done.dossier
    return Completion(
        task=task_answer(done.task, name_of(dossier)),
        dossier=name_of(dossier),
        dossier_state=dossier.state,
        closed_at=dossier.closed_at,
        opened=[task_answer(opened, name_of(dossier)) for opened in done.opened],
    )


def _below_answers(name: str) -> str:
    """The form's own field name as a path in the request."""
    return f"answers.{name}" if name else "answers"
