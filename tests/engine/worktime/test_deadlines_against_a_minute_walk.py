"""Every calculation of working time equals a walk, minute by minute, over ten announced years of three offices.

The walk below knows nothing of the engine: it reads the year files itself and marks every minute that is worked.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.worktime import (
    Limit,
    LimitUnit,
    Remaining,
    SuspensionPolicy,
    WorkCalendar,
    add_working_days,
    add_working_minutes,
    clock_start,
    due_at,
    remaining,
    resume_due,
    working_minutes_between,
)

CALENDAR_FOLDER = Path(__file__).parents[3] / "processes" / "calendar"
HANOI = datetime.timezone(datetime.timedelta(hours=7))
FIRST = datetime.datetime(2018, 1, 1, tzinfo=HANOI)
TEN_YEARS = (datetime.date(2028, 1, 1) - datetime.date(2018, 1, 1)).days
DAY = 24 * 60
CUT_OFF = 15 * 60
OFFICES = ("usual", "seasonal", "saturday")
THOROUGH = settings(max_examples=400)

offices = st.sampled_from(OFFICES)
# The last months are left free for the longest limit to end in.
edges_of_sessions = st.sampled_from(
    [419, 420, 449, 450, 660, 661, 690, 691, 779, 780, 810, 899, 900, 901, 990, 1020, 1021]
)
minutes_of_ten_years = st.one_of(
    st.integers(0, (TEN_YEARS - 150) * DAY),
    st.builds(lambda day, minute: day * DAY + minute, st.integers(0, TEN_YEARS - 151), edges_of_sessions),
)
whole_days = st.integers(1, 60)
part_days = st.decimals("0.1", "12", places=2).filter(lambda amount: amount > 0)
hours = st.decimals("0.25", "40", places=2)


@pytest.fixture(scope="session")
def calendars(
    calendar: WorkCalendar, seasonal_calendar: WorkCalendar, saturday_calendar: WorkCalendar
) -> dict[str, WorkCalendar]:
    return {"usual": calendar, "seasonal": seasonal_calendar, "saturday": saturday_calendar}


@dataclass
class Walk:
    """An office as a row of minutes from the first day of 2018, 1 where it is open, and a walker along that row."""

    open: bytearray

    def works_on(self, day: int) -> bool:
        return any(self.open[day * DAY : (day + 1) * DAY])

    def start(self, minute: int) -> int:
        while not self.open[minute] and not (minute and self.open[minute - 1]):
            minute += 1
        return minute

    def next_working_day(self, day: int) -> int:
        day += 1
        while not self.works_on(day):
            day += 1
        return day

    def closing(self, day: int) -> int:
        minute = (day + 1) * DAY
        while not self.open[minute - 1]:
            minute -= 1
        return minute

    def place(self, day: int, clock: int) -> int:
        return min(self.start(day * DAY + clock), self.closing(day))

    def add_minutes(self, minute: int, worked: int) -> int:
        minute = self.start(minute)
        while worked:
            worked -= self.open[minute]
            minute += 1
        return minute

    def add_days(self, minute: int, days: int) -> int:
        minute = self.start(minute)
        day, clock = divmod(minute, DAY)
        for _ in range(days):
            day = self.next_working_day(day)
        return self.place(day, clock)

    def minutes_between(self, start: int, end: int) -> int:
        worked = 0
        for minute in range(start, end):
            worked += self.open[minute]
        return worked

    def minutes_on(self, day: int) -> int:
        return self.minutes_between(day * DAY, (day + 1) * DAY)

    def due_in_working_days(self, minute: int, amount: Decimal) -> int:
        moment = self.add_days(minute, math.floor(amount))
        part = math.ceil((amount - math.floor(amount)) * self.minutes_on(moment // DAY))
        return self.add_minutes(moment, part) if part else moment

    def due_in_calendar_days(self, minute: int, days: int) -> int:
        day = self.start(minute) // DAY + days
        return self.closing(day if self.works_on(day) else self.next_working_day(day))

    def due_the_same_day(self, minute: int) -> int:
        day = minute // DAY
        in_time = self.works_on(day) and minute % DAY <= CUT_OFF and minute <= self.closing(day)
        return self.closing(day if in_time else self.next_working_day(day))

    def working_days_between(self, start: int, end: int) -> int:
        first, last, days = self.start(start) // DAY, self.start(end) // DAY, 0
        while first < last:
            first = self.next_working_day(first)
            days += 1
        return days


def sessions(office: str, day: datetime.date, kind: str | None) -> list[tuple[int, int]]:
    """The worked minutes of one day, as written on the office's door."""
    full = [(450, 690), (780, 1020)]
    if office == "seasonal":
        summer = (4, 16) <= (day.month, day.day) <= (10, 15)
        full = [(420, 660), (810, 1020)] if summer else [(450, 690), (780, 990)]
    if kind is not None:
        return full if kind == "work" else []
    if office == "saturday" and day.weekday() == 5:
        return [(450, 690)]
    return full if day.weekday() < 5 else []


@cache
def walk(office: str) -> Walk:
    """The row of minutes of one office, from the year files alone."""
    announced = {}
    for year in range(2018, 2028):
        for day in yaml.safe_load((CALENDAR_FOLDER / f"{year}.yaml").read_text(encoding="utf-8"))["days"]:
            announced[day["date"]] = day["kind"]
    row = bytearray(TEN_YEARS * DAY)
    for number in range(TEN_YEARS):
        date = FIRST.date() + datetime.timedelta(days=number)
        for opens, closes in sessions(office, date, announced.get(date)):
            for minute in range(opens, closes):
                row[number * DAY + minute] = 1
    return Walk(row)


