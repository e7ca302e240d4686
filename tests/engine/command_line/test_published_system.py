"""What the shipped processes/ publish, and who can work in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.catalogue.models import Procedure
from engine.command_line.checking import check
from engine.demonstration.people import PEOPLE
from engine.organisation.models import Membership, Person, Role
from engine.settings import PROJECT


def test_nothing_is_wrong_with_the_shipped_processes() -> None:
    errors = [finding for finding in check([PROJECT / "processes"]) if finding.severity == "error"]
    assert not errors, "\n".join(map(str, errors))


def test_all_six_procedures_are_published(published: Session) -> None:
    assert set(published.scalars(select(Procedure.code))) == {
        "2.000908", "2.000134", "1.004623", "2.001628", "1.003868", "1.009748",
    }  # fmt: skip


def test_every_role_is_held_by_somebody(published: Session) -> None:
    assert set(published.scalars(select(Membership.role))) == set(Role)
    assert set(published.scalars(select(Person.username))) == {person.username for person in PEOPLE}
