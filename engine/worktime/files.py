"""Reading the calendar's year files and the office hours that designers edit, with errors that name the line."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from engine.worktime.calendar import CalendarDay, CalendarYear, DayKind, WorkCalendar
from engine.worktime.drafts import draft_year
from engine.worktime.entries import Entry, load
from engine.worktime.office_hours import OfficeHours, OfficeSchedule, Session
from engine.worktime.refusals import (
    CalendarYearMissing,
    DayOutsideYear,
    DayRepeated,
    DayWithoutHours,
    Expected,
    PeriodsOverlap,
    SessionsUnordered,
    WorktimeFileInvalid,
    YearMisnamed,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YEARS_DRAFTED_AHEAD = 2


def read_calendar(
    folder: Path, schedule: OfficeSchedule, unit: str = "", drafted_ahead: int = YEARS_DRAFTED_AHEAD
) -> WorkCalendar:
    """The calendar of `unit` from all `<year>.yaml` in `folder`; raises for the first file that cannot be used."""
    return calendar_of(read_years(folder), schedule, unit, drafted_ahead)


def calendar_of(
    years: list[CalendarYear], schedule: OfficeSchedule, unit: str = "", drafted_ahead: int = YEARS_DRAFTED_AHEAD
) -> WorkCalendar:
    """The calendar of `unit` over `years`, in order, with a draft for a year that is missing between two of them,
    followed by `drafted_ahead` provisional years.

    The drafted years keep long limits computable near the end of the last announced year; they are marked provisional.
    """
    if not years:
        raise CalendarYearMissing(year="?")
    announced = {year.year: year for year in years}
    covered = range(years[0].year, years[-1].year + drafted_ahead + 1)
    return WorkCalendar([announced.get(year) or draft_year(year) for year in covered], schedule, unit)


def read_years(folder: Path) -> list[CalendarYear]:
    """Every year file of `folder`, in order; raises for the first one that cannot be used."""
    years, problems = years_and_problems(folder)
    if problems:
        raise problems[0]
    return years


def years_and_problems(folder: Path) -> tuple[list[CalendarYear], list[WorktimeFileInvalid]]:
    """Every year of `folder`, in order, and what is wrong with files; a year whose file is broken is a draft.

    For a start-up that has to serve what it can: it must show the problems, and the drafts are marked provisional.
    """
    years: list[CalendarYear] = []
    problems: list[WorktimeFileInvalid] = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            years.append(read_year(file))
        except WorktimeFileInvalid as problem:
            problems.append(problem)
            if re.fullmatch(r"[12][0-9]{3}", file.stem):
                years.append(draft_year(int(file.stem)))
    return years, problems


def read_year(file: Path) -> CalendarYear:
    """One year file; its name must be the year written in it."""
    entry = Entry(load(file), str(file))
    year = calendar_year(entry)
    if file.stem != str(year.year):
        raise YearMisnamed(file=str(file), line=entry.line("year"), year=year.year)
    return year


def calendar_year(data: Entry | Mapping[str, object]) -> CalendarYear:
    """A year from plain data: `year`, `provisional` and `days`, each with date, kind, reason and confirmed."""
    entry = data if isinstance(data, Entry) else Entry(data, "")
    entry.only("year", "provisional", "days")
    year = entry.year("year")
    days: dict[tuple[datetime.date, str], CalendarDay] = {}
    for item in entry.entries("days"):
        day = _calendar_day(item)
        if day.date.year != year:
            raise DayOutsideYear(file=entry.file, line=item.line("date"), date=day.date.isoformat(), year=year)
        if (day.date, day.unit) in days:
            raise DayRepeated(file=entry.file, line=item.line("date"), date=day.date.isoformat())
        days[day.date, day.unit] = day
    return CalendarYear(year, tuple(days.values()), entry.boolean("provisional", default=False))


def read_office_hours(file: Path) -> OfficeSchedule:
    """The office hours of all units from one file."""
    return office_schedule(Entry(load(file), str(file)))


def read_office_hours_of(file: Path, years: Collection[int]) -> OfficeSchedule:
    """The same, for a calendar of these years; raises DayWithoutHours where it has a day without default hours."""
    schedule = read_office_hours(file)
    missing = day_without_hours(schedule, years)
    if missing is not None:
        line = Entry(load(file), str(file)).line("default")
        raise DayWithoutHours(file=str(file), line=line, date=missing.isoformat())
    return schedule


def day_without_hours(schedule: OfficeSchedule, years: Collection[int]) -> datetime.date | None:
    """The first day without default hours in a calendar of these years, to which the drafted ones are added."""
    if not years:
        return None
    last = max(years) + YEARS_DRAFTED_AHEAD
    return schedule.first_day_without(datetime.date(min(years), 1, 1), datetime.date(last, 12, 31))


def office_schedule(data: Entry | Mapping[str, object]) -> OfficeSchedule:
    """Office hours from plain data: `default` and, by unit code, `units`, each a list of periods."""
    entry = data if isinstance(data, Entry) else Entry(data, "")
    entry.only("default", "units")
    default = _periods(entry, "default", "default")
    units = entry.mapping("units")
    return OfficeSchedule(default, {unit: _periods(units, unit, unit) for unit in units.names()})


def _calendar_day(entry: Entry) -> CalendarDay:
    entry.only("date", "kind", "reason", "decision", "confirmed", "unit")
    kind = entry.text("kind")
    if kind not in [member.value for member in DayKind]:
        raise entry.wrong("kind", Expected.DAY_KIND)
    return CalendarDay(
        date=entry.date("date"),
        kind=DayKind(kind),
        reason=entry.text("reason"),
        decision_number=entry.text("decision", default=""),
        confirmed=entry.boolean("confirmed"),
        unit=entry.text("unit", default=""),
    )


def _periods(entry: Entry, key: str, unit: str) -> tuple[OfficeHours, ...]:
    """The periods of one unit, the earliest first; raises PeriodsOverlap when two are in force on one day."""
    read = sorted(((_office_hours(item), item) for item in entry.entries(key)), key=lambda pair: pair[0].valid_from)
    for (earlier, _), (later, item) in zip(read, read[1:], strict=False):
        if earlier.in_force_on(later.valid_from):
            line = item.line("valid_from")
            raise PeriodsOverlap(file=entry.file, line=line, unit=unit, date=later.valid_from.isoformat())
    return tuple(hours for hours, _ in read)


def _office_hours(entry: Entry) -> OfficeHours:
    entry.only("valid_from", "valid_to", "legal_basis", "same_day_cut_off", "weekdays", "make_up_days")
    weekdays = entry.mapping("weekdays", required=True)
    weekdays.only(*WEEKDAYS)
    return OfficeHours(
        valid_from=entry.date("valid_from"),
        valid_to=entry.date("valid_to") if entry.says("valid_to") else None,
        weekdays={WEEKDAYS.index(name): _sessions(weekdays, name) for name in weekdays.names()},
        same_day_cut_off=entry.time("same_day_cut_off"),
        make_up_sessions=_sessions(entry, "make_up_days") if entry.says("make_up_days") else None,
        legal_basis=entry.text("legal_basis"),
    )


def _sessions(entry: Entry, key: str) -> tuple[Session, ...]:
    """The sessions of one day, which must follow each other."""
    sessions = tuple(Session(opens, closes) for opens, closes in entry.spans(key))
    moments = [moment for session in sessions for moment in (session.opens, session.closes)]
    if moments != sorted(set(moments)):
        raise SessionsUnordered(file=entry.file, line=entry.line(key), key=key)
    return sessions
