"""Calendars the deadline tests count with: the announced one, and offices with other hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.worktime import OfficeSchedule, WorkCalendar, office_schedule, read_calendar, read_office_hours

PROCESSES = Path(__file__).parents[3] / "processes"


@pytest.fixture(scope="session")
def usual_hours() -> OfficeSchedule:
    """The office hours that are shipped: 7:30-11:30 and 13:00-17:00 from Monday to Friday."""
    return read_office_hours(PROCESSES / "organisation" / "office_hours.yaml")


@pytest.fixture(scope="session")
def calendar(usual_hours: OfficeSchedule) -> WorkCalendar:
    """The shipped calendar with the shipped hours."""
    return read_calendar(PROCESSES / "calendar", usual_hours)


@pytest.fixture(scope="session")
def seasonal_calendar() -> WorkCalendar:
    """An office that changes its hours with the seasons, with a winter day of seven and a half hours."""
    summer, winter = ["7:00-11:00", "13:30-17:00"], ["7:30-11:30", "13:00-16:30"]
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    periods: list[dict[str, object]] = []
    for year in range(2018, 2030):
        for start, end, sessions in (
            (f"{year}-01-01", f"{year}-04-15", winter),
            (f"{year}-04-16", f"{year}-10-15", summer),
            (f"{year}-10-16", f"{year}-12-31", winter),
        ):
            hours = {day: sessions for day in weekdays}
            period = {"valid_from": start, "valid_to": end, "legal_basis": "mùa", "same_day_cut_off": "15:00"}
            periods.append(period | {"weekdays": hours})
    return read_calendar(PROCESSES / "calendar", office_schedule({"default": periods}))


@pytest.fixture(scope="session")
def saturday_calendar() -> WorkCalendar:
    """An office that also works on Saturday mornings."""
    day = ["7:30-11:30", "13:00-17:00"]
    weekdays: dict[str, object] = {name: day for name in ("monday", "tuesday", "wednesday", "thursday", "friday")} | {
        "saturday": ["7:30-11:30"]
    }
    period = {"valid_from": "2018-01-01", "legal_basis": "sáng thứ Bảy", "same_day_cut_off": "15:00"}
    period |= {"weekdays": weekdays}
    return read_calendar(PROCESSES / "calendar", office_schedule({"default": [period]}))
