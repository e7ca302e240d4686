"""Office hours, days off and deadlines: the law's clock, pure and without a database."""

from engine.worktime.calendar import TIME_ZONE, CalendarDay, CalendarYear, DayKind, WorkCalendar, WorkDay
from engine.worktime.deadlines import (
    Limit,
    LimitUnit,
    add_working_days,
    add_working_minutes,
    clock_start,
    due_at,
    hand_over_due,
    working_minutes_between,
)
from engine.worktime.drafts import draft_year
from engine.worktime.files import (
    calendar_of,
    calendar_year,
    day_without_hours,
    office_schedule,
    read_calendar,
    read_office_hours,
    read_office_hours_of,
    read_year,
    read_years,
    years_and_problems,
)
from engine.worktime.office_hours import OfficeHours, OfficeSchedule, Session
from engine.worktime.refusals import (
    CalendarYearMissing,
    LimitInvalid,
    LimitUnitUnknown,
    OfficeHoursMissing,
    SuspensionReversed,
    WorktimeFileInvalid,
)
from engine.worktime.remaining import Remaining, remaining
from engine.worktime.suspension import SuspensionPolicy, resume_due

__all__ = [
    "TIME_ZONE",
    "CalendarDay",
    "CalendarYear",
    "CalendarYearMissing",
    "DayKind",
    "Limit",
    "LimitInvalid",
    "LimitUnit",
    "LimitUnitUnknown",
    "OfficeHours",
    "OfficeHoursMissing",
    "OfficeSchedule",
    "Remaining",
    "Session",
    "SuspensionPolicy",
    "SuspensionReversed",
    "WorkCalendar",
    "WorkDay",
    "WorktimeFileInvalid",
    "add_working_days",
    "add_working_minutes",
    "calendar_of",
    "calendar_year",
    "clock_start",
    "draft_year",
    "day_without_hours",
    "due_at",
    "hand_over_due",
    "office_schedule",
    "read_calendar",
    "read_office_hours",
    "read_office_hours_of",
    "read_year",
    "read_years",
    "remaining",
    "resume_due",
    "working_minutes_between",
    "years_and_problems",
]
