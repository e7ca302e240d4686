"""Which dossiers a person may know of, as conditions and statements (the same rule as `rules.may_see`).

They depend on the reach's shape only: whoever reaches dossiers for as many reasons of each sort shares the statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    any_,
    bindparam,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from engine.database.direct import MappedColumn
from engine.dossiers import rules
from engine.dossiers.looking import REACH, Order
from engine.dossiers.models import Dossier, Task
from engine.organisation.actors import Actor
from engine.organisation.models import Role

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])
BEFORE = bindparam("before", type_=Integer)
NEWEST = Order(("id",), descending=True)
"""The order in which dossiers are listed."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Why a person may know of dossiers: of all, or by so many counters and so many units."""

    everything: bool
    counters: int
    units: int


def reach_of(actor: Actor) -> tuple[Reach, dict[str, Any]]:
    """The person's reach, and the values of its parameters."""
    everything = actor.holds(Role.CENTRE_MANAGER) or actor.holds(Role.ADMINISTRATOR)
    counters, units = sorted(actor.counters.items()), sorted(actor.units(*rules.AGENCY_ROLES))
    values: dict[str, Any] = {"units": units, **{f"unit_{place}": unit for place, unit in enumerate(units)}}
    for place, (counter, served) in enumerate(counters):
        values |= {f"counter_{place}": counter, f"served_{place}": sorted(served)}
    return Reach(everything, len(counters), len(units)), values


def visible_to(actor: Actor, statement: Statement) -> Statement:
    """The statement, about those of its dossiers only of which this person may know."""
    reach, values = reach_of(actor)
    return statement.where(within(reach)).params(values)


def within(reach: Reach) -> ColumnElement[bool]:
    """The SQL condition that a dossier is within this reach."""
    if reach.everything:
        return Dossier.id.is_not(None)
    units = any_(bindparam("units", type_=ARRAY(Integer)))
    asked = exists().where(Task.dossier_id == Dossier.id, Task.unit_id == units)
    by_agency = [Dossier.deciding_unit_id == units, asked] if reach.units else []
    return or_(false(), *_received(reach), *by_agency)


def newest_within(reach: Reach, columns: Sequence[MappedColumn], *, continued: bool = False) -> list[Subquery]:
    """For each reason of this reach but having been asked, the stretch of the newest `reach` dossiers, with `columns`
    and the `place` of each; where the list is `continued`, of those whose id is below `before`.

    Each is read along an index of its own and no further than needed: what is asked of a stretch's rows is asked row
    by row, from the newest on.
    """
    decided = [Dossier.deciding_unit_id == _unit(place) for place in range(reach.units)]
    reasons = [true()] if reach.everything else [*_received(reach), *decided]
    earlier = [Dossier.id < BEFORE] if continued else []
    newest = [select(*columns, NEWEST.place(Dossier)).where(*earlier, reason) for reason in reasons or [false()]]
    return [rows.order_by(Dossier.id.desc()).limit(REACH).subquery() for rows in newest]


def newest_asked(
    reach: Reach, columns: Sequence[MappedColumn], lowest: ColumnElement[int], *, continued: bool = False
) -> list[Subquery]:
    """The same stretches of the dossiers above `lowest` on which each unit has or had a task, without most of those
    that it decides itself: for these it is asked as a matter of course, and `newest_within` has them."""
    return [] if reach.everything else [_asked(place, columns, lowest, continued) for place in range(reach.units)]


def _asked(place: int, columns: Sequence[MappedColumn], lowest: ColumnElement[int], continued: bool) -> Subquery:
    of_unit = select(Task.dossier_id.label("id")).where(Task.unit_id == _unit(place), Task.dossier_id > lowest)
    earlier = of_unit.where(Task.dossier_id < BEFORE) if continued else of_unit
    once = earlier.distinct().order_by(Task.dossier_id.desc()).limit(REACH).subquery()
    newest = select(once.c.id, NEWEST.place(once.c)).subquery()
    own = aliased(Dossier)
    decided = select(own.id).where(own.deciding_unit_id == _unit(place), own.id == newest.c.id).scalar_subquery()
    others = or_(decided.is_(None), newest.c.place == REACH)
    rows = select(*columns, newest.c.place).join(newest, newest.c.id == Dossier.id).where(others)
    return rows.order_by(Dossier.id.desc()).limit(REACH).subquery()


def _received(reach: Reach) -> list[ColumnElement[bool]]:
    return [
        and_(
            Dossier.counter_id == bindparam(f"counter_{place}", type_=Integer),
            Dossier.deciding_unit_id == any_(bindparam(f"served_{place}", type_=ARRAY(Integer))),
        )
        for place in range(reach.counters)
    ]


def _unit(place: int) -> ColumnElement[int]:
    return bindparam(f"unit_{place}", type_=Integer)
