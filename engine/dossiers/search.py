"""Looking dossiers up by number or by the applicant's name, within what a person may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union, union_all
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, DossierState
from engine.dossiers.queries import WITH_PARTIES, applicant_named, newest_visible, visible_dossiers
from engine.organisation.actors import Actor
from engine.organisation.models import Unit

NEAR = 5_000
"""Newest dossiers among which a text is looked for first: a name that many bear fills a page from there, and for a
name that few bear the index of all names is short."""

SOUGHT = (
    Dossier.id,
    Dossier.number,
    Dossier.reference,
    Dossier.name_beginnings,
    Dossier.state,
    Dossier.deciding_unit_id,
)
"""What a search asks about."""


@dataclass(frozen=True, slots=True)
class DossierPage:
    """A page of dossiers, newest first; `next` is the key of the page after it, None on the last."""

    rows: Sequence[Dossier]
    next: int | None


def search_dossiers(
    session: Session,
    actor: Actor,
    text: str = "",
    *,
    state: DossierState | None = None,
    deciding_unit: Unit | None = None,
    after: int | None = None,
    size: int = 30,
) -> DossierPage:
    """Dossiers whose number begins with `text`, or of whose applicant's name it begins words; accents are ignored."""
    asked = Asked(text.strip(), state, deciding_unit.id if deciding_unit else None)
    found = _among_newest(session, actor, asked, size + 1, after)
    if len(found) <= size and _reaches_further(session, actor, after):
        found = _among_all(session, actor, asked, size + 1, after)
    return DossierPage(found[:size], found[size - 1].id if len(found) > size else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for."""

    text: str
    state: DossierState | None
    deciding_unit_id: int | None

    def of(self, dossier: Any) -> list[ColumnElement[bool]]:
        """The conditions on `dossier`, which has the columns in SOUGHT."""
        conditions = []
        if self.text:
            number = dossier.number.startswith(self.text.upper(), autoescape=True)
            named = applicant_named(self.text, dossier)
            conditions.append(or_(number, dossier.reference == self.text.upper(), named))
        if self.state is not None:
            conditions.append(dossier.state == self.state)
        if self.deciding_unit_id is not None:
            conditions.append(dossier.deciding_unit_id == self.deciding_unit_id)
        return conditions


def _among_newest(session: Session, actor: Actor, asked: Asked, size: int, after: int | None) -> Sequence[Dossier]:
    near = newest_visible(actor, NEAR, after, SOUGHT)
    matching = (select(rows.c.id).where(*asked.of(rows.c)).order_by(rows.c.id.desc()).limit(size) for rows in near)
    ids = union(*matching).subquery()
    return _newest(session, size, select(Dossier).join(ids, ids.c.id == Dossier.id))


def _among_all(session: Session, actor: Actor, asked: Asked, size: int, after: int | None) -> Sequence[Dossier]:
    earlier = [] if after is None else [Dossier.id < after]
    return _newest(session, size, select(Dossier).where(visible_dossiers(actor), *asked.of(Dossier), *earlier))


def _newest(session: Session, size: int, statement: Select[Dossier]) -> Sequence[Dossier]:
    return session.scalars(statement.options(*WITH_PARTIES).order_by(Dossier.id.desc()).limit(size)).all()


def _reaches_further(session: Session, actor: Actor, after: int | None) -> bool:
    """Whether there are more dossiers than those near."""
    further = (select(rows.c.id).offset(NEAR) for rows in newest_visible(actor, NEAR + 1, after, [Dossier.id]))
    return session.scalar(union_all(*further)) is not None


def due_before(
    session: Session, actor: Actor, first: datetime | None, last: datetime, *, size: int = 50
) -> Sequence[Dossier]:
    """Open dossiers still in processing whose clock runs and whose due date lies in [first, last), soonest first."""
    statement = select(Dossier).where(
        visible_dossiers(actor),
        Dossier.closed_at.is_(None),
        Dossier.processing_ended_at.is_(None),
        Dossier.suspended_at.is_(None),
        Dossier.due_at < last,
    )
    if first is not None:
        statement = statement.where(Dossier.due_at >= first)
    return session.scalars(statement.options(*WITH_PARTIES).order_by(Dossier.due_at, Dossier.id).limit(size)).all()
