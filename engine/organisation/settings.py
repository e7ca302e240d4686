"""Published settings as values: the working calendar and the national statuses, kept in the process by their digest.

Each read costs one small statement that asks which contents are in force; the contents themselves are read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import orjson
from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.orm import Session

from engine.database.direct import Prepared
from engine.organisation.models import Setting
from engine.organisation.refusals import SettingMissing, UnknownState
from engine.organisation.rules import NationalStatus
from engine.recently_used import RecentlyUsed
from engine.worktime import CalendarYear, OfficeSchedule, WorkCalendar, calendar_year, draft_year, office_schedule
from engine.worktime.files import YEARS_DRAFTED_AHEAD

OFFICE_HOURS = "office_hours"
NATIONAL_STATUS = "national_status"
CALENDAR = "calendar/"
CALENDARS = (OFFICE_HOURS, CALENDAR)

Digests = tuple[tuple[str, str], ...]
"""Names and digests of settings in force, in the order of their names."""


@dataclass(frozen=True)
class OfficeBook:
    """All office hours and all calendar years as published."""

    schedule: OfficeSchedule
    years: tuple[CalendarYear, ...]

    def own_code(self, code: str) -> str:
        """`code` where the unit has hours or days of its own, else "" for the calendar that the others share."""
        return code if code in self._special_units else ""

    @cached_property
    def _special_units(self) -> frozenset[str]:
        return frozenset(self.schedule.units) | {day.unit for year in self.years for day in year.days}

    def calendar(self, code: str) -> WorkCalendar:
        """The working calendar of the unit `code`."""
        return WorkCalendar(self.years, self.schedule, code)


_books: RecentlyUsed[Digests, OfficeBook] = RecentlyUsed(4)
_calendars: RecentlyUsed[tuple[Digests, str], WorkCalendar] = RecentlyUsed(64)
_statuses: RecentlyUsed[Digests, Mapping[str, NationalStatus]] = RecentlyUsed(4)


def work_calendar(session: Session, unit_code: str = "", digests: Digests | None = None) -> WorkCalendar:
    """The working calendar of the unit, as last published; raises SettingMissing before the first publication.

    `digests` are those of `calendars_in_force()` where the caller has read them with something else. A year that is
    missing between two others, or that follows the last within two years, is drafted and provisional.
    """
    digests = _in_force(session, *CALENDARS) if digests is None else _all_there(digests, *CALENDARS)
    book = _books.get_or_make(digests, lambda: _office_book(_contents(session, digests)))
    code = book.own_code(unit_code)
    return _calendars.get_or_make((digests, code), lambda: book.calendar(code))


def calendars_in_force() -> ScalarSelect[list[list[str]] | None]:
    """Names and digests of the office hours and calendars as last published, for a statement that reads more."""
    newest = _newest_of(CALENDARS).subquery()
    return select(func.array_agg(array([newest.c.name, newest.c.digest]))).scalar_subquery()


def digests_of(read: Iterable[Iterable[str]] | None) -> Digests:
    """What `calendars_in_force` has read, as `work_calendar` takes it."""
    return tuple(sorted((name, digest) for name, digest in read or ()))


def national_statuses(session: Session) -> Mapping[str, NationalStatus]:
    """The national status of every internal state; raises SettingMissing before the first publication."""
    digests = _in_force(session, NATIONAL_STATUS)
    return _statuses.get_or_make(digests, lambda: _read_statuses(_contents(session, digests)[NATIONAL_STATUS]))


def national_status(session: Session, state: str) -> NationalStatus:
    """The national status of one internal state; raises UnknownState."""
    statuses = national_statuses(session)
    if str(state) not in statuses:
        raise UnknownState(state=state)
    return statuses[str(state)]


def _in_force(session: Session, *names: str) -> Digests:
    """Names and digests of the newest settings called one of `names` (or, where a name ends in "/", below it)."""
    return _all_there(tuple((name, digest) for name, digest in _newest(names).rows(session)), *names)


def _all_there(digests: Digests, *names: str) -> Digests:
    for name in names:
        if not any(found.startswith(name) for found, _ in digests):
            raise SettingMissing(name=name.rstrip("/"))
    return digests


@cache
def _newest(names: tuple[str, ...]) -> Prepared:
    """The statement for these names, put together once."""
    return Prepared(lambda: _newest_of(names))


def _newest_of(names: Iterable[str]) -> Select[str, str]:
    wanted = [Setting.name.startswith(name) if name.endswith("/") else Setting.name == name for name in names]
    newest_first = (Setting.name, Setting.id.desc())
    return (
        select(Setting.name, Setting.digest).where(or_(*wanted)).ext(distinct_on(Setting.name)).order_by(*newest_first)
    )


def _contents(session: Session, digests: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The contents of exactly these settings, by name."""
    wanted = set(digests)
    rows = session.execute(
        select(Setting.name, Setting.digest, Setting.content).where(Setting.digest.in_([d for _, d in wanted]))
    )
    return {name: orjson.loads(content) for name, digest, content in rows if (name, digest) in wanted}


def _office_book(contents: Mapping[str, Any]) -> OfficeBook:
    announced = {
        year.year: year
        for year in (calendar_year(data) for name, data in contents.items() if name.startswith(CALENDAR))
    }
    covered = range(min(announced), max(announced) + YEARS_DRAFTED_AHEAD + 1)
    years = tuple(announced.get(year) or draft_year(year) for year in covered)
    return OfficeBook(office_schedule(contents[OFFICE_HOURS]), years)


def _read_statuses(content: Mapping[str, Any]) -> Mapping[str, NationalStatus]:
    return {
        state: NationalStatus(entry["code"], entry["text"], entry["text_en"])
        for entry in content["statuses"]
        for state in entry["states"]
    }
