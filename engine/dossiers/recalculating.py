"""Counting due dates again after a late announcement of days off: asked for by a person, logged, never silently."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.database.jobs import defer
from engine.dossiers.context import StepContext
from engine.dossiers.models import Dossier, Event, EventKind, TaskState
from engine.dossiers.refusals import AlreadyClosed
from engine.dossiers.rules import given_reason, urgent_at
from engine.dossiers.steps import lock
from engine.dossiers.timers import clock_moved, clock_of
from engine.organisation.actors import Actor
from engine.organisation.models import AdministrationEvent, AdministrationEventKind, Person, Role
from engine.organisation.queries import actor_for, local_day
from engine.organisation.refusals import NotAdministrator
from engine.worktime import Limit, SuspensionPolicy, due_at, resume_due


def recalculate_due_dates(session: Session, actor: Actor, now: datetime, reason: str) -> int:
    """Have the due date of every running dossier counted again by the calendar now in force; returns how many.

    Each is a job of its own, so that none waits for another. Raises Required, and NotAdministrator.
    """
    if not actor.holds(Role.ADMINISTRATOR):
        raise NotAdministrator()
    given = given_reason(reason)
    running = list(
        session.scalars(
            select(Dossier.id)
            .where(Dossier.closed_at.is_(None), Dossier.due_at.is_not(None), Dossier.processing_ended_at.is_(None))
            .order_by(Dossier.due_at, Dossier.id)
        )
    )
    for dossier_id in running:
        arguments = {"dossier_id": dossier_id, "actor_id": actor.id, "reason": given}
        defer(session, "recalculate_due_date", arguments=arguments, queue="due_dates")
    session.add(
        AdministrationEvent(
            at=now,
            kind=AdministrationEventKind.DUE_DATES_RECALCULATED,
            actor_id=actor.id,
            actor_name=actor.name,
            subject="calendar",
            details={"reason": given, "dossiers": len(running)},
        )
    )
    return len(running)


def recalculate_due_date(session: Session, now: datetime, dossier_id: int, actor_id: int, reason: str) -> bool:
    """Count one dossier's due date again, in the name of who asked for it; False when it stays what it was.

    The date fixed at acceptance and a promised date are history and stay; timers on the law's clock follow.
    """
    try:
        context = lock(session, dossier_id, now, actor_for(session, session.get_one(Person, actor_id), local_day(now)))
    except AlreadyClosed:
        return False
    dossier, before = context.dossier, clock_of(context.dossier)
    if dossier.due_at is None or dossier.processing_ended_at is not None:
        return False
    due = due_date_by_calendar(context)
    if due == dossier.due_at:
        return False
    context.log(
        EventKind.DUE_RECALCULATED,
        due_before=dossier.due_at.isoformat(),
        due_at=due.isoformat() if due else None,
        reason=reason,
        calendar=context.calendar.version,
    )
    dossier.due_at = context.facts["due_at"] = due
    for task in context.open_tasks.values():
        assert task.state == TaskState.OPEN
        task.urgent_at = urgent_at(task.due_at, due)
    clock_moved(context, before)
    return True


def due_date_by_calendar(context: StepContext) -> datetime | None:
    """The due date as the calendar now says: from acceptance, over every time that the clock stood still."""
    dossier = context.dossier
    assert dossier.received_at is not None
    assert dossier.limit_amount is not None
    assert dossier.limit_unit is not None
    limit = Limit.read(dossier.limit_amount, dossier.limit_unit)
    policy = SuspensionPolicy(context.definition.properties.supplement_policy)
    due = due_at(context.calendar, dossier.received_at, limit)
    for stopped_at, resumed_at in _pauses(context):
        due = resume_due(context.calendar, due, stopped_at, resumed_at, policy, limit)
    return due


def _pauses(context: StepContext) -> Iterator[tuple[datetime, datetime]]:
    """From when to when the clock stood still, for papers or for a withdrawal that was not confirmed, as the log tells;
    where it stands still now, that is not over."""
    of_the_clock = Event.kind.in_((EventKind.CLOCK_STOPPED, EventKind.CLOCK_RESUMED))
    moments = select(Event.at).where(Event.dossier_id == context.dossier.id, of_the_clock).order_by(Event.id)
    turns = iter(context.session.scalars(moments).all())
    return zip(turns, turns, strict=False)
