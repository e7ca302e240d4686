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

from engine.database.direct import MappedColumn
from engine.dossiers import rules
from engine.dossiers.models import Dossier, Task
from engine.organisation.actors import Actor
from engine.organisation.models import Role

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])
BEFORE, REACH = bindparam("before", type_=Integer), bindparam("reach", type_=Integer)


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


def newest_within(
    reach: Reach,
    columns: Sequence[MappedColumn],
    size: ColumnElement[int] = REACH,
    *,
    continued: bool = False,
) -> list[Subquery]:
    """For each reason of this reach, `columns` of the newest `size` dossiers; where the list is `continued`, of those
    whose id is below `before`.

    Each is read along an index of its own and no further than needed: what is asked of a subquery's rows is asked row
    by row, from the newest on.
    """
    places = range(reach.units)
    decided = [Dossier.deciding_unit_id == _unit(place) for place in places]
    asked = [Dossier.id == _newest_asked(place, size, continued).c.id for place in places]
    reasons = [true()] if reach.everything else [*_received(reach), *decided, *asked]
    earlier = [Dossier.id < BEFORE] if continued else []
    newest = [
        select(*columns).where(*earlier, reason).order_by(Dossier.id.desc()).limit(size)
        for reason in reasons or [false()]
    ]
    return [rows.subquery() for rows in newest]


def _received(reach: Reach) -> list[ColumnElement[bool]]:
    return [
        and_(
            Dossier.counter_id == bindparam(f"counter_{place}", type_=Integer),
            Dossier.deciding_unit_id == any_(bindparam(f"served_{place}", type_=ARRAY(Integer))),
        )
        for place in range(reach.counters)
    ]


def _newest_asked(place: int, size: ColumnElement[int], continued: bool) -> Subquery:
    """The dossiers on which a unit has or had a task."""
    asked = select(Task.dossier_id.label("id")).where(Task.unit_id == _unit(place)).distinct()
    earlier = asked.where(Task.dossier_id < BEFORE) if continued else asked
    return earlier.order_by(Task.dossier_id.desc()).limit(size).subquery()


def _unit(place: int) -> ColumnElement[int]:
    return bindparam(f"unit_{place}", type_=Integer)
