"""Named reads of units, people and rights on a given day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from engine.database.direct import Prepared, Row, columns_of, placed
from engine.organisation.actors import Actor
from engine.organisation.models import (
    ApiToken,
    Membership,
    Person,
    ReceptionAssignment,
    Role,
    Unit,
    UnitIdentifier,
    UnitSuccession,
)
from engine.organisation.refusals import NoIdentifier, TokenInvalid, UnknownUnit
from engine.organisation.rules import competent_unit
from engine.organisation.settings import national_status, national_statuses, work_calendar
from engine.worktime import TIME_ZONE

__all__ = [
    "UnitChart",
    "actor_by_token",
    "actor_for",
    "counters_for",
    "during",
    "holder_called",
    "identifier_on",
    "local_day",
    "national_status",
    "national_statuses",
    "people_holding",
    "person_by_username",
    "roles_of",
    "token_hash",
    "unit_by_code",
    "unit_chart",
    "unit_on",
    "work_calendar",
]

Day = InstrumentedAttribute[date] | InstrumentedAttribute[date | None]


def during(on: date | ColumnElement[date], first: Day, last: Day) -> ColumnElement[bool]:
    """The SQL condition that `on` lies in the period of two columns, both days included."""
    return and_(first <= on, or_(last.is_(None), last >= on))


def unit_by_code(session: Session, code: str) -> Unit:
    """The unit with `code`, in force or not; raises UnknownUnit."""
    unit = session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise UnknownUnit(code=code)
    return unit


def unit_on(session: Session, code: str, on: date, procedure_code: str | None = None) -> Unit:
    """The unit that on `on` decides what the unit `code` decided when a diagram named it.

    Raises UnknownUnit, UnitNotYet, UnitEnded or SuccessionGoesInCircles.
    """
    rows = _NAMED_UNIT.rows(session, code=code)
    if not rows:
        raise UnknownUnit(code=code)
    width = len(columns_of(Unit))
    named = placed(session, Unit, rows[0][:width], refresh=False)
    successions = [
        placed(session, UnitSuccession, row[width:], refresh=False) for row in rows if row[width] is not None
    ]

    def successions_of(unit: Unit) -> list[UnitSuccession]:
        if unit is named:
            return successions
        return list(session.scalars(select(UnitSuccession).where(UnitSuccession.old_unit_id == unit.id)))

    return competent_unit(named, on, procedure_code, successions_of, lambda id: session.get_one(Unit, id))


_NAMED_UNIT = Prepared(
    lambda: (
        select(*columns_of(Unit), *columns_of(UnitSuccession))
        .outerjoin(UnitSuccession, UnitSuccession.old_unit_id == Unit.id)
        .where(Unit.code == bindparam("code", type_=String))
    )
)


@dataclass(frozen=True, slots=True)
class UnitChart:
    """All units and successions at once, for lists that would otherwise ask unit by unit."""

    units: dict[int, Unit]
    by_code: dict[str, Unit]
    successions: dict[int, list[UnitSuccession]]

    def unit_on(self, code: str, on: date, procedure_code: str | None = None) -> Unit:
        """As the query `unit_on`, without the database."""
        if code not in self.by_code:
            raise UnknownUnit(code=code)
        return competent_unit(
            self.by_code[code],
            on,
            procedure_code,
            lambda unit: self.successions.get(unit.id, ()),
            self.units.__getitem__,
        )


def unit_chart(session: Session) -> UnitChart:
    """The chart of all units, in two statements."""
    units = list(session.scalars(select(Unit)))
    successions: dict[int, list[UnitSuccession]] = {}
    for succession in session.scalars(select(UnitSuccession)):
        successions.setdefault(succession.old_unit_id, []).append(succession)
    return UnitChart({unit.id: unit for unit in units}, {unit.code: unit for unit in units}, successions)


def identifier_on(session: Session, unit_id: int, on: date) -> UnitIdentifier:
    """The unit's electronic identifier and number pattern on `on`; raises NoIdentifier."""
    found = session.scalar(
        select(UnitIdentifier).where(
            UnitIdentifier.unit_id == unit_id, during(on, UnitIdentifier.valid_from, UnitIdentifier.valid_to)
        )
    )
    if found is None:
        raise NoIdentifier(unit=session.get_one(Unit, unit_id).name, on=f"{on:%d/%m/%Y}")
    return found


def people_holding(session: Session, role: Role, unit_id: int, on: date) -> list[Person]:
    """The active people who hold `role` in the unit on `on`, by name."""
    rows = _HOLDERS.rows(session, role=str(role), unit=unit_id, on=on)
    return [placed(session, Person, row, refresh=False) for row in rows]


def holder_called(session: Session, username: str, role: Role, unit_id: int, on: date) -> Person | None:
    """The active person with this user name, if they hold `role` in the unit on `on`."""
    called = username.strip().lower()
    rows = _HOLDER_CALLED.rows(session, role=str(role), unit=unit_id, on=on, called=called)
    return placed(session, Person, rows[0], refresh=False) if rows else None


