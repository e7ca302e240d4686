"""Looking for what is asked along several ordered stretches of rows, each read no further than it takes to fill a page.

What was found along one stretch may lie beyond the end of what was read of another. It is not told: what is asked may
stand there too, and would come before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
    union,
)

SIZE = bindparam("size", type_=Integer)
"""Rows that are wanted."""

REACH = bindparam("reach", type_=Integer)
"""Rows of each stretch that are read at most."""

SHAPES = 512
"""Statements kept of each sort; there are as many as there are sorts of people and of what they ask."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: its keys, of which `id` is one."""

    keys: tuple[str, ...]
    descending: bool = False

    def by(self, columns: Any) -> list[ColumnElement[Any]]:
        """The keys among these columns, to sort by."""
        keys = [getattr(columns, key) for key in self.keys]
        return [key.desc() for key in keys] if self.descending else keys

    def place(self, columns: Any) -> ColumnElement[int]:
        """The place of each row of a stretch, from 1."""
        return func.row_number().over(order_by=self.by(columns)).label("place")

    def comes_after(self, one: Any, other: Any) -> ColumnElement[bool]:
        """Whether one row comes after the other; each is told by its columns."""
        first, second = (tuple_(*(getattr(columns, key) for key in self.keys)) for columns in (one, other))
        return first < second if self.descending else first > second


def look_along(order: Order, stretch: Subquery, asked: ColumnElement[bool]) -> CTE:
    """The first `size` rows of the stretch that are asked for, and its last row, if it comes to that.

    The stretch has the order's keys and a `place`, and is `reach` rows long at most.
    """
    found, end = func.coalesce(asked, false()), stretch.c.place == REACH
    keys = [stretch.c[key] for key in order.keys]
    seen = select(*keys, found.label("found"), end.label("end")).where(or_(found, end))
    return seen.order_by(*order.by(stretch.c)).limit(SIZE).cte()


def end_of(order: Order, looked: Sequence[CTE]) -> CTE:
    """How far all stretches were read: one row, or none where each was read as far as is needed."""
    ends = union(*(_keys(order, rows).where(rows.c.end) for rows in looked)).subquery()
    return _keys(order, ends).order_by(*order.by(ends.c)).limit(1).cte()


def found_along(order: Order, looked: Sequence[CTE], end: CTE | None = None) -> Subquery:
    """The keys of the first `size` rows that were found, none of them beyond the end."""
    rows = union(*(_keys(order, rows).where(rows.c.found) for rows in looked)).subquery()
    return first_of(order, rows, *([~exists().where(order.comes_after(rows.c, end.c))] if end is not None else []))


def first_of(order: Order, rows: Subquery, *conditions: ColumnElement[bool]) -> Subquery:
    """The keys of the first `size` of these rows."""
    return _keys(order, rows).where(*conditions).order_by(*order.by(rows.c)).limit(SIZE).subquery()


def page_and_rest(order: Order, looked: Sequence[CTE]) -> Select[Any]:
    """The ids of the first `size` rows that are asked for, and whether there may be more beyond what was read."""
    end = end_of(order, looked)
    ids = select(ids_in(order, found_along(order, looked, end)).label("ids")).limit(1).subquery()
    return select(ids.c.ids, and_(exists().select_from(end), func.cardinality(ids.c.ids) < SIZE))


def ids_in(order: Order, rows: Subquery) -> ColumnElement[Any]:
    """The ids of the rows, in order, as an array."""
    return func.array(select(rows.c.id).order_by(*order.by(rows.c)).scalar_subquery())


def _keys(order: Order, rows: Any) -> Select[Any]:
    return select(*(rows.c[key] for key in order.keys))
