"""Days off and make-up days laid over office hours, so that every question about working time is plain arithmetic."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from engine.words import Words
from engine.worktime.office_hours import OfficeSchedule
from engine.worktime.refusals import CalendarYearMissing

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class DayKind(Words):
    """How an announced day differs from its weekday."""

    OFF = "off", "ngày nghỉ", "day off"
    WORK = "work", "ngày làm bù", "make-up working day"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One announced day; `unit` is empty for everybody, or the code of the only unit it concerns."""

    date: datetime.date
    kind: DayKind
    reason: str
    decision_number: str = ""
    confirmed: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The announced days of one year; `provisional` until the government has announced the year's days off."""

    year: int
    days: tuple[CalendarDay, ...]
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One working day: its sessions and cut-off in minutes after midnight, its length in working minutes."""

    date: datetime.date
    spans: tuple[tuple[int, int], ...]
    same_day_cut_off: int

    @property
    def opening(self) -> int:
        """The minute at which the office opens."""
        return self.spans[0][0]

    @property
    def closing(self) -> int:
        """The minute at which the office closes."""
        return self.spans[-1][1]

    @property
    def minutes(self) -> int:
        """The working minutes of the whole day."""
        return sum(closes - opens for opens, closes in self.spans)

    def during(self, minute: int) -> int:
        """`minute` moved into office hours of this day: forward to the next session, back to closing after it."""
        for opens, closes in self.spans:
            if minute <= closes:
                return max(minute, opens)
        return self.closing

    def elapsed(self, minute: int) -> int:
        """The working minutes of this day that have passed at `minute`."""
        return sum(max(0, min(minute, closes) - opens) for opens, closes in self.spans)

    def minute_after(self, worked: int) -> int:
        """The first minute at which `worked` working minutes (0 < worked <= minutes) have passed."""
        for opens, closes in self.spans:
            if worked <= closes - opens:
                return opens + worked
            worked -= closes - opens
        return self.closing

    def at(self, minute: int) -> datetime.datetime:
        """The moment `minute` of this day, in UTC."""
        local = datetime.datetime.combine(self.date, datetime.time(minute // 60, minute % 60), TIME_ZONE)
        return local.astimezone(datetime.UTC)


class WorkCalendar:
    """The working days of one unit over consecutive years, numbered from 0 in order (the *position* of a day)."""

    def __init__(self, years: Iterable[CalendarYear], schedule: OfficeSchedule, unit: str = "") -> None:
        """Lay out `years`; raises CalendarYearMissing for a gap and OfficeHoursMissing for days without hours."""
        self.unit = unit
        self._years = {year.year: year for year in years}
        self._announced = self._days_of(unit)
        self._first, self._last = self._bounds()
        self.work_days: tuple[WorkDay, ...] = tuple(self._work_days(schedule))
        self.minutes_before: tuple[int, ...] = tuple(accumulate((day.minutes for day in self.work_days), initial=0))
        self._positions = self._number_the_days()

    @property
    def provisional_years(self) -> frozenset[int]:
        """The years whose days off are a forecast and not yet announced."""
        return frozenset(year.year for year in self._years.values() if year.provisional)

    @cached_property
    def version(self) -> str:
        """A short fingerprint of all working days and hours, to be stored with a due date."""
        laid_out = repr([(day.date.toordinal(), day.spans, day.same_day_cut_off) for day in self.work_days])
        return hashlib.sha256(laid_out.encode()).hexdigest()[:12]

    def announced(self, day: datetime.date) -> CalendarDay | None:
        """What was announced for `day`, if anything."""
        return self._announced.get(day)

    def unconfirmed_days(self, first: datetime.date, last: datetime.date) -> tuple[CalendarDay, ...]:
        """The unconfirmed announced days between two dates, both included: a result that rests on them may move."""
        return tuple(
            day for date, day in sorted(self._announced.items()) if first <= date <= last and not day.confirmed
        )

    def is_working_day(self, day: datetime.date) -> bool:
        """Whether the office works on `day`."""
        position = self.position(day)
        return position < len(self.work_days) and self.work_days[position].date == day

    def position(self, day: datetime.date) -> int:
        """The position of the first working day on or after `day`; raises CalendarYearMissing outside the years."""
        if not self._first <= day <= self._last:
            raise CalendarYearMissing(year=day.year)
        return self._positions[(day - self._first).days]

    def work_day(self, position: int) -> WorkDay:
        """The working day at `position`; raises CalendarYearMissing when it lies outside the covered years."""
        if position < 0:
            raise CalendarYearMissing(year=self._first.year - 1)
        if position >= len(self.work_days):
            raise CalendarYearMissing(year=self._last.year + 1)
        return self.work_days[position]

    def _days_of(self, unit: str) -> dict[datetime.date, CalendarDay]:
        """The days announced for everybody, overridden by those of the unit alone."""
        days = [day for year in self._years.values() for day in year.days if day.unit in ("", unit)]
        return {day.date: day for day in sorted(days, key=lambda day: day.unit)}

    def _bounds(self) -> tuple[datetime.date, datetime.date]:
        if not self._years:
            raise CalendarYearMissing(year="?")
        first, last = min(self._years), max(self._years)
        for year in range(first, last):
            if year not in self._years:
                raise CalendarYearMissing(year=year)
        return datetime.date(first, 1, 1), datetime.date(last, 12, 31)

    def _work_days(self, schedule: OfficeSchedule) -> Iterator[WorkDay]:
        for ordinal in range(self._first.toordinal(), self._last.toordinal() + 1):
            day = datetime.date.fromordinal(ordinal)
            hours = schedule.on(day, self.unit)
            sessions = hours.usual_sessions(day)
            if announced := self._announced.get(day):
                sessions = () if announced.kind is DayKind.OFF else hours.sessions_of_make_up_days()
            if sessions:
                spans = tuple((_minute(session.opens), _minute(session.closes)) for session in sessions)
                yield WorkDay(day, spans, _minute(hours.same_day_cut_off))

    def _number_the_days(self) -> list[int]:
        """For each covered day the number of working days before it."""
        working = {day.date.toordinal() for day in self.work_days}
        days = range(self._first.toordinal(), self._last.toordinal())
        return list(accumulate((day in working for day in days), initial=0))


def _minute(clock: datetime.time) -> int:
    return clock.hour * 60 + clock.minute
