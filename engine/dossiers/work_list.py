"""The work list: the open tasks that a person may do, in the order in which they fall due."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, String, Uuid, any_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.catalogue.models import ProcedureVersion
from engine.database.direct import Prepared
from engine.dossiers.looking import REACH, SHAPES, SIZE, first_of, ids_in, look_along, page_and_rest
from engine.dossiers.models import Dossier, Task
from engine.dossiers.queries import applicant_named, words_named
from engine.dossiers.queues import (
    MOST_URGENT,
    Queues,
    Shape,
    WorkListTab,
    after_the_last,
    any_tasks,
    in_order,
    most_urgent,
    of_tab,
    together,
)
from engine.organisation.actors import Actor
from engine.organisation.models import Person, Role, Unit
from engine.refusals import Invalid

MOST_COUNTED = 99
"""Tasks of a tab that are counted: to go through ten thousand of them for a number would take longer than the page."""

NEAR, COMMON, FAR = 300, 10, 2_500
"""A text is looked for among so many of the most urgent tasks of each queue first: a name that very many bear fills the
page there. One that is there so many times for each queue is common, and looked for further on; any other is soonest
found by the index of the open dossiers' names."""

FEW = 700
"""Tasks of fewer dossiers are looked up one by one; more are soon met in the order of the queue."""

LONGEST_CURSOR = 200
"""Characters; what this list gives out is half as long, and anything longer is not worth reading."""


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
    urgent_at: datetime
    """The earlier of the step's and the dossier's limit."""


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
    and the dossier's limit. `search` is a dossier's number or reference, or beginnings of words of the applicant's
    name; accents are ignored.
    """
    queues = Queues(actor, now)
    kind = _Kind(queues.shape, tab, after is not None, bool(words_named(search)))
    values = {**queues.values, **_last(after), "size": size + 1}
    if search.strip():
        named = {**values, "number": search.strip().upper(), "words": words_named(search)}
        rows = _CHOSEN.rows(session, chosen=_named(session, kind, named))
    else:
        rows = _first_page(kind).rows(session, **values)
    listed = tuple(_row(row) for row in rows[:size])
    return WorkListPage(listed, _cursor(listed[-1]) if len(rows) > size else None)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the statements that list tasks depend on."""

    shape: Shape
    tab: WorkListTab
    continued: bool
    """Whether the list begins after a page before."""
    words: bool
    """Whether the text has words that may begin those of a name."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The conditions on a task, but for the text."""
        return [*of_tab(self.tab), *([after_the_last()] if self.continued else [])]

    def asked(self, dossier: Any) -> ColumnElement[bool]:
        """The condition of the text on `dossier`, which has the columns `number`, `reference`, `name_beginnings`."""
        number = bindparam("number", type_=String)
        named = [applicant_named(dossier)] if self.words else []
        return or_(dossier.number == number, dossier.reference == number, *named)


def _named(session: Session, kind: _Kind, values: dict[str, Any]) -> Sequence[UUID]:
    """The most urgent tasks of dossiers with this number or name, looked for where they are soonest found."""
    [(found, further)] = _named_near(kind).rows(session, **values, reach=NEAR)
    if COMMON * len(kind.shape) <= len(found) < values["size"] and further:
        [(found, further)] = _named_near(kind).rows(session, **values, reach=FAR)
    if len(found) < values["size"] and further:
        [(found,)] = _named_anywhere(kind).rows(session, **values)
    ids: Sequence[UUID] = found
    return ids


@lru_cache(SHAPES)
def _named_near(kind: _Kind) -> Prepared:
    """The ids of the tasks under this number or name among the most urgent `reach` of each queue, read until the page
    is full; and whether there may be more further on."""

    def statement() -> Select[Any]:
        sought = (Dossier.number, Dossier.reference, Dossier.name_beginnings, MOST_URGENT.place(Task))
        queues = in_order(kind.shape, *kind.conditions(), columns=sought)
        stretches = [queue.limit(REACH).subquery() for queue in queues]
        return page_and_rest(MOST_URGENT, [look_along(MOST_URGENT, rows, kind.asked(rows.c)) for rows in stretches])

    return Prepared(statement)


@lru_cache(SHAPES)
def _named_anywhere(kind: _Kind) -> Prepared:
    """The ids of the tasks under this number or name. The open dossiers are gathered first: of few the tasks are looked
    up, many are found in each queue."""

    def statement() -> Select[Any]:
        named = select(Dossier.id).where(Dossier.closed_at.is_(None), kind.asked(Dossier)).cte("named")
        ids, number = select(named.c.id), select(func.count()).select_from(named).scalar_subquery()
        # As an array: joined to them, PostgreSQL goes through all open tasks.
        of_these = Task.dossier_id == any_(func.array(ids.scalar_subquery()))
        of_few = together(kind.shape, *kind.conditions(), of_these).limit(SIZE).subquery()
        # A test of truth is not made a join, which would not keep the queue's order.
        among_these = Task.dossier_id.in_(ids).is_(True)
        of_many = first_of(MOST_URGENT, most_urgent(kind.shape, *kind.conditions(), among_these))
        return select(case((number < FEW, ids_in(MOST_URGENT, of_few)), else_=ids_in(MOST_URGENT, of_many)))

    return Prepared(statement)


