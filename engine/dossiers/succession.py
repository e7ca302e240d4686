"""When a body ends, its open dossiers go on under its successor (domain 6); what was signed is never rewritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.catalogue.models import Procedure, ProcedureVersion
from engine.dossiers.context import local_date
from engine.dossiers.models import Dossier, Event, EventKind, Task, TaskState
from engine.organisation.models import Role, Unit
from engine.organisation.queries import holder_called, unit_chart


def orphaned_dossiers(session: Session, now: datetime, size: int = 500) -> list[int]:
    """Ids of open dossiers that are decided, or waited for, by a unit that has ended."""
    ended = select(Unit.id).where(Unit.valid_to < local_date(now))
    waiting = select(Task.dossier_id).where(Task.state == TaskState.OPEN, Task.unit_id.in_(ended))
    statement = (
        select(Dossier.id)
        .where(Dossier.closed_at.is_(None), Dossier.deciding_unit_id.in_(ended) | Dossier.id.in_(waiting))
        .order_by(Dossier.id)
        .limit(size)
    )
    return list(session.scalars(statement))


def continue_under_successors(sessions: Callable[[], Session], now: datetime) -> int:
    """Give every open dossier of an ended unit to its successor, each in a transaction of its own; returns how many.

    Doing it again changes nothing. Raises UnitEnded when a unit ended without a successor for the procedure.
    """
    with sessions() as session:
        candidates = orphaned_dossiers(session, now)
    for dossier_id in candidates:
        with sessions() as session, session.begin():
            continue_under_successor(session, now, dossier_id)
    return len(candidates)


def continue_under_successor(session: Session, now: datetime, dossier_id: int) -> None:
    """Give one dossier and its open tasks to the successors of units that have ended, and write it into the log.

    Whoever held a task keeps it if they hold its role in the new unit; else it waits in the queue of that role.
    """
    dossier = session.scalars(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()
    chart, code, today = unit_chart(session), _procedure_code(session, dossier), local_date(now)
    before = dossier.deciding_unit
    dossier.deciding_unit = chart.unit_on(before.code, today, code)
    for task in _open_tasks(session, dossier_id):
        task.unit = chart.unit_on(task.unit.code, today, code)
        _release_unless_held_there(session, now, task)
    if dossier.deciding_unit is not before:
        _log(session, dossier, now, before)


def _release_unless_held_there(session: Session, now: datetime, task: Task) -> None:
    holder = task.claimed_by
    if holder and not holder_called(session, holder.username, Role(task.role), task.unit.id, local_date(now)):
        task.claimed_by, task.claimed_at = None, None
        details = {"name": task.name, "person": holder.full_name, "role": task.role, "unit": task.unit.name}
        place = {"unit_id": task.unit.id, "task_id": task.id, "element_id": task.element_id, "path": task.path}
        session.add(Event(dossier_id=task.dossier_id, at=now, kind=EventKind.HOLDER_GONE, details=details, **place))


def _open_tasks(session: Session, dossier_id: int) -> list[Task]:
    statement = select(Task).where(Task.dossier_id == dossier_id, Task.state == TaskState.OPEN)
    return list(session.scalars(statement.options(joinedload(Task.unit), joinedload(Task.claimed_by))))


def _procedure_code(session: Session, dossier: Dossier) -> str:
    statement = select(Procedure.code).join(ProcedureVersion).where(ProcedureVersion.id == dossier.version_id)
    return session.scalars(statement).one()


def _log(session: Session, dossier: Dossier, now: datetime, before: Unit) -> None:
    details = {"before": before.name, "after": dossier.deciding_unit.name}
    session.add(Event(dossier_id=dossier.id, at=now, kind=EventKind.UNIT_SUCCEEDED, details=details))
