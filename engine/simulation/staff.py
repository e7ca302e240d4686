"""The invented people of a scenario: one holder for each role in each unit, so that no real account is touched."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dossiers.models import Task
from engine.identities import fold
from engine.organisation.actors import Actor
from engine.organisation.models import Membership, Person, ReceptionAssignment, Role, Unit
from engine.organisation.queries import actor_for, local_day, person_by_username
from engine.refusals import NotFound

FIRST_DAY = date(2018, 1, 1)
"""From when on the invented people hold their roles."""

AGENCY_STAFF = (Role.DIVISION_HEAD, Role.OFFICER, Role.LEADER, Role.RECORDS_CLERK)


def usernames_of(units: Collection[str]) -> frozenset[str]:
    """The user names of everybody whom a scenario may call by name, for the units of these codes."""
    invented = ((role, unit, "") for unit in units for role in Role)
    seconds = ((Role.OFFICER, unit, "2") for unit in units)
    return frozenset(_username(*each) for each in (*invented, *seconds))


def _username(role: Role, unit: str, ordinal: str) -> str:
    return f"{role.value}{ordinal}.{unit}".lower()


class PersonMissing(NotFound):
    """A scenario names somebody who does not exist."""

    vi = "Không có người dùng “{username}”. Người của kịch bản có tên dạng vai_trò.mã_đơn_vị, ví dụ officer.vhttdl."
    en = "There is no user “{username}”. A scenario's people are named role.unit_code, for example officer.vhttdl."


class CounterMissing(NotFound):
    """No counter receives for anybody: the organisation has not been published."""

    vi = "Chưa có quầy tiếp nhận nào. Hãy ban hành thư mục organisation trước."
    en = "There is no counter yet. Publish the organisation first."


class Staff:
    """Makes people as they are needed; their user names are `<role>.<unit code>`, all in small letters.

    They cannot log in. A second officer of each agency, `officer2.<unit code>`, is there for re-assignment.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def of_counter(self, now: datetime) -> Actor:
        """The post clerk of the first counter that receives for somebody."""
        counters = select(ReceptionAssignment.counter_id)
        counter = self.session.scalars(select(Unit).where(Unit.id.in_(counters)).order_by(Unit.id)).first()
        if counter is None:
            raise CounterMissing()
        return actor_for(self.session, self.person(Role.POST_CLERK, counter), local_day(now))

    def of_agency(self, unit: Unit) -> None:
        """Everybody whom an agency needs, so that its officers can be chosen in the forms."""
        for role in AGENCY_STAFF:
            self.person(role, unit)
        self.person(Role.OFFICER, unit, "2")

    def of(self, role: Role, unit: Unit, now: datetime) -> Actor:
        """The invented holder of the role in the unit."""
        return actor_for(self.session, self.person(role, unit), local_day(now))

    def holder(self, task: Task, now: datetime) -> Actor:
        """Whoever has the task, or else the invented holder of its role in its unit."""
        person = task.claimed_by or self.person(Role(task.role), task.unit)
        return actor_for(self.session, person, local_day(now))

    def named(self, username: str, now: datetime) -> Actor:
        """The person with this user name; raises PersonMissing."""
        person = person_by_username(self.session, username)
        if person is None:
            raise PersonMissing(username=username)
        return actor_for(self.session, person, local_day(now))

    def person(self, role: Role, unit: Unit, ordinal: str = "") -> Person:
        """The invented holder of the role in the unit."""
        username = _username(role, unit.code, ordinal)
        person = person_by_username(self.session, username)
        if person is None:
            person = self._invented(username, role, unit, ordinal)
        return person

    def _invented(self, username: str, role: Role, unit: Unit, ordinal: str) -> Person:
        full_name = f"{role.vi} {ordinal} {unit.code}".replace("  ", " ")
        person = Person(
            username=username,
            full_name=full_name,
            folded_name=fold(full_name),
            password_hash="",
            created_at=datetime.combine(FIRST_DAY, datetime.min.time(), UTC),
        )
        self.session.add(Membership(person=person, unit=unit, role=role, valid_from=FIRST_DAY, valid_to=None))
        self.session.flush()
        return person
