"""How much working time is left until a due moment, or has passed since, in numbers and in the office's words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from engine.worktime.calendar import WorkCalendar
from engine.worktime.deadlines import locate, working_minutes_until


@dataclass(frozen=True, slots=True)
class Remaining:
    """Working time between now and the due moment; `overdue` tells on which side of it now lies."""

    days: int
    hours: int
    minutes: int
    overdue: bool

    @property
    def vi(self) -> str:
        """In Vietnamese: "Còn 2 ngày 3 giờ", "Quá hạn 1 ngày 3 giờ", "Đến hạn", "Đã quá hạn"."""
        length = " ".join(f"{count} {unit}" for count, unit, _ in self._parts())
        if not length:
            return "Đã quá hạn" if self.overdue else "Đến hạn"
        return f"Quá hạn {length}" if self.overdue else f"Còn {length}"

    @property
    def en(self) -> str:
        """In English: "2 days 3 hours left", "1 day 3 hours overdue", "Due now", "Overdue"."""
        length = " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, _, unit in self._parts())
        if not length:
            return "Overdue" if self.overdue else "Due now"
        return f"{length} overdue" if self.overdue else f"{length} left"

    def title_in(self, language: str) -> str:
        """The words in `language` ("vi" or "en")."""
        return self.vi if language == "vi" else self.en

    def _parts(self) -> list[tuple[int, str, str]]:
        """What is worth saying: days and hours, or hours and minutes on the last day."""
        parts = [(self.days, "ngày", "day"), (self.hours, "giờ", "hour"), (self.minutes, "phút", "minute")]
        said = parts[:2] if self.days else parts[1:]
        return [part for part in said if part[0]]


def remaining(calendar: WorkCalendar, now: datetime.datetime, due: datetime.datetime) -> Remaining:
    """The working time from `now` to `due`, or from `due` to `now` when it has passed.

    A day is one step from a working day to the next at the same clock time, exactly as limits are counted;
    a day worked from opening to closing is a whole one.
    """
    overdue = now > due
    days, minutes = working_time_between(calendar, min(now, due), max(now, due))
    return Remaining(days, minutes // 60, minutes % 60, overdue)


def working_time_between(calendar: WorkCalendar, start: datetime.datetime, end: datetime.datetime) -> tuple[int, int]:
    """Whole working days and the working minutes beyond them from `start` to a later `end`."""
    first, minute = locate(calendar, start)
    reached = working_minutes_until(calendar, end)
    # One further: from opening to closing is a whole day, although the next day's opening lies beyond `end`.
    last = min(locate(calendar, end)[0] + 1, len(calendar.work_days) - 1)
    while last > first and _minutes_at(calendar, last, minute) > reached:
        last -= 1
    return last - first, max(0, reached - _minutes_at(calendar, last, minute))


def _minutes_at(calendar: WorkCalendar, position: int, minute: int) -> int:
    """The working minutes up to a minute of the working day at `position`."""
    return calendar.minutes_before[position] + calendar.work_day(position).elapsed(minute)