def _holding() -> Select[Any]:
    held = (
        Membership.unit_id == bindparam("unit", type_=Integer),
        Membership.role == bindparam("role", type_=String),
        during(bindparam("on", type_=Date), Membership.valid_from, Membership.valid_to),
    )
    return select(*columns_of(Person)).join(Membership).where(Person.active, *held).distinct()


_HOLDERS = Prepared(lambda: _holding().order_by(Person.full_name, Person.id))
_HOLDER_CALLED = Prepared(lambda: _holding().where(Person.username == bindparam("called", type_=String)))


def roles_of(session: Session, person: Person, on: date) -> list[Membership]:
    """The roles of the person that are in force on `on` or begin later."""
    lasting = or_(Membership.valid_to.is_(None), Membership.valid_to >= on)
    held = select(Membership).where(Membership.person_id == person.id, lasting).options(joinedload(Membership.unit))
    return list(session.scalars(held.order_by(Membership.id)))


def person_by_username(session: Session, username: str) -> Person | None:
    """The person with this user name, active or not; None when there is none."""
    return session.scalar(select(Person).where(Person.username == username.strip().lower()))


def counters_for(
    session: Session, deciding_unit_id: int, procedure_code: str | None, on: date
) -> list[ReceptionAssignment]:
    """Which counters receive for the unit (and this procedure) on `on`, and who staffs them; oldest first."""
    return list(
        session.scalars(
            select(ReceptionAssignment)
            .where(
                ReceptionAssignment.deciding_unit_id == deciding_unit_id,
                or_(ReceptionAssignment.procedure_code.is_(None), ReceptionAssignment.procedure_code == procedure_code),
                during(on, ReceptionAssignment.valid_from, ReceptionAssignment.valid_to),
            )
            .order_by(ReceptionAssignment.valid_from, ReceptionAssignment.id)
        )
    )


def actor_for(session: Session, person: Person, on: date) -> Actor:
    """The person with the rights in force on `on`, in one statement."""
    return _actor(_RIGHTS_OF_PERSON.rows(session, person=person.id, on=on), person)


def actor_by_token(session: Session, now: datetime, token: str) -> Actor:
    """Who asks with this bearer token; raises TokenInvalid for an unknown, expired or revoked one. One statement."""
    rows = _RIGHTS_BY_TOKEN.rows(session, token_hash=token_hash(token), now=now, on=local_day(now))
    if not rows:
        raise TokenInvalid()
    return _actor(rows, placed(session, Person, rows[0][RIGHTS:]))


def _units_served(on: ColumnElement[date]) -> CTE:
    """For each counter the units it receives for, with the units these have succeeded: their old dossiers remain."""
    served = (
        select(ReceptionAssignment.counter_id, ReceptionAssignment.deciding_unit_id.label("unit_id"))
        .where(
            ReceptionAssignment.operator == literal("post"),
            during(on, ReceptionAssignment.valid_from, ReceptionAssignment.valid_to),
        )
        .cte("served", recursive=True)
    )
    return served.union(
        select(served.c.counter_id, UnitSuccession.old_unit_id).where(
            UnitSuccession.new_unit_id == served.c.unit_id, UnitSuccession.effective_on <= on
        )
    )


RIGHTS = 3
"""How many columns come before those of the person: unit, role, and for a clerk a unit that the counter serves."""


def _with_rights() -> Select[Any]:
    """People with each role held on the day `on`, a row for each (and for each unit that a clerk's counter serves)."""
    on = bindparam("on", type_=Date)
    held = and_(Membership.person_id == Person.id, during(on, Membership.valid_from, Membership.valid_to))
    served = _units_served(on)
    return (
        select(Membership.unit_id, Membership.role, served.c.unit_id.label("served_id"), *columns_of(Person))
        .select_from(Person)
        .outerjoin(Membership, held)
        .outerjoin(served, and_(Membership.role == Role.POST_CLERK, served.c.counter_id == Membership.unit_id))
    )


_RIGHTS_OF_PERSON = Prepared(lambda: _with_rights().where(Person.id == bindparam("person", type_=Integer)))
_RIGHTS_BY_TOKEN = Prepared(
    lambda: (
        _with_rights()
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(
            ApiToken.token_hash == bindparam("token_hash", type_=String),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > bindparam("now", type_=DateTime(timezone=True)),
            Person.active,
        )
    )
)


def _actor(rows: Iterable[Row], person: Person) -> Actor:
    memberships: set[tuple[int, Role]] = set()
    counters: dict[int, set[int]] = {}
    for unit_id, role, served, *_ in rows:
        if unit_id is None or role is None:
            continue
        memberships.add((unit_id, Role(role)))
        if role == Role.POST_CLERK:
            counters.setdefault(unit_id, set()).update(() if served is None else (served,))
    return Actor(person, frozenset(memberships), {id: frozenset(units) for id, units in counters.items()})


def token_hash(token: str) -> str:
    """What is kept of a token. A plain SHA-256 is enough: the token is random, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def local_day(now: datetime) -> date:
    """The date on the office's wall at the moment `now`."""
    return now.astimezone(TIME_ZONE).date()
