"""The queues that a person works from, and statements that read their open tasks, most urgent first.

Statements depend on the queues' shape only: whoever works from queues of the same shape shares them, put together once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    or_,
    select,
    tuple_,
    union_all,
)

from engine.dossiers.looking import SIZE, Order
from engine.dossiers.models import Dossier, Task, TaskState
from engine.organisation.actors import Actor
from engine.organisation.models import Role
from engine.words import Words

SOON = timedelta(days=1)

Shape = tuple[tuple[bool, bool], ...]
"""Of each queue: whether it is led, and whether it is a counter's."""


class WorkListTab(Words):
    """Which part of the work list is shown."""

    ALL = "all", "Tất cả", "All"
    MINE = "mine", "Việc của tôi", "Mine"
    UNCLAIMED = "unclaimed", "Chưa ai nhận", "Unclaimed"
    OVERDUE = "overdue", "Quá hạn", "Overdue"
    DUE_SOON = "due_soon", "Sắp đến hạn", "Due soon"


@dataclass(frozen=True, slots=True)
class Queue:
    """The open tasks of a role in a unit, as one person works from them."""

    unit_id: int
    role: Role
    led: bool = False
    """Whether what others have taken belongs to it too."""
    served: frozenset[int] | None = None
    """At a counter, the bodies assigned to it; None elsewhere."""


class Queues:
    """The queues that a person works from at a moment, without overlap."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self._actor, self._now = actor, now

    @cached_property
    def shape(self) -> Shape:
        """What the statements depend on."""
        return tuple((queue.led, queue.served is not None) for queue in self._queues)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values of the statements' parameters."""
        values: dict[str, Any] = {"person": self._actor.id, "now": self._now, "soon": self._now + SOON}
        for place, queue in enumerate(self._queues):
            values |= {f"unit_{place}": queue.unit_id, f"role_{place}": queue.role.value}
            values[f"served_{place}"] = sorted(queue.served or ())
        return values

    @cached_property
    def _queues(self) -> list[Queue]:
        led = self._actor.units(Role.DIVISION_HEAD, Role.LEADER)
        held = [
            Queue(unit_id, role, served=self._served(unit_id) if role == Role.POST_CLERK else None)
            for unit_id, role in sorted(self._actor.memberships)
            if not (role == Role.OFFICER and unit_id in led)
        ]
        return [*held, *(Queue(unit_id, Role.OFFICER, led=True) for unit_id in sorted(led))]

    def _served(self, unit_id: int) -> frozenset[int]:
        return self._actor.counters.get(unit_id, frozenset())


def in_order(shape: Shape, *conditions: ColumnElement[bool], columns: Sequence[Any] = ()) -> list[Select[Any]]:
    """The open tasks of each queue that meet the conditions, most urgent first, with these columns of the dossier."""
    return [_in_order(queue, *conditions, columns=columns) for queue in _queues(shape)]


def together(shape: Shape, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The open tasks of all queues that meet the conditions, most urgent first: for conditions that lead to few tasks,
    so that these are looked at once and not for each queue."""
    return _in_order(or_(*_queues(shape)), *conditions)


def most_urgent(shape: Shape, *conditions: ColumnElement[bool]) -> Subquery:
    """The `size` most urgent tasks of each queue: each is read in the order of its index and no further than shown,
    so that a page costs the same however many tasks there are."""
    return union_all(*(queue.limit(SIZE) for queue in in_order(shape, *conditions))).subquery("chosen")


def any_tasks(shape: Shape, *conditions: ColumnElement[bool]) -> Subquery:
    """At most `size` tasks of each queue, in whatever order they are soonest found: for conditions by which an index
    leads to few tasks; without such a one PostgreSQL goes through the open tasks of everybody."""
    return union_all(*(queue.order_by(None).limit(SIZE) for queue in in_order(shape, *conditions))).subquery()


def of_tab(tab: WorkListTab) -> list[ColumnElement[bool]]:
    """The conditions under which a task of a queue stands in the tab."""
    running = Dossier.suspended_at.is_(None)
    now, soon = bindparam("now", type_=DateTime(timezone=True)), bindparam("soon", type_=DateTime(timezone=True))
    conditions: dict[WorkListTab, list[ColumnElement[bool]]] = {
        WorkListTab.ALL: [],
        WorkListTab.MINE: [Task.claimed_by_id == PERSON],
        WorkListTab.UNCLAIMED: [Task.claimed_by_id.is_(None)],
        WorkListTab.OVERDUE: [Task.urgent_at < now, running],
        WorkListTab.DUE_SOON: [Task.urgent_at >= now, Task.urgent_at < soon, running],
    }
    return conditions[tab]


def after_the_last() -> ColumnElement[bool]:
    """Whether a task comes after the last one of the page before, which `last_at` and `last_id` tell."""
    last_at, last_id = bindparam("last_at", type_=DateTime(timezone=True)), bindparam("last_id", type_=Uuid)
    return tuple_(Task.urgent_at, Task.id) > tuple_(last_at, last_id)


PERSON = bindparam("person", type_=Integer)
MOST_URGENT = Order(("urgent_at", "id"))
"""The order in which tasks are listed."""


def _in_order(queue: ColumnElement[bool], *conditions: ColumnElement[bool], columns: Sequence[Any] = ()) -> Select[Any]:
    return (
        select(Task.id, Task.urgent_at, *columns)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .where(Task.state == TaskState.OPEN, queue, *conditions)
        .order_by(*MOST_URGENT.by(Task))
    )


def _queues(shape: Shape) -> list[ColumnElement[bool]]:
    """At least one condition, that of a person without a queue being false."""
    return [_queue(place, led, counter) for place, (led, counter) in enumerate(shape)] or [false()]


def _queue(place: int, led: bool, counter: bool) -> ColumnElement[bool]:
    conditions = [_of_role(place)]
    if not led:
        conditions.append(or_(Task.claimed_by_id.is_(None), Task.claimed_by_id == PERSON))
    if counter:
        conditions.append(Dossier.deciding_unit_id == any_(bindparam(f"served_{place}", type_=ARRAY(Integer))))
    return and_(*conditions)


def _of_role(place: int) -> ColumnElement[bool]:
    unit, role = bindparam(f"unit_{place}", type_=Integer), bindparam(f"role_{place}", type_=String)
    return and_(Task.unit_id == unit, Task.role == role)
