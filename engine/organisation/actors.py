"""Who is acting: the person and what they may do on a given day."""

from __future__ import annotations

from typing import Any

from engine.organisation.models import Person, Role


class Actor:
    """The acting person and what they may do on a given day; what every operation receives.

    `memberships` holds the (unit id, role) pairs in force.
    """

    def __init__(
        self, person: Person, memberships: frozenset[tuple[int, Role]], counters: dict[int, frozenset[int]]
    ) -> None:
        self.person = person
        self.memberships = memberships
        self.counters = counters
        """For each counter unit this person serves as post clerk: the deciding units assigned to it today."""

    @property
    def id(self) -> int:
        """The person's id."""
        return self.person.id

    @property
    def name(self) -> str:
        """The person's full name."""
        return self.person.full_name

    def holds(self, role: Role, unit_id: int | None = None) -> bool:
        """Whether the person holds `role` (in `unit_id`, or anywhere)."""
        return any(held == role and unit_id in (None, unit) for unit, held in self.memberships)

    def units(self, *roles: Role) -> frozenset[int]:
        """Ids of the units where the person holds any of `roles` (of all roles without an argument)."""
        return frozenset(unit for unit, held in self.memberships if not roles or held in roles)

    def as_log(self) -> dict[str, Any]:
        """How the actor is written into the event log."""
        return {"id": self.id, "name": self.name}