def moment(minute: int) -> datetime.datetime:
    return FIRST + datetime.timedelta(minutes=minute)


@THOROUGH
@given(office=offices, received=minutes_of_ten_years, days=whole_days)
def test_working_days(calendars: dict[str, WorkCalendar], office: str, received: int, days: int) -> None:
    due = due_at(calendars[office], moment(received), Limit(days, LimitUnit.WORKING_DAYS))
    assert due == moment(walk(office).due_in_working_days(received, Decimal(days)))
    assert due == add_working_days(calendars[office], moment(received), days)


@THOROUGH
@given(office=offices, received=minutes_of_ten_years, amount=part_days)
def test_parts_of_working_days(calendars: dict[str, WorkCalendar], office: str, received: int, amount: Decimal) -> None:
    due = due_at(calendars[office], moment(received), Limit(amount, LimitUnit.WORKING_DAYS))
    assert due == moment(walk(office).due_in_working_days(received, amount))


@THOROUGH
@given(office=offices, received=minutes_of_ten_years, days=whole_days)
def test_calendar_days(calendars: dict[str, WorkCalendar], office: str, received: int, days: int) -> None:
    due = due_at(calendars[office], moment(received), Limit(days, LimitUnit.CALENDAR_DAYS))
    assert due == moment(walk(office).due_in_calendar_days(received, days))


@THOROUGH
@given(office=offices, received=minutes_of_ten_years, amount=hours)
def test_working_hours(calendars: dict[str, WorkCalendar], office: str, received: int, amount: Decimal) -> None:
    due = due_at(calendars[office], moment(received), Limit(amount, LimitUnit.WORKING_HOURS))
    assert due == moment(walk(office).add_minutes(received, math.ceil(amount * 60)))


@THOROUGH
@given(office=offices, received=minutes_of_ten_years)
def test_same_day_and_clock_start(calendars: dict[str, WorkCalendar], office: str, received: int) -> None:
    calendar = calendars[office]
    due = due_at(calendar, moment(received), Limit(0, LimitUnit.SAME_DAY))
    assert due == moment(walk(office).due_the_same_day(received))
    assert clock_start(calendar, moment(received)) == moment(walk(office).start(received))


@THOROUGH
@given(office=offices, start=minutes_of_ten_years, length=st.integers(0, 60 * DAY), worked=st.integers(0, 9000))
def test_minutes_between_and_minutes_added(
    calendars: dict[str, WorkCalendar], office: str, start: int, length: int, worked: int
) -> None:
    calendar = calendars[office]
    between = working_minutes_between(calendar, moment(start), moment(start + length))
    assert between == walk(office).minutes_between(start, start + length)
    assert working_minutes_between(calendar, moment(start + length), moment(start)) == -between
    reached = add_working_minutes(calendar, moment(start), worked)
    assert reached == moment(walk(office).add_minutes(start, worked))
    assert working_minutes_between(calendar, moment(start), reached) == worked


@THOROUGH
@given(office=offices, now=minutes_of_ten_years, length=st.integers(-40 * DAY, 40 * DAY))
def test_remaining(calendars: dict[str, WorkCalendar], office: str, now: int, length: int) -> None:
    now += 40 * DAY
    earlier, later = sorted((now, now + length))
    row, days = walk(office), 0
    while row.minutes_between(earlier, row.add_days(earlier, days + 1)) <= row.minutes_between(earlier, later):
        days += 1
    left = row.minutes_between(earlier, later) - row.minutes_between(earlier, row.add_days(earlier, days))
    expected = Remaining(days, left // 60, left % 60, overdue=length < 0)
    assert remaining(calendars[office], moment(now), moment(now + length)) == expected


@THOROUGH
@given(
    office=offices,
    received=minutes_of_ten_years,
    days=st.integers(1, 20),
    stopped=st.integers(0, 10 * DAY),
    waited=st.integers(0, 30 * DAY),
)
def test_suspension(
    calendars: dict[str, WorkCalendar], office: str, received: int, days: int, stopped: int, waited: int
) -> None:
    calendar, row, limit = calendars[office], walk(office), Limit(days, LimitUnit.WORKING_DAYS)
    due = row.add_days(received, days)
    stop, answer = received + stopped, received + stopped + waited
    expected = {
        SuspensionPolicy.EXTEND: row.add_minutes(due, row.minutes_between(stop, answer)),
        SuspensionPolicy.EXTEND_DAYS: row.add_days(due, row.working_days_between(stop, answer)),
        SuspensionPolicy.RESTART: row.add_days(answer, days),
    }
    for policy, after in expected.items():
        resumed = resume_due(calendar, moment(due), moment(stop), moment(answer), policy, limit)
        assert resumed == moment(after), policy


def test_every_day_of_ten_years_is_open_exactly_as_the_walk_says(calendars: dict[str, WorkCalendar]) -> None:
    for office, calendar in calendars.items():
        for number in range(TEN_YEARS):
            date = FIRST.date() + datetime.timedelta(days=number)
            assert calendar.is_working_day(date) == walk(office).works_on(number), (office, date)