@lru_cache(SHAPES)
def _first_page(kind: _Kind) -> Prepared:
    """The most urgent `size` tasks of all queues, with what the list shows of each."""

    def statement() -> Select[Any]:
        chosen = most_urgent(kind.shape, *kind.conditions())
        return _listed().join(chosen, chosen.c.id == Task.id).limit(SIZE)

    return Prepared(statement)


def _listed() -> Select[Any]:
    """Tasks, most urgent first, with the fields of a WorkListRow in their order."""
    holder = aliased(Person)
    columns: list[Any] = [
        *(Task.id, Task.dossier_id, func.coalesce(Dossier.number, Dossier.reference)),
        *(ProcedureVersion.name, ProcedureVersion.name_en, Dossier.applicant_name),
        *(Task.name, func.coalesce(func.nullif(Task.name_en, ""), Task.name), Task.kind, Task.role),
        *(Task.unit_id, Unit.name, Dossier.deciding_unit_id, Dossier.state),
        *(Task.opened_at, Task.due_at, Dossier.due_at),
        *(Dossier.number.is_not(None), Dossier.suspended_at.is_not(None), Dossier.processing_ended_at.is_not(None)),
        *(Task.claimed_by_id, holder.full_name, Task.claimed_at, Task.urgent_at),
    ]
    return (
        select(*columns)
        .select_from(Task)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .join(ProcedureVersion, ProcedureVersion.id == Dossier.version_id)
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(holder, holder.id == Task.claimed_by_id)
        .order_by(Task.urgent_at, Task.id)
    )


_FIELDS = tuple(field.name for field in fields(WorkListRow))
_CHOSEN = Prepared(lambda: _listed().where(Task.id == any_(bindparam("chosen", type_=ARRAY(Uuid)))))


def counts(session: Session, actor: Actor, now: datetime) -> dict[WorkListTab, int]:
    """How many tasks each tab holds for this person; one more than MOST_COUNTED stands for any larger number."""
    queues, most = Queues(actor, now), MOST_COUNTED + 1
    [found] = _counted_together(queues.shape).rows(session, **queues.values, size=most)
    if found[0] > MOST_COUNTED:
        [found] = _counted_one_by_one(queues.shape).rows(session, **queues.values, size=most)
    return {tab: min(number, most) for tab, number in zip(WorkListTab, found, strict=True)}


@lru_cache(SHAPES)
def _counted_together(shape: Shape) -> Prepared:
    """Right as long as no queue is longer than what is counted, as for most people on most days."""

    def statement() -> Select[Any]:
        urgent = most_urgent(shape)
        columns: list[Any] = [func.count().filter(*of_tab(tab)) for tab in WorkListTab]
        tasks = select(*columns).select_from(urgent).join(Task, Task.id == urgent.c.id)
        return tasks.join(Dossier, Dossier.id == Task.dossier_id)

    return Prepared(statement)


@lru_cache(SHAPES)
def _counted_one_by_one(shape: Shape) -> Prepared:
    """A person's own tasks, and those that nobody has taken, are looked for by who took them, all others in the order
    of their queue."""

    def counted(tab: WorkListTab) -> ColumnElement[int]:
        by_taker = tab in (WorkListTab.MINE, WorkListTab.UNCLAIMED)
        tasks = (any_tasks if by_taker else most_urgent)(shape, *of_tab(tab))
        return select(func.count()).select_from(tasks).scalar_subquery()

    return Prepared(lambda: select(*(counted(tab) for tab in WorkListTab)))


def _row(row: Sequence[Any]) -> WorkListRow:
    listed = dict(zip(_FIELDS, row, strict=True))
    return WorkListRow(**{**listed, "role": Role(listed["role"])})


def _cursor(row: WorkListRow) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.urgent_at.isoformat(), str(row.task_id)]).encode()).decode()


def _last(cursor: str | None) -> dict[str, Any]:
    """What the cursor tells of the last task of the page before."""
    return {} if cursor is None else dict(zip(("last_at", "last_id"), _read_cursor(cursor), strict=True))


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    if len(cursor) > LONGEST_CURSOR:
        raise WrongCursor()
    try:
        due, task_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return datetime.fromisoformat(due), UUID(str(task_id))
    except (ValueError, TypeError):
        raise WrongCursor() from None
