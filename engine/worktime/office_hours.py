"""When an office is open: sessions per weekday, in force for a period, for everybody or for one unit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.worktime.refusals import OfficeHoursMissing

MONDAY = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One unbroken stretch of office time, local clock, `opens` < `closes`."""

    opens: datetime.time
    closes: datetime.time


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The sessions of each weekday (0 = Monday), in force from `valid_from` to `valid_to`, both days included.

    `same_day_cut_off` is the last minute at which a same-day procedure is still due the same day.
    `make_up_sessions` are worked on make-up days; None means Monday's.
    """

    valid_from: datetime.date
    valid_to: datetime.date | None
    weekdays: Mapping[int, tuple[Session, ...]]
    same_day_cut_off: datetime.time
    make_up_sessions: tuple[Session, ...] | None = None
    legal_basis: str = ""

    def in_force_on(self, day: datetime.date) -> bool:
        """Whether these hours apply on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def usual_sessions(self, day: datetime.date) -> tuple[Session, ...]:
        """The sessions of an ordinary `day`, by its weekday; empty when the office is closed."""
        return self.weekdays.get(day.weekday(), ())

    def sessions_of_make_up_days(self) -> tuple[Session, ...]:
        """The sessions worked on a day that makes up for another one."""
        return self.weekdays.get(MONDAY, ()) if self.make_up_sessions is None else self.make_up_sessions


@dataclass(frozen=True, slots=True)
class OfficeSchedule:
    """The hours of every unit over time: a unit's own hours where it has some, the default ones otherwise."""

    default: tuple[OfficeHours, ...]
    units: Mapping[str, tuple[OfficeHours, ...]] = field(default_factory=dict)

    def first_day_without(self, first: datetime.date, last: datetime.date) -> datetime.date | None:
        """The first day between two dates, both included, on which no default hours are in force."""
        day = first
        for hours in sorted(self.default, key=lambda hours: hours.valid_from):
            if hours.valid_from > day:
                break
            if hours.valid_to is None or hours.valid_to >= last:
                return None
            day = max(day, hours.valid_to + datetime.timedelta(days=1))
        return day if day <= last else None

    def on(self, day: datetime.date, unit: str = "") -> OfficeHours:
        """The hours of `unit` on `day`; raises OfficeHoursMissing when none are in force."""
        for hours in (*self.units.get(unit, ()), *self.default):
            if hours.in_force_on(day):
                return hours
        raise OfficeHoursMissing(unit=unit or "default", date=day.isoformat())
