"""`motcua account`: people and roles from the console, for the first administrator and for emergencies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from engine.dossiers.models import Task
from engine.dossiers.operations import release_tasks_of
from engine.organisation import operations
from engine.organisation.models import Person, Role
from engine.organisation.queries import local_day, person_by_username, roles_of, unit_by_code
from engine.organisation.refusals import RoleNotHeld, UnknownPerson


def open_account(
    session: Session, now: datetime, username: str, full_name: str, password: str, unit: str, role: Role
) -> Person:
    """Create a person who holds `role` in the unit of code `unit` from today."""
    person = operations.create_person(session, None, now, username, full_name, password)
    operations.grant_role(session, None, now, person, unit_by_code(session, unit), role)
    return person


def extend_account(session: Session, now: datetime, person: Person, unit: str, role: Role) -> None:
    """Give somebody who has an account already one more role."""
    operations.grant_role(session, None, now, person, unit_by_code(session, unit), role)


def end_role(sessions: sessionmaker[Session], now: datetime, username: str, unit: str, role: Role) -> list[str]:
    """End one role of a person and put what they hold in it back into the queue; returns a line on each such task.

    Raises UnknownPerson, UnknownUnit, RoleNotHeld, LastAdministrator. The role is committed first, as with an account.
    """
    with sessions.begin() as session:
        person, place = _known(session, username), unit_by_code(session, unit)
        held = [one for one in roles_of(session, person, local_day(now)) if (one.unit, one.role) == (place, role)]
        if not held:
            raise RoleNotHeld(person=person.full_name, role=role, unit=place.name)
        for membership in held:
            operations.revoke_role(session, None, now, membership)
    return _released(sessions, now, username)


def close_account(sessions: sessionmaker[Session], now: datetime, username: str) -> list[str]:
    """Switch the account off and put what the person holds back into the queues; returns a line on each such task.

    Raises UnknownPerson, LastAdministrator. The account is committed first, so that nothing can keep it open; doing it
    again releases what a request under way at that moment may still have claimed.
    """
    with sessions.begin() as session:
        operations.close_account(session, None, now, _known(session, username))
    return _released(sessions, now, username)


def _released(sessions: sessionmaker[Session], now: datetime, username: str) -> list[str]:
    with sessions.begin() as session:
        return [_line(task) for task in release_tasks_of(session, now, _known(session, username))]


def _line(task: Task) -> str:
    return f"{task.dossier.number or task.dossier.reference}: {task.name} ({task.role} in {task.unit.code})"


def _known(session: Session, username: str) -> Person:
    person = person_by_username(session, username)
    if person is None:
        raise UnknownPerson(username=username)
    return person
