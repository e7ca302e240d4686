"""Where dossiers stand: marks for the diagram, counts for the manager, and dossiers that nobody owns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.dossiers.context import local_date
from engine.dossiers.models import Dossier, DossierState, Event, EventKind, Task, TaskState, Wait
from engine.dossiers.reach import visible_to
from engine.organisation.actors import Actor
from engine.organisation.models import Membership, Person, Unit


@dataclass(frozen=True, slots=True)
class DiagramMarks:
    """Which elements are done, open for a person, or waiting; by path (`""` is the procedure's own diagram)."""

    done: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    open: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    waiting: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True, slots=True)
class OwnerlessDossier:
    """An open dossier that nobody can move on: what is wrong, in both languages."""

    dossier_id: int
    number: str
    state: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of one deciding unit's open dossiers."""

    unit: Unit
    by_state: dict[DossierState, int]
    overdue: int
    due_soon: int


def diagram_marks(session: Session, dossier: Dossier) -> DiagramMarks:
    """What the diagram viewer highlights; an element around an open one counts as open in its own diagram."""
    marks = DiagramMarks()
    for event in session.scalars(
        select(Event).where(Event.dossier_id == dossier.id, Event.kind == EventKind.PASSED).order_by(Event.id)
    ):
        for element_id, path, outcome in event.details["elements"]:
            if outcome == "completed":
                marks.done[path].add(element_id)
    tasks = select(Task).where(Task.dossier_id == dossier.id, Task.state == TaskState.OPEN)
    for task in session.scalars(tasks):
        _mark(marks.open, task.path, task.element_id)
    for wait in session.scalars(select(Wait).where(Wait.dossier_id == dossier.id, Wait.attached_to.is_(None))):
        _mark(marks.waiting, wait.path, wait.element_id)
    return marks


def _mark(places: dict[str, set[str]], path: str, element_id: str) -> None:
    steps = [*path.split("/"), element_id] if path else [element_id]
    for depth, step in enumerate(steps):
        places["/".join(steps[:depth])].add(step)


def without_owner(session: Session, now: datetime) -> list[OwnerlessDossier]:
    """Open dossiers with neither a task that an active person can do nor a dated wait.

    A timer beside the flow (of a boundary event, of an event sub-process) dates the wait that it stands beside; beside
    a user task that nobody can do it is no excuse.
    """
    today = local_date(now)
    owner = (
        select(Task.id)
        .join(Membership, and_(Membership.unit_id == Task.unit_id, Membership.role == Task.role))
        .join(Person, Person.id == Membership.person_id)
        .where(
            Task.dossier_id == Dossier.id,
            Task.state == TaskState.OPEN,
            Person.active,
            or_(Task.claimed_by_id.is_(None), Task.claimed_by_id == Person.id),
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
    )
    open_task = select(Task.id).where(Task.dossier_id == Dossier.id, Task.state == TaskState.OPEN)
    awaited = aliased(Wait)
    dated_wait = select(Wait.id).where(
        Wait.dossier_id == Dossier.id,
        Wait.due_at.is_not(None),
        or_(
            Wait.attached_to.is_(None),
            exists().where(awaited.dossier_id == Wait.dossier_id, awaited.element_id == Wait.attached_to),
            ~exists(open_task),
        ),
    )
    statement = (
        select(Dossier, exists(open_task).label("has_task"))
        .where(Dossier.closed_at.is_(None), ~exists(owner), ~exists(dated_wait))
        .order_by(Dossier.id)
    )
    return [_ownerless(dossier, has_task) for dossier, has_task in session.execute(statement)]


def _ownerless(dossier: Dossier, has_task: bool) -> OwnerlessDossier:
    vi, en = (
        ("không có ai đang giữ vai trò của công việc đang mở", "nobody holds the role of its open task")
        if has_task
        else ("không có công việc và không chờ đến ngày nào", "it has no task and waits for no date")
    )
    return OwnerlessDossier(dossier.id, dossier.number or dossier.reference, dossier.state, vi, en)


def overview(session: Session, actor: Actor, now: datetime, soon: datetime) -> list[Standing]:
    """Open dossiers by deciding unit and state that this person may know of; `soon` bounds what is due soon."""
    running = Dossier.suspended_at.is_(None)
    statement = (
        select(
            Unit,
            Dossier.state,
            func.count(),
            func.count().filter(Dossier.due_at < now, running, Dossier.processing_ended_at.is_(None)),
            func.count().filter(Dossier.due_at.between(now, soon), running, Dossier.processing_ended_at.is_(None)),
        )
        .join(Dossier, Dossier.deciding_unit_id == Unit.id)
        .where(Dossier.closed_at.is_(None))
        .group_by(Unit.id, Dossier.state)
        .order_by(Unit.name)
    )
    standings: dict[int, Standing] = {}
    for unit, state, number, overdue, due_soon in session.execute(visible_to(actor, statement)):
        before = standings.get(unit.id, Standing(unit, {}, 0, 0))
        by_state = {**before.by_state, DossierState(state): number}
        standings[unit.id] = Standing(unit, by_state, before.overdue + overdue, before.due_soon + due_soon)
    return list(standings.values())
