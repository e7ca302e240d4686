"""A task whose holder may no longer do it goes back to the queue of its role: an account is closed, a role ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from engine.dossiers.context import local_date
from engine.dossiers.models import Dossier, Event, EventKind, Task, TaskState
from engine.organisation.models import Membership, Person
from engine.organisation.queries import during


def release_tasks_of(session: Session, now: datetime, person: Person) -> list[Task]:
    """Put the open tasks that `person` holds without the right to do them back into their queues; returns them.

    Dossiers are locked in the order of their ids; a task that was done in the meantime is passed over.
    """
    held = _held_without_right(now, Task.dossier_id).where(Task.claimed_by_id == person.id)
    dossiers = session.scalars(held.distinct().order_by(Task.dossier_id)).all()
    return [task for dossier_id in dossiers for task in _release(session, now, dossier_id)]


def release_tasks_of_former_holders(sessions: Callable[[], Session], now: datetime) -> int:
    """Put every open task whose holder's role ended, by date or otherwise, back into its queue; returns how many.

    Each dossier is dealt with in a transaction of its own.
    """
    with sessions() as session:
        held = _held_without_right(now, Task.dossier_id)
        dossiers = session.scalars(held.distinct().order_by(Task.dossier_id)).all()
    released = 0
    for dossier_id in dossiers:
        with sessions() as session, session.begin():
            released += len(_release(session, now, dossier_id))
    return released


def _release(session: Session, now: datetime, dossier_id: int) -> list[Task]:
    """What is held is read once the dossier is locked: a dossier that has ended has no open task any more."""
    session.execute(select(Dossier.id).where(Dossier.id == dossier_id).with_for_update())
    held = _held_without_right(now, Task).where(Task.dossier_id == dossier_id).order_by(Task.opened_at, Task.id)
    tasks = session.scalars(held.options(joinedload(Task.unit)).execution_options(populate_existing=True)).all()
    for task in tasks:
        task.claimed_by, task.claimed_by_id, task.claimed_at = None, None, None
        place = {"unit_id": task.unit_id, "task_id": task.id, "element_id": task.element_id, "path": task.path}
        details = {"name": task.name}
        session.add(Event(dossier_id=dossier_id, at=now, kind=EventKind.TASK_RELEASED, details=details, **place))
    session.flush()
    return list(tasks)


def _held_without_right(now: datetime, *wanted: Any) -> Select[Any]:
    return select(*wanted).where(Task.state == TaskState.OPEN, Task.claimed_by_id.is_not(None), ~_may_be_done(now))


def _may_be_done(now: datetime) -> ColumnElement[bool]:
    """Whether the task's holder is active and has its role in its unit on the day."""
    role = (Membership.unit_id == Task.unit_id, Membership.role == Task.role)
    in_force = during(local_date(now), Membership.valid_from, Membership.valid_to)
    holder = select(Membership.id).join(Person, Person.id == Membership.person_id)
    return holder.where(Membership.person_id == Task.claimed_by_id, Person.active, *role, in_force).exists()
