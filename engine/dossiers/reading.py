"""Where a dossier stands, read on the shortest way: what every step starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, Uuid, and_, any_, bindparam, func, inspect, or_, select
from sqlalchemy.orm import Session, aliased

from engine.catalogue.models import ProcedureVersion
from engine.database.base import Base
from engine.database.direct import Prepared, columns_of, placed
from engine.dossiers.models import Dossier, Party, Task, TaskState, Wait, WorkflowState
from engine.organisation.models import Person, Unit
from engine.organisation.settings import Digests, calendars_in_force, digests_of

PARTIES: tuple[tuple[str, type[Base]], ...] = (("applicant", Party), ("counter", Unit), ("deciding_unit", Unit))


@dataclass(frozen=True, slots=True)
class Standing:
    """A dossier as a step finds it."""

    dossier: Dossier
    workflow: WorkflowState | None
    """None once the dossier has ended."""
    tasks: Mapping[UUID, Task]
    """The open tasks, oldest first, and the one asked for."""
    waits: frozenset[UUID]
    calendars: Digests
    """Which calendars are in force."""


def planned_once() -> ColumnElement[str]:
    """A column for the statement that locks the dossier: from there to the end of the transaction PostgreSQL plans a
    prepared statement once, not for each dossier anew. Among very many dossiers it takes the latter for cheaper, and
    planning nine tables then costs ten times what reading them does."""
    return func.set_config("plan_cache_mode", "force_generic_plan", True)


def read_standing(session: Session, dossier_id: int, task_id: UUID | None = None) -> Standing:
    """Everything that a step starts from, in one statement; `task_id` is a task of it that may be open no more.

    To be called with the dossier's row locked: as a statement of its own after the lock it sees, under READ COMMITTED,
    what the transaction that held the lock before has written.
    """
    rows = _STANDING.rows(session, dossier=dossier_id, task=task_id)
    first = _Parts(session, rows[0])
    waits, calendars = first.value(), first.value()
    dossier: Dossier = first.one(Dossier, **{name: first.one(kind) for name, kind in PARTIES})
    workflow: WorkflowState | None = first.one(WorkflowState)
    tasks = [task for row in rows if (task := _task(_Parts(session, row, first.taken), dossier))]
    return Standing(dossier, workflow, {task.id: task for task in tasks}, frozenset(waits or ()), digests_of(calendars))


def read_page(session: Session, ids: Sequence[int]) -> list[Dossier]:
    """These dossiers, the newest first, with the parties and the version of each: what lists of dossiers show."""
    dossiers = []
    for row in _PAGE.rows(session, ids=list(ids)):
        parts = _Parts(session, row, refresh=False)
        related = {name: parts.one(kind) for name, kind in PARTIES}
        version = parts.one(ProcedureVersion)
        dossiers.append(parts.one(Dossier, **related, version=version))
    return dossiers


class _Parts:
    """What one row holds, taken out of it one after the other in the order of the statement."""

    def __init__(self, session: Session, row: tuple[Any, ...], taken: int = 0, *, refresh: bool = True) -> None:
        self._session, self._row, self._refresh = session, row, refresh
        self.taken = taken
        """How many columns have been taken."""

    def value(self) -> Any:
        """The next column."""
        self.taken += 1
        return self._row[self.taken - 1]

    def one(self, kind: type[Base], **related: Base | None) -> Any:
        """The instance in the next columns; None where an outer join has found none."""
        begin, self.taken = self.taken, self.taken + len(columns_of(kind))
        values = self._row[begin : self.taken]
        return None if values[0] is None else placed(self._session, kind, values, related, refresh=self._refresh)


def _task(parts: _Parts, dossier: Dossier) -> Task | None:
    people = {"unit": parts.one(Unit), "claimed_by": parts.one(Person), "completed_by": parts.one(Person)}
    task: Task | None = parts.one(Task, dossier=dossier, **people)
    return task


def _standing() -> Select[Any]:
    counter, deciding, unit = aliased(Unit), aliased(Unit), aliased(Unit)
    claimer, completer = aliased(Person), aliased(Person)
    waits = select(func.array_agg(Wait.id)).where(Wait.dossier_id == Dossier.id).scalar_subquery()
    of_dossier = [*columns_of(Party), *_of(counter), *_of(deciding), *columns_of(Dossier), *columns_of(WorkflowState)]
    of_task = [*_of(unit), *_of(claimer), *_of(completer), *columns_of(Task)]
    wanted = or_(Task.state == TaskState.OPEN, Task.id == bindparam("task", type_=Uuid))
    return (
        select(waits, calendars_in_force(), *of_dossier, *of_task)
        .select_from(Dossier)
        .join(Party, Party.id == Dossier.applicant_id)
        .join(counter, counter.id == Dossier.counter_id)
        .join(deciding, deciding.id == Dossier.deciding_unit_id)
        .outerjoin(WorkflowState, WorkflowState.dossier_id == Dossier.id)
        .outerjoin(Task, and_(Task.dossier_id == Dossier.id, wanted))
        .outerjoin(unit, unit.id == Task.unit_id)
        .outerjoin(claimer, claimer.id == Task.claimed_by_id)
        .outerjoin(completer, completer.id == Task.completed_by_id)
        .where(Dossier.id == bindparam("dossier", type_=Integer))
        .order_by(Task.opened_at, Task.id)
    )


def _page() -> Select[Any]:
    counter, deciding = aliased(Unit), aliased(Unit)
    parties = [*columns_of(Party), *_of(counter), *_of(deciding)]
    return (
        select(*parties, *columns_of(ProcedureVersion), *columns_of(Dossier))
        .select_from(Dossier)
        .join(Party, Party.id == Dossier.applicant_id)
        .join(counter, counter.id == Dossier.counter_id)
        .join(deciding, deciding.id == Dossier.deciding_unit_id)
        .join(ProcedureVersion, ProcedureVersion.id == Dossier.version_id)
        .where(Dossier.id == any_(bindparam("ids", type_=ARRAY(Integer))))
        .order_by(Dossier.id.desc())
    )


def _of(alias: Any) -> list[Any]:
    """The columns of another name of a table, in the order of `columns_of`."""
    return [getattr(alias, column.key) for column in columns_of(inspect(alias).mapper.class_)]


_STANDING = Prepared(_standing)
_PAGE = Prepared(_page)
