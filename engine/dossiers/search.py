"""Looking dossiers up by number or by the applicant's name, within what a person may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from engine.database.direct import Prepared
from engine.dossiers.looking import SHAPES, SIZE, found_along, ids_in, look_along, page_and_rest
from engine.dossiers.models import Dossier, DossierState
from engine.dossiers.queries import WITH_PARTIES, applicant_named, words_named
from engine.dossiers.reach import BEFORE, NEWEST, Reach, newest_asked, newest_within, reach_of, visible_to, within
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


MOST = bindparam("most", type_=Integer)
ESCAPE = "/"


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
    the page is full; and whether there may be more further on."""
    [(found, further)] = _newest_few(asked).rows(session, **values, reach=reach)
    return found, further


@lru_cache(SHAPES)
def _newest_few(asked: _Asked) -> Prepared:
    def statement() -> Select[Any]:
        known = _look(asked, newest_within(asked.reach, SOUGHT, continued=asked.continued))
        page = found_along(NEWEST, known)
        lowest = select(case((func.count() == SIZE, func.min(page.c.id)), else_=0)).select_from(page).scalar_subquery()
        also = _look(asked, newest_asked(asked.reach, SOUGHT, lowest, continued=asked.continued))
        return page_and_rest(NEWEST, [*known, *also])

    return Prepared(statement)


def _look(asked: _Asked, stretches: Sequence[Subquery]) -> list[CTE]:
    return [look_along(NEWEST, rows, and_(true(), *asked.of(rows.c))) for rows in stretches]


@lru_cache(SHAPES)
def _among_few(asked: _Asked) -> Prepared:
    """Of how many dossiers this is true, whoever may know of them, counted up to `most`; and if they are fewer, the
    newest `size` ids of what is asked."""

    def statement() -> Select[Any]:
        true_of = select(Dossier.id).where(*asked.of(Dossier)).limit(MOST).cte("true_of")
        number = select(func.count()).select_from(true_of).scalar_subquery()
        of_these = Dossier.id == any_(func.array(select(true_of.c.id).scalar_subquery()))
        newest = _newest(asked, of_these).subquery()
        return select(number, case((number < MOST, ids_in(NEWEST, newest))))

    return Prepared(statement)


@lru_cache(SHAPES)
def _among_all(asked: _Asked) -> Prepared:
    """The newest `size` ids of what is asked."""
    return Prepared(lambda: _newest(asked, *asked.of(Dossier)))


def _newest(asked: _Asked, *conditions: ColumnElement[bool]) -> Select[Any]:
    earlier = [Dossier.id < BEFORE] if asked.continued else []
    newest = select(Dossier.id).where(within(asked.reach), *conditions, *earlier)
    return newest.order_by(Dossier.id.desc()).limit(SIZE)


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
