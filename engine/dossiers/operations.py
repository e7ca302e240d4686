"""The verbs of a dossier's life after reception; each is one transaction that the caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.dossiers import rules
from engine.dossiers.context import StepContext
from engine.dossiers.deviating import allow_further_request, apologise, transfer_dossier
from engine.dossiers.enclosing import add_attachment, make_document, reveal_identity
from engine.dossiers.finishing import Completion, finish_task, lock_task
from engine.dossiers.former_holders import release_tasks_of
from engine.dossiers.late_opinions import give_late_opinion
from engine.dossiers.messages import WITHDRAWAL, Incoming, earlier_message, receive_message
from engine.dossiers.models import Dossier, EventKind, Message, Task
from engine.dossiers.queries import form_data
from engine.dossiers.receiving import (
    complete_reception,
    file_dossier,
    open_filed,
    preview_reception,
    receive_dossier,
)
from engine.dossiers.refusals import (
    AlreadyClosed,
    CannotHold,
    NotForMessages,
    NotOfThisUnit,
    NotReassignable,
    UnexpectedAnswers,
    UnknownDossier,
)
from engine.dossiers.steps import lock, take
from engine.forms import validate
from engine.organisation.actors import Actor
from engine.organisation.models import Person, Role
from engine.organisation.queries import actor_for, people_holding
from engine.workflow import Deliver, FireDueTimers, set_assignee

__all__ = [
    "WITHDRAWAL",
    "Completion",
    "add_attachment",
    "allow_further_request",
    "apologise",
    "claim_task",
    "complete_reception",
    "complete_task",
    "deliver_message",
    "file_dossier",
    "fire_due_timers",
    "give_late_opinion",
    "make_document",
    "open_filed",
    "preview_reception",
    "reassign_task",
    "receive_dossier",
    "release_task",
    "release_tasks_of",
    "request_withdrawal",
    "reveal_identity",
    "transfer_dossier",
]


def claim_task(session: Session, actor: Actor, now: datetime, task_id: UUID) -> Task:
    """Take a task out of the queue of its role; claiming one's own task again changes nothing.

    Raises UnknownTask, NotYourTask, TaskClaimed (says who and when), TaskAlreadyDone.
    """
    context, task = lock_task(session, actor, now, task_id)
    rules.check_may_complete(actor, task, context.dossier)
    if task.claimed_by_id is None:
        _give(context, task, actor.person)
        context.log(EventKind.TASK_CLAIMED, name=task.name)
    return task


def release_task(session: Session, actor: Actor, now: datetime, task_id: UUID) -> Task:
    """Put one's own task back into the queue of its role; one that nobody holds stays there and nothing is logged.

    Raises UnknownTask, NotYourTask, TaskClaimed (says who and when), TaskAlreadyDone.
    """
    context, task = lock_task(session, actor, now, task_id)
    rules.check_may_complete(actor, task, context.dossier)
    if task.claimed_by_id is not None:
        _put_back(context, task)
    return task


def reassign_task(session: Session, actor: Actor, now: datetime, task_id: UUID, person_id: int) -> Task:
    """Give an open task to another holder of its role; the unit's division heads and leaders may do that.

    Where the diagram names the task's holder by a variable, work that comes back goes to the new holder as well.
    Raises NotReassignable, or CannotHold (NotOfThisUnit) when the other person does not hold the role.
    """
    context, task = lock_task(session, actor, now, task_id)
    rules.check_open(task)
    if not (actor.holds(Role.DIVISION_HEAD, task.unit_id) or actor.holds(Role.LEADER, task.unit_id)):
        raise NotReassignable(unit=task.unit.name)
    role = Role(task.role)
    holders = {person.id: person for person in people_holding(session, role, task.unit_id, context.today)}
    if person_id not in holders:
        raise _cannot_hold(context, task, person_id)
    before = task.claimed_by.full_name if task.claimed_by else None
    _give(context, task, holders[person_id])
    workflow, username = context.workflow, holders[person_id].username
    workflow.state = set_assignee(context.definition.workflow, workflow.state, task.id, username).state
    context.log(EventKind.TASK_REASSIGNED, name=task.name, before=before, after=holders[person_id].full_name)
    return task


def complete_task(
    session: Session, actor: Actor, now: datetime, task_id: UUID, answers: Mapping[str, Any]
) -> Completion:
    """Complete a user task with the answers of its form and move the dossier on, in one transaction.

    Raises UnknownTask, NotYourTask, TaskClaimed, TaskAlreadyDone, FormRefused (fields), WrongReceptionTask,
    and whatever refuses the step; nothing is changed then.
    """
    context, task = lock_task(session, actor, now, task_id)
    rules.check_may_complete(actor, task, context.dossier)
    rules.check_completed_on_own_page(task, receiving=False)
    context.answers = _validated(context, task, answers)
    return finish_task(context, task)


def request_withdrawal(session: Session, actor: Actor, now: datetime, dossier_id: int, reason: str) -> Dossier:
    """The applicant asks for the dossier back; possible until the result is signed (domain 2.3).

    Raises NotWithdrawnHere, Required without a reason, TooLateToWithdraw, AlreadyClosed, or MessageNotAwaited before
    acceptance.
    """
    context = lock(session, dossier_id, now, actor)
    if not rules.may_see(actor, context.dossier):
        raise UnknownDossier(reference=dossier_id)
    rules.check_notes_withdrawals(actor, context.dossier)
    given = rules.given_reason(reason)
    rules.check_may_withdraw(context.dossier)
    context.log(EventKind.WITHDRAWAL_REQUESTED, reason=given)
    take(context, Deliver(WITHDRAWAL, {}))
    return context.dossier


def deliver_message(
    session: Session,
    now: datetime,
    dossier_id: int,
    message: str,
    payload: Mapping[str, Any],
    actor: Actor | None = None,
    *,
    key: str | None = None,
    to: str | UUID | None = None,
) -> Message:
    """Deliver a message from outside to the one that waits for it, or keep it until somebody does.

    A person (nobody, when the system itself speaks) must be an administrator. A `key` that came before is answered
    with what became of that message. Raises NotForMessages, MessageNeverAwaited, UnknownAddressee, MessageKeyReused,
    AlreadyClosed, MessageNotAwaited (a withdrawal, or a wait that is over), and whatever refuses the step.
    """
    if actor is not None and not actor.holds(Role.ADMINISTRATOR):
        raise NotForMessages()
    incoming = Incoming(message, payload, key, to)
    try:
        context = lock(session, dossier_id, now, actor)
    except AlreadyClosed:
        if earlier := earlier_message(session, dossier_id, incoming):
            return earlier
        raise
    if earlier := earlier_message(session, dossier_id, incoming):
        return earlier
    if message == WITHDRAWAL:
        rules.check_may_withdraw(context.dossier)
    return receive_message(context, incoming, take)


def fire_due_timers(session: Session, now: datetime, dossier_id: int) -> bool:
    """Let the dossier's due timers fire; False when none is due (any more), or an incident keeps them from it."""
    context = lock(session, dossier_id, now)
    due = context.workflow.next_due_at
    if due is None or due > now or context.workflow.halted:
        return False
    context.log(EventKind.TIMER_FIRED, due_at=due.isoformat())
    take(context, FireDueTimers())
    return True


def _put_back(context: StepContext, task: Task) -> None:
    task.claimed_by, task.claimed_by_id, task.claimed_at = None, None, None
    context.log(EventKind.TASK_RELEASED, name=task.name)


def _cannot_hold(context: StepContext, task: Task, person_id: int) -> CannotHold:
    """Names the person only to a unit that is their own."""
    role, person = Role(task.role), context.session.get(Person, person_id)
    if person is None or task.unit_id not in actor_for(context.session, person, context.today).units():
        return NotOfThisUnit(role=role, unit=task.unit.name)
    return CannotHold(person=person.full_name, role=role, unit=task.unit.name)


def _give(context: StepContext, task: Task, person: Person) -> None:
    task.claimed_by, task.claimed_at = person, context.now


def _validated(context: StepContext, task: Task, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    if task.form is None:
        if answers:
            raise UnexpectedAnswers(task=task.name)
        return {}
    form = context.definition.forms[task.form]
    return validate(form, answers, form_data(context.session, task, context.facts, form.lists()))
