"""The work list: the open tasks that a person may do, in the order in which they fall due."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Subquery,
    Uuid,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

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

NEAR, COMMON, FAR = 300, 12, 2_500
"""A text is looked for among so many of the most urgent tasks of each queue first: a name that very many bear fills the
page there. One that is there so many times is common, and looked for further on; any other is soonest found by the
index of the open dossiers' names."""

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


Listed = Row[Task, Dossier, ProcedureVersion, Unit, Person | None]
"""A task with what the list shows of it."""


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
    conditions = [*_tab(actor, now, tab), *_after(after)]
    if search.strip():
        rows = _listed(session, _named(session, actor, search, size + 1, conditions), size + 1)
    else:
        rows = _listed(session, _most_urgent(actor, size + 1, *conditions), size + 1)
    page = tuple(_row(row) for row in rows[:size])
    return WorkListPage(page, _cursor(rows[size - 1][0]) if len(rows) > size else None)


def _named(
    session: Session, actor: Actor, search: str, size: int, conditions: Sequence[ColumnElement[bool]]
) -> Subquery:
    """The `size` most urgent tasks of dossiers with this number or name, looked for where they are soonest found."""
    found = _first(session, _named_among(actor, search, size, conditions, NEAR), size)
    if COMMON <= len(found) < size:
        if not _any_queue_longer(session, actor, NEAR):
            return _chosen(found)
        found = _first(session, _named_among(actor, search, size, conditions, FAR), size)
    if len(found) < size:
        open_and_named = and_(Dossier.closed_at.is_(None), _asked(search, Dossier))
        found = _first(session, _most_urgent(actor, size, *conditions, open_and_named), size)
    return _chosen(found)


def _chosen(ids: Sequence[UUID]) -> Subquery:
    return select(Task.id, Task.urgent_at).where(Task.id == any_(literal(ids, ARRAY(Uuid)))).subquery("chosen")


def _any_queue_longer(session: Session, actor: Actor, size: int) -> bool:
    """Whether any queue may hold more than `size` tasks; what only the dossiers tell is left out of the count."""
    officers = {(unit, Role.OFFICER) for unit in actor.units(Role.DIVISION_HEAD, Role.LEADER)}
    further = [
        select(Task.id)
        .where(Task.state == TaskState.OPEN, Task.unit_id == unit_id, Task.role == role)
        .offset(size)
        .limit(1)
        for unit_id, role in sorted(actor.memberships | officers)
    ]
    return session.scalar(union_all(*further)) is not None


def _first(session: Session, chosen: Subquery, size: int) -> Sequence[UUID]:
    """The ids of the most urgent `size` of the chosen tasks."""
    return session.scalars(select(chosen.c.id).order_by(chosen.c.urgent_at, chosen.c.id).limit(size)).all()


def _named_among(actor: Actor, search: str, size: int, conditions: Sequence[ColumnElement[bool]], far: int) -> Subquery:
    """The tasks under this number or name among the most urgent `far` of each queue, read until the page is full."""
    queues = _queues_in_order(actor, conditions, Dossier.number, Dossier.name_beginnings)
    named = [
        select(rows.c.id, rows.c.urgent_at)
        .where(_asked(search, rows.c))
        .order_by(rows.c.urgent_at, rows.c.id)
        .limit(size)
        for rows in (queue.limit(far).subquery() for queue in queues)
    ]
    return union_all(*named).subquery("chosen")


def _asked(search: str, dossier: Any) -> ColumnElement[bool]:
    """The condition on `dossier`, which has the columns `number` and `name_beginnings`."""
    return or_(dossier.number == search.strip().upper(), applicant_named(search, dossier))


def _listed(session: Session, chosen: Subquery, size: int) -> Sequence[Listed]:
    """The most urgent `size` of the chosen tasks, with what the list shows of each."""
    holder = aliased(Person)
    statement = (
        select(Task, Dossier, ProcedureVersion, Unit, holder)
        .join(chosen, chosen.c.id == Task.id)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .join(ProcedureVersion, ProcedureVersion.id == Dossier.version_id)
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(holder, holder.id == Task.claimed_by_id)
        .order_by(chosen.c.urgent_at, chosen.c.id)
        .limit(size)
    )
    return session.execute(statement).all()


def _most_urgent(actor: Actor, size: int, *conditions: ColumnElement[bool]) -> Subquery:
    """The `size` most urgent tasks of each queue: each is read in the order of its index and no further than shown,
    so that a page costs the same however many tasks there are."""
    return union_all(*(queue.limit(size) for queue in _queues_in_order(actor, conditions))).subquery("chosen")


def _queues_in_order(
    actor: Actor, conditions: Sequence[ColumnElement[bool]], *columns: InstrumentedAttribute[Any]
) -> list[Select[Any]]:
    """The open tasks of each queue that meet the conditions, most urgent first, with these columns of the dossier."""
    return [
        select(Task.id, Task.urgent_at, *columns)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .where(Task.state == TaskState.OPEN, queue, *conditions)
        .order_by(Task.urgent_at, Task.id)
        for queue in _queues(actor)
    ]


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
        select(func.count()).select_from(_any_tasks(actor, wanted, _tab(actor, now, tab))).scalar_subquery()
        for tab in WorkListTab
    ]
    found = session.execute(select(*columns)).one()
    return {tab: min(number, wanted) for tab, number in zip(WorkListTab, found, strict=True)}


def _any_tasks(actor: Actor, size: int, conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """At most `size` tasks of each queue, in whatever order they are soonest found: a person's own by who took them."""
    return union_all(*(queue.order_by(None).limit(size) for queue in _queues_in_order(actor, conditions))).subquery()


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


def _after(cursor: str | None) -> list[ColumnElement[bool]]:
    return [tuple_(Task.urgent_at, Task.id) > tuple_(*_read_cursor(cursor))] if cursor is not None else []


def _row(row: Listed) -> WorkListRow:
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
