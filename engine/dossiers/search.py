"""Looking dossiers up by number or by the applicant's name, within what a person may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, DossierState
from engine.dossiers.queries import WITH_PARTIES, applicant_named, visible_dossiers
from engine.organisation.actors import Actor
from engine.organisation.models import Unit


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
    statement = select(Dossier).where(visible_dossiers(actor), *_named(text)).options(*WITH_PARTIES)
    if state is not None:
        statement = statement.where(Dossier.state == state)
    if deciding_unit is not None:
        statement = statement.where(Dossier.deciding_unit_id == deciding_unit.id)
    if after is not None:
        statement = statement.where(Dossier.id < after)
    found = session.scalars(statement.order_by(Dossier.id.desc()).limit(size + 1)).all()
    return DossierPage(found[:size], found[size - 1].id if len(found) > size else None)


def _named(text: str) -> list[ColumnElement[bool]]:
    wanted = text.strip()
    if not wanted:
        return []
    return [
        or_(
            Dossier.number.startswith(wanted.upper(), autoescape=True),
            Dossier.reference == wanted.upper(),
            applicant_named(wanted),
        )
    ]


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
