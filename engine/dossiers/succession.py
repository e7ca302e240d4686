"""When a body ends, its open dossiers go on under its successor (domain 6); what was signed is never rewritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from engine.catalogue.models import Procedure, ProcedureVersion
from engine.dossiers.context import local_date
from engine.dossiers.models import Dossier, Event, EventKind, Task, TaskState
from engine.organisation.models import Role, Unit, UnitSuccession
from engine.organisation.queries import holder_called, unit_chart
from engine.refusals import Refusal

LOG = structlog.get_logger(__name__)


def orphaned_dossiers(session: Session, now: datetime, size: int = 500, after: int = 0) -> list[int]:
    """Ids beyond `after` of open dossiers that are decided, or waited for, by a unit that has ended, or were received
    by one that has a successor; the lowest first."""
    today = local_date(now)
    ended = select(Unit.id).where(Unit.valid_to < today)
    succeeded = ended.where(Unit.id.in_(select(UnitSuccession.old_unit_id).where(UnitSuccession.effective_on <= today)))
    waiting = select(Task.dossier_id).where(Task.state == TaskState.OPEN, Task.unit_id.in_(ended))
    orphaned = or_(Dossier.deciding_unit_id.in_(ended), Dossier.counter_id.in_(succeeded), Dossier.id.in_(waiting))
    statement = select(Dossier.id).where(Dossier.closed_at.is_(None), Dossier.id > after, orphaned)
    return list(session.scalars(statement.order_by(Dossier.id).limit(size)))


def continue_under_successors(sessions: Callable[[], Session], now: datetime, size: int = 500) -> int:
    """Give every open dossier of an ended unit to its successor, each in a transaction of its own; returns how many.

    Doing it again changes nothing. A dossier that nobody has taken over is named in the log and stops no other; they
    are read `size` at a time.
    """
    passed_on, last = 0, 0
    while candidates := _orphaned_after(sessions, now, size, last):
        passed_on += sum(_continued(sessions, now, dossier_id) for dossier_id in candidates)
        last = candidates[-1]
    return passed_on


def _orphaned_after(sessions: Callable[[], Session], now: datetime, size: int, last: int) -> list[int]:
    with sessions() as session:
        return orphaned_dossiers(session, now, size, last)


def _continued(sessions: Callable[[], Session], now: datetime, dossier_id: int) -> bool:
    try:
        with sessions() as session, session.begin():
            continue_under_successor(session, now, dossier_id)
    except Refusal as refusal:
        LOG.error("no_successor", dossier_id=dossier_id, reason=refusal.message("en"))
        return False
    return True


def continue_under_successor(session: Session, now: datetime, dossier_id: int) -> None:
    """Give one dossier and its open tasks to the successors of units that have ended, and write it into the log.

    Whoever held a task keeps it if they hold its role in the new unit; else it waits in the queue of that role.
    Raises UnitEnded when a unit ended without a successor for the procedure.
    """
    dossier = session.scalars(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()
    if dossier.closed_at is not None:
        return
    chart, code, today = unit_chart(session), _procedure_code(session, dossier), local_date(now)
    deciding, counter = dossier.deciding_unit, dossier.counter
    dossier.deciding_unit = chart.unit_on(deciding.code, today, code)
    if counter.id in chart.successions:
        dossier.counter = chart.unit_on(counter.code, today, code)
    for task in _open_tasks(session, dossier_id):
        task.unit = chart.unit_on(task.unit.code, today, code)
        _release_unless_held_there(session, now, task)
    for before, after in ((deciding, dossier.deciding_unit), (counter, dossier.counter)):
        if after is not before:
            _log(session, dossier, now, before, after)


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


def _log(session: Session, dossier: Dossier, now: datetime, before: Unit, after: Unit) -> None:
    details = {"before": before.name, "after": after.name}
    session.add(Event(dossier_id=dossier.id, at=now, kind=EventKind.UNIT_SUCCEEDED, details=details))
