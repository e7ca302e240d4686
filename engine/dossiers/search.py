"""Looking dossiers up by number or by the applicant's name, within what a person may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from engine.database.direct import Prepared
from engine.dossiers.models import Dossier, DossierState
from engine.dossiers.queries import WITH_PARTIES, applicant_named, words_named
from engine.dossiers.reach import BEFORE, REACH, Reach, newest_within, reach_of, visible_to, within
from engine.dossiers.reading import read_page
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


SIZE, MOST = bindparam("size", type_=Integer), bindparam("most", type_=Integer)
ESCAPE = "/"
SHAPES = 512
"""Statements kept of each sort; there are as many as there are sorts of people and of what they ask."""


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
    number, words = text.strip().upper(), words_named(text)
    reach, values = reach_of(actor)
    asked = _Asked(reach, bool(number), bool(words), state is not None, deciding_unit is not None, after is not None)
    values |= {"number": number, "beginning": _escaped(number), "words": words, "before": after, "size": size + 1}
    values |= {"state": state and state.value, "deciding_unit": deciding_unit and deciding_unit.id}
    ids = _found(session, asked, values)
    return DossierPage(read_page(session, ids[:size]), ids[size - 1] if len(ids) > size else None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the statements of a search depend on: who asks, and what is asked."""

    reach: Reach
    text: bool
    words: bool
    """Whether the text has words that may begin those of a name."""
    state: bool
    deciding_unit: bool
    continued: bool
    """Whether the list goes on after a page before."""

    def of(self, dossier: Any) -> list[ColumnElement[bool]]:
        """The conditions on `dossier`, which has the columns in SOUGHT."""
        conditions = []
        if self.text:
            number = dossier.number.startswith(bindparam("beginning", type_=String), escape=ESCAPE)
            named = [applicant_named(dossier)] if self.words else []
            conditions.append(or_(number, dossier.reference == bindparam("number", type_=String), *named))
        if self.state:
            conditions.append(dossier.state == bindparam("state", type_=String))
        if self.deciding_unit:
            conditions.append(dossier.deciding_unit_id == bindparam("deciding_unit", type_=Integer))
        return conditions


def _found(session: Session, asked: _Asked, values: dict[str, Any]) -> list[int]:
    """The ids of the newest `size`, looked for where they are soonest found (NEAR, COMMON, FEW, FAR)."""
    found, further = _among_newest(session, asked, values, NEAR)
    if len(found) == values["size"] or not further:
        return found
    if asked.text and len(found) < COMMON:
        [(few, named)] = _among_few(asked).rows(session, **values, most=FEW + 1)
        if few <= FEW:
            return list(named)
    found, further = _among_newest(session, asked, values, FAR)
    if len(found) == values["size"] or not further:
        return found
    return [id for (id,) in _among_all(asked).rows(session, **values)]


def _among_newest(session: Session, asked: _Asked, values: dict[str, Any], reach: int) -> tuple[list[int], bool]:
    """The newest `size` ids of what is asked among the newest `reach` dossiers of each reason, which are read until
    the page is full; and whether any reason reaches further."""
    [(found, further)] = _newest_few(asked).rows(session, **values, reach=reach)
    return found, further


@lru_cache(SHAPES)
def _newest_few(asked: _Asked) -> Prepared:
    def statement() -> Select[Any]:
        newest = newest_within(asked.reach, SOUGHT, continued=asked.continued)
        matching = (select(rows.c.id).where(*asked.of(rows.c)).order_by(rows.c.id.desc()) for rows in newest)
        ids = union(*(rows.limit(SIZE) for rows in matching)).subquery()
        once = select(_array(select(ids.c.id).order_by(ids.c.id.desc()).limit(SIZE)).label("ids")).limit(1).subquery()
        further = case((func.cardinality(once.c.ids) < SIZE, _further(asked).exists()), else_=True)
        return select(once.c.ids, further)

    return Prepared(statement)


def _further(asked: _Asked) -> Select[Any]:
    newest = newest_within(asked.reach, [Dossier.id], REACH + 1, continued=asked.continued)
    ids = union_all(*(select(rows.c.id).offset(REACH).limit(1) for rows in newest)).subquery()
    return select(ids.c.id)


@lru_cache(SHAPES)
def _among_few(asked: _Asked) -> Prepared:
    """Of how many dossiers this is true, whoever may know of them, counted up to `most`; and if they are fewer, the
    newest `size` ids of what is asked."""

    def statement() -> Select[Any]:
        true_of = select(Dossier.id).where(*asked.of(Dossier)).limit(MOST).cte("true_of")
        number = select(func.count()).select_from(true_of).scalar_subquery()
        newest = _newest(asked, Dossier.id == any_(_array(select(true_of.c.id))))
        return select(number, case((number < MOST, _array(newest))))

    return Prepared(statement)


@lru_cache(SHAPES)
def _among_all(asked: _Asked) -> Prepared:
    """The newest `size` ids of what is asked."""
    return Prepared(lambda: _newest(asked, *asked.of(Dossier)))


def _newest(asked: _Asked, *conditions: ColumnElement[bool]) -> Select[Any]:
    earlier = [Dossier.id < BEFORE] if asked.continued else []
    newest = select(Dossier.id).where(within(asked.reach), *conditions, *earlier)
    return newest.order_by(Dossier.id.desc()).limit(SIZE)


def _array(ids: Select[Any]) -> ColumnElement[Any]:
    return func.array(ids.scalar_subquery())


def _escaped(beginning: str) -> str:
    """Meant literally in a LIKE."""
    for special in (ESCAPE, "%", "_"):
        beginning = beginning.replace(special, ESCAPE + special)
    return beginning


def due_before(
    session: Session, actor: Actor, first: datetime | None, last: datetime, *, size: int = 50
) -> Sequence[Dossier]:
    """Open dossiers still in processing whose clock runs and whose due date lies in [first, last), soonest first."""
    statement = select(Dossier).where(
        Dossier.closed_at.is_(None),
        Dossier.processing_ended_at.is_(None),
        Dossier.suspended_at.is_(None),
        Dossier.due_at < last,
    )
    if first is not None:
        statement = statement.where(Dossier.due_at >= first)
    soonest = statement.options(*WITH_PARTIES).order_by(Dossier.due_at, Dossier.id).limit(size)
    return session.scalars(visible_to(actor, soonest)).all()
