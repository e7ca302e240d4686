"""What a work list says about time: in working time, never in hours of the clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.worktime import TIME_ZONE, Limit, LimitUnit, Remaining, WorkCalendar, due_at, remaining


def local(text: str) -> datetime:
    """A moment on the office's wall clock, written as 22/03/2022 09:40."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=TIME_ZONE)


@pytest.mark.parametrize(
    ("now", "due", "vi", "en"),
    [
        ("22/03/2022 09:00", "24/03/2022 14:00", "Còn 2 ngày 3 giờ", "2 days 3 hours left"),
        ("25/03/2022 16:00", "28/03/2022 08:30", "Còn 2 giờ", "2 hours left"),
        ("28/01/2022 16:00", "07/02/2022 16:00", "Còn 1 ngày", "1 day left"),
        ("22/03/2022 07:30", "22/03/2022 17:00", "Còn 1 ngày", "1 day left"),
        ("22/03/2022 07:31", "22/03/2022 17:00", "Còn 7 giờ 59 phút", "7 hours 59 minutes left"),
        ("22/03/2022 09:00", "22/03/2022 09:20", "Còn 20 phút", "20 minutes left"),
        ("22/03/2022 09:00", "22/03/2022 10:01", "Còn 1 giờ 1 phút", "1 hour 1 minute left"),
        ("22/03/2022 09:00", "22/03/2022 09:00", "Đến hạn", "Due now"),
        ("24/03/2022 13:30", "23/03/2022 09:00", "Quá hạn 1 ngày 3 giờ", "1 day 3 hours overdue"),
        ("26/03/2022 09:00", "25/03/2022 17:00", "Đã quá hạn", "Overdue"),
        ("28/03/2022 07:45", "25/03/2022 17:00", "Quá hạn 15 phút", "15 minutes overdue"),
    ],
)
def test_the_words_of_the_work_list(calendar: WorkCalendar, now: str, due: str, vi: str, en: str) -> None:
    left = remaining(calendar, local(now), local(due))
    assert left.vi == vi
    assert left.en == en
    assert left.title_in("vi") == left.vi and left.title_in("en") == left.en


def test_right_after_reception_exactly_the_limit_is_left(seasonal_calendar: WorkCalendar) -> None:
    received = local("12/10/2022 10:00")
    due = due_at(seasonal_calendar, received, Limit(10, LimitUnit.WORKING_DAYS))
    assert due is not None
    assert remaining(seasonal_calendar, received, due) == Remaining(10, 0, 0, overdue=False)


def test_at_night_the_clock_stands_still(calendar: WorkCalendar) -> None:
    due = local("24/03/2022 10:00")
    evening, night = local("22/03/2022 17:00"), local("23/03/2022 03:00")
    assert remaining(calendar, evening, due) == Remaining(1, 2, 30, overdue=False)
    assert remaining(calendar, night, due) == Remaining(1, 2, 30, overdue=False)
