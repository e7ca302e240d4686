"""A forecast of a year's days off for which nothing has been announced yet."""

from __future__ import annotations

import datetime

from engine.worktime.calendar import CalendarDay, CalendarYear, DayKind


def draft_year(year: int) -> CalendarYear:
    """The days off that the `holidays` library expects for `year`: provisional, every day unconfirmed.

    The library knows what the law fixes and the swaps announced when it was released; the Tết block is a guess.
    """
    # Imported here: a process that only reads announced years need not load the library.
    import holidays

    # Swaps are stored under the year of the day off, and make-up days appear only for years that were asked for.
    expected = holidays.country_holidays("VN", years=(year - 1, year), language="vi")
    off = [_draft(date, DayKind.OFF, expected[date]) for date in sorted(expected) if date.year == year]
    make_up_days = sorted(date for date in expected.weekend_workdays if date.year == year)
    work = [_draft(date, DayKind.WORK, "Làm bù cho ngày nghỉ hoán đổi") for date in make_up_days]
    return CalendarYear(year, tuple(sorted(off + work, key=lambda day: day.date)), provisional=True)


def _draft(date: datetime.date, kind: DayKind, reason: str) -> CalendarDay:
    return CalendarDay(date, kind, f"{reason} (dự kiến)" if "dự kiến" not in reason else reason)
