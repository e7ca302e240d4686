"""`motcua account`: people and roles from the console, for the first administrator and for emergencies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.organisation.models import Person, Role
from engine.organisation.operations import create_person, grant_role
from engine.organisation.queries import unit_by_code


def open_account(
    session: Session, now: datetime, username: str, full_name: str, password: str, unit: str, role: Role
) -> Person:
    """Create a person who holds `role` in the unit of code `unit` from today."""
    person = create_person(session, None, now, username, full_name, password)
    grant_role(session, None, now, person, unit_by_code(session, unit), role)
    return person


def extend_account(session: Session, now: datetime, person: Person, unit: str, role: Role) -> None:
    """Give somebody who has an account already one more role."""
    grant_role(session, None, now, person, unit_by_code(session, unit), role)
