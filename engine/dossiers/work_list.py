"""The work list: the open tasks that a person may do, in the order in which they fall due."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Subquery, and_, false, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from engine.catalogue.models import ProcedureVersion
from engine.dossiers.models import Dossier, Task, TaskState
from engine.dossiers.queries import applicant_named
from engine.organisation.actors import Actor
from engine.organisation.models import Person, Role, Unit
from engine.refusals import Invalid
from engine.words import Words

SOON = timedelta(days=1)
MOST_COUNTED = 99
"""Tasks of a tab that are counted: to go through ten thousand of them for a number would take longer than the page."""

LONGEST_CURSOR = 200
"""Characters; what this list gives out is half as long, and anything longer is not worth reading."""


class WorkListTab(Words):
    """Which part of the work list is shown."""

    ALL = "all", "Tất cả", "All"
    MINE = "mine", "Việc của tôi", "Mine"
    UNCLAIMED = "unclaimed", "Chưa ai nhận", "Unclaimed"
    OVERDUE = "overdue", "Quá hạn", "Overdue"
    DUE_SOON = "due_soon", "Sắp đến hạn", "Due soon"


class WrongCursor(Invalid):
    """A page cursor that this list has not given out."""

    vi = "Dấu trang không hợp lệ."
    en = "The page cursor is not valid."
    remedy_vi = "Hãy mở lại từ trang đầu."
    remedy_en = "Start again from the first page."


@dataclass(frozen=True, slots=True)
class WorkListRow:
    """One open task with what a person needs to choose it."""

    task_id: UUID
    dossier_id: int
    number: str
    """The dossier number, or its reference before acceptance."""
    procedure: str
    procedure_en: str
    applicant_name: str
    name: str
    name_en: str
    kind: str
    role: Role
    unit_id: int
    unit_name: str
    deciding_unit_id: int
    state: str
    opened_at: datetime
    step_due_at: datetime | None
    due_at: datetime | None
    accepted: bool
    """Whether the dossier has its number, so that its legal limit runs."""
    suspended: bool
    ended: bool
    """Whether the result has been issued, so that nothing more falls due."""
    claimed_by_id: int | None
    claimed_by: str | None
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkListPage:
    """A page of the work list; `next` is the cursor of the page after it, None on the last."""

    rows: tuple[WorkListRow, ...]
    next: str | None


def work_list(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    tab: WorkListTab = WorkListTab.ALL,
    search: str = "",
    after: str | None = None,
    size: int = 50,
) -> WorkListPage:
    """The open tasks offered to this person: those of the roles held, not taken by somebody else.

    A division head or leader also sees what the unit's officers have taken. Sorted by the earlier of the step's
    and the dossier's limit. `search` is a dossier number, or beginnings of words of the applicant's name; accents are
    ignored.
    """
    chosen = _most_urgent(actor, size + 1, *_tab(actor, now, tab), *_search(search), *_after(after))
    holder = aliased(Person)
    statement = (
        select(Task, Dossier, ProcedureVersion, Unit, holder)
        .join(chosen, chosen.c.id == Task.id)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .join(ProcedureVersion, ProcedureVersion.id == Dossier.version_id)
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(holder, holder.id == Task.claimed_by_id)
        .order_by(chosen.c.urgent_at, chosen.c.id)
        .limit(size + 1)
    )
    rows = session.execute(statement).all()
    page = tuple(_row(row) for row in rows[:size])
    return WorkListPage(page, _cursor(rows[size - 1][0]) if len(rows) > size else None)


def _most_urgent(actor: Actor, size: int, *conditions: ColumnElement[bool]) -> Subquery:
    """The `size` most urgent tasks of each queue: each is read in the order of its index and no further than shown,
    so that a page costs the same however many tasks there are."""
    queues = [
        select(Task.id, Task.urgent_at)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .where(Task.state == TaskState.OPEN, queue, *conditions)
        .order_by(Task.urgent_at, Task.id)
        .limit(size)
        for queue in _queues(actor)
    ]
    return union_all(*queues).subquery("chosen")


def counts(session: Session, actor: Actor, now: datetime) -> dict[WorkListTab, int]:
    """How many tasks each tab holds for this person; one more than MOST_COUNTED stands for any larger number."""
    found = _counted_together(session, actor, now)
    return found if found[WorkListTab.ALL] <= MOST_COUNTED else _counted_one_by_one(session, actor, now)


def _counted_together(session: Session, actor: Actor, now: datetime) -> dict[WorkListTab, int]:
    """Right as long as no queue is longer than what is counted, as for most people on most days."""
    urgent = _most_urgent(actor, MOST_COUNTED + 1)
    columns = [func.count().filter(*_tab(actor, now, tab)).label(tab) for tab in WorkListTab]
    statement = select(*columns).select_from(urgent).join(Task, Task.id == urgent.c.id)
    rows = session.execute(statement.join(Dossier, Dossier.id == Task.dossier_id))
    return dict(zip(WorkListTab, rows.one(), strict=True))


def _counted_one_by_one(session: Session, actor: Actor, now: datetime) -> dict[WorkListTab, int]:
    wanted = MOST_COUNTED + 1
    columns = [
        select(func.count()).select_from(_most_urgent(actor, wanted, *_tab(actor, now, tab))).scalar_subquery()
        for tab in WorkListTab
    ]
    found = session.execute(select(*columns)).one()
    return {tab: min(number, wanted) for tab, number in zip(WorkListTab, found, strict=True)}


def _queues(actor: Actor) -> list[ColumnElement[bool]]:
    """The queues that this person works from, each a unit and a role, without overlap; at least one."""
    free = or_(Task.claimed_by_id.is_(None), Task.claimed_by_id == actor.id)
    led = actor.units(Role.DIVISION_HEAD, Role.LEADER)
    held = [
        and_(Task.unit_id == unit_id, Task.role == role, free, *_assigned_bodies(actor, unit_id, role))
        for unit_id, role in sorted(actor.memberships)
        if not (role == Role.OFFICER and unit_id in led)
    ]
    return [*held, *(and_(Task.unit_id == unit_id, Task.role == Role.OFFICER) for unit_id in sorted(led))] or [false()]


def _assigned_bodies(actor: Actor, unit_id: int, role: Role) -> list[ColumnElement[bool]]:
    if role != Role.POST_CLERK:
        return []
    return [Dossier.deciding_unit_id.in_(actor.counters.get(unit_id, frozenset()))]


def _tab(actor: Actor, now: datetime, tab: WorkListTab) -> list[ColumnElement[bool]]:
    running = Dossier.suspended_at.is_(None)
    conditions: dict[WorkListTab, list[ColumnElement[bool]]] = {
        WorkListTab.ALL: [literal(True)],
        WorkListTab.MINE: [Task.claimed_by_id == actor.id],
        WorkListTab.UNCLAIMED: [Task.claimed_by_id.is_(None)],
        WorkListTab.OVERDUE: [Task.urgent_at < now, running],
        WorkListTab.DUE_SOON: [Task.urgent_at >= now, Task.urgent_at < now + SOON, running],
    }
    return conditions[tab]


def _search(search: str) -> list[ColumnElement[bool]]:
    """Only open dossiers have open tasks: saying so lets the database use the small index of their names."""
    if not search.strip():
        return []
    return [Dossier.closed_at.is_(None), or_(Dossier.number == search.strip().upper(), applicant_named(search))]


def _after(cursor: str | None) -> list[ColumnElement[bool]]:
    return [tuple_(Task.urgent_at, Task.id) > tuple_(*_read_cursor(cursor))] if cursor is not None else []


def _row(row: Row[Task, Dossier, ProcedureVersion, Unit, Person | None]) -> WorkListRow:
    task, dossier, version, unit, holder = row
    return WorkListRow(
        task_id=task.id,
        dossier_id=dossier.id,
        number=dossier.number or dossier.reference,
        procedure=version.name,
        procedure_en=version.name_en,
        applicant_name=dossier.applicant_name,
        name=task.name,
        name_en=task.name_en or task.name,
        kind=task.kind,
        role=Role(task.role),
        unit_id=task.unit_id,
        unit_name=unit.name,
        deciding_unit_id=dossier.deciding_unit_id,
        state=dossier.state,
        opened_at=task.opened_at,
        step_due_at=task.due_at,
        due_at=dossier.due_at,
        accepted=dossier.number is not None,
        suspended=dossier.suspended_at is not None,
        ended=dossier.processing_ended_at is not None,
        claimed_by_id=task.claimed_by_id,
        claimed_by=holder.full_name if holder else None,
        claimed_at=task.claimed_at,
    )


def _cursor(task: Task) -> str:
    return base64.urlsafe_b64encode(json.dumps([task.urgent_at.isoformat(), str(task.id)]).encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    if len(cursor) > LONGEST_CURSOR:
        raise WrongCursor()
    try:
        due, task_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return datetime.fromisoformat(due), UUID(str(task_id))
    except (ValueError, TypeError):
        raise WrongCursor() from None
