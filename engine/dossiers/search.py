"""Looking dossiers up by number or by the applicant's name, within what a person may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, literal, or_, select, union, union_all
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, DossierState
from engine.dossiers.queries import WITH_PARTIES, applicant_named, newest_visible, visible_dossiers
from engine.organisation.actors import Actor
from engine.organisation.models import Unit

NEAR, COMMON = 500, 3
"""A text is looked for among so many of the newest dossiers first: a name that very many bear fills the page there, and
one that is there so many times is common."""

FEW, FAR = 2_000, 8_000
"""For any other name the index of all names is asked, of which so many are read; the newest that bear a common one are
found among so many dossiers."""

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
    ids = _found(session, actor, asked, size + 1, after)
    found = select(Dossier).where(Dossier.id == any_(literal(ids[:size], ARRAY(Integer)))).options(*WITH_PARTIES)
    rows = session.scalars(found.order_by(Dossier.id.desc())).all()
    return DossierPage(rows, ids[size - 1] if len(ids) > size else None)


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


def _found(session: Session, actor: Actor, asked: Asked, size: int, after: int | None) -> Sequence[int]:
    """The ids of the newest `size`, looked for where they are soonest found (NEAR, COMMON, FEW, FAR)."""
    near = _among_newest(session, actor, asked, size, after, NEAR)
    if len(near) == size:
        return near
    if asked.text and len(near) < COMMON:
        few = session.scalars(select(Dossier.id).where(*asked.of(Dossier)).limit(FEW + 1)).all()
        if len(few) <= FEW:
            return _among(session, actor, few, size, after)
    far = _among_newest(session, actor, asked, size, after, FAR)
    if len(far) == size or not _reaches_further(session, actor, after):
        return far
    earlier = [] if after is None else [Dossier.id < after]
    return _newest(session, size, visible_dossiers(actor), *asked.of(Dossier), *earlier)


def _among_newest(
    session: Session, actor: Actor, asked: Asked, size: int, after: int | None, far: int
) -> Sequence[int]:
    """What is asked among the newest `far` dossiers, which are read until the page is full."""
    newest = newest_visible(actor, far, after, SOUGHT)
    matching = (select(rows.c.id).where(*asked.of(rows.c)).order_by(rows.c.id.desc()).limit(size) for rows in newest)
    ids = union(*matching).subquery()
    return session.scalars(select(ids.c.id).order_by(ids.c.id.desc()).limit(size)).all()


def _among(session: Session, actor: Actor, ids: Sequence[int], size: int, after: int | None) -> Sequence[int]:
    earlier = sorted(id for id in ids if after is None or id < after)
    if not earlier:
        return []
    one_of_them = Dossier.id == any_(literal(earlier, ARRAY(Integer)))
    return _newest(session, size, one_of_them, visible_dossiers(actor))


def _newest(session: Session, size: int, *conditions: ColumnElement[bool]) -> Sequence[int]:
    return session.scalars(select(Dossier.id).where(*conditions).order_by(Dossier.id.desc()).limit(size)).all()


def _reaches_further(session: Session, actor: Actor, after: int | None) -> bool:
    """Whether there are more than FAR dossiers."""
    newest = newest_visible(actor, FAR + 1, after, [Dossier.id])
    return session.scalar(union_all(*(select(rows.c.id).offset(FAR).limit(1) for rows in newest))) is not None


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
