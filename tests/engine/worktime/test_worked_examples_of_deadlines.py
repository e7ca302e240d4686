"""The twelve worked examples by which an office can check every due date with pencil and wall calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.worktime import (
    TIME_ZONE,
    Limit,
    LimitUnit,
    SuspensionPolicy,
    WorkCalendar,
    due_at,
    resume_due,
    working_minutes_between,
)

WORKING_DAYS, CALENDAR_DAYS = LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS


def local(text: str) -> datetime:
    """A moment on the office's wall clock, written as 22/03/2022 09:40."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=TIME_ZONE)


@pytest.mark.parametrize(
    ("received", "limit", "due", "because"),
    [
        ("22/03/2022 09:40", Limit(5, WORKING_DAYS), "29/03/2022 09:40", "1: a plain week"),
        ("26/01/2022 10:15", Limit(5, WORKING_DAYS), "09/02/2022 10:15", "2: Tết 31/1-4/2"),
        ("07/04/2022 15:40", Limit(15, WORKING_DAYS), "29/04/2022 15:40", "3: 11/4 is off"),
        ("07/04/2022 15:40", Limit(16, WORKING_DAYS), "04/05/2022 15:40", "3: the 16th day jumps 2-3/5"),
        ("28/04/2021 08:30", Limit(3, WORKING_DAYS), "05/05/2021 08:30", "4: 30/4 and 3/5 are off"),
        ("20/08/2026 14:20", Limit(7, WORKING_DAYS), "28/08/2026 14:20", "5: Saturday 22/8 is worked"),
        ("31/12/2025 09:00", Limit(6, WORKING_DAYS), "10/01/2026 09:00", "6: a due date on a make-up Saturday"),
        ("26/01/2022 10:15", Limit(10, CALENDAR_DAYS), "07/02/2022 17:00", "7: the 10th day is a Saturday"),
        ("24/04/2026 14:50", Limit(0, LimitUnit.SAME_DAY), "24/04/2026 17:00", "8: before the cut-off"),
        ("24/04/2026 15:10", Limit(0, LimitUnit.SAME_DAY), "28/04/2026 17:00", "8: after the cut-off, Monday off"),
        ("03/09/2026 16:00", Limit(4, LimitUnit.WORKING_HOURS), "04/09/2026 10:30", "9: 60 minutes + 180"),
        (
            "24/04/2026 16:30",
            Limit(8, LimitUnit.WORKING_HOURS),
            "28/04/2026 16:30",
            "10: eight hours to accept an online filing",
        ),
        (
            "22/03/2022 17:20",
            Limit(5, WORKING_DAYS),
            "30/03/2022 07:30",
            "11: after hours counts from the next morning",
        ),
        ("20/11/2019 08:37", Limit(25, WORKING_DAYS), "25/12/2019 08:37", "a real receipt of another province"),
    ],
)
def test_due_date_of_worked_example(
    calendar: WorkCalendar, received: str, limit: Limit, due: str, because: str
) -> None:
    assert due_at(calendar, local(received), limit) == local(due), because


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        (SuspensionPolicy.EXTEND, "31/03/2026 11:00"),
        (SuspensionPolicy.EXTEND_DAYS, "31/03/2026 08:30"),
        (SuspensionPolicy.RESTART, "03/04/2026 14:00"),
    ],
)
def test_example_12_waiting_for_a_supplement(calendar: WorkCalendar, policy: SuspensionPolicy, due: str) -> None:
    limit = Limit(10, WORKING_DAYS)
    first_due = due_at(calendar, local("09/03/2026 08:30"), limit)
    assert first_due == local("23/03/2026 08:30")
    asked, answered = local("12/03/2026 10:00"), local("20/03/2026 14:00")
    assert working_minutes_between(calendar, asked, answered) == 3030
    assert resume_due(calendar, first_due, asked, answered, policy, limit) == local(due)


def test_a_due_moment_is_in_utc_and_the_caller_may_use_any_zone(calendar: WorkCalendar) -> None:
    received = local("22/03/2022 09:40")
    due = due_at(calendar, received.astimezone(UTC), Limit(5, WORKING_DAYS))
    assert due is not None and due.tzinfo is UTC
    assert due == due_at(calendar, received, Limit(5, WORKING_DAYS))
    assert due.hour == 2  # 09:40 in Vietnam


def test_a_moment_without_a_zone_is_refused(calendar: WorkCalendar) -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(calendar, datetime(2022, 3, 22, 9, 40), Limit(5, WORKING_DAYS))  # noqa: DTZ001


def test_half_days_are_half_of_the_real_working_time(calendar: WorkCalendar, seasonal_calendar: WorkCalendar) -> None:
    half, four_and_a_half = Limit(Decimal("0.5"), WORKING_DAYS), Limit(Decimal("4.5"), WORKING_DAYS)
    assert due_at(calendar, local("22/03/2022 09:40"), half) == local("22/03/2022 15:10")
    assert due_at(calendar, local("22/03/2022 09:40"), four_and_a_half) == local("28/03/2022 15:10")
    # Winter: 7:30-11:30 and 13:00-16:30, so half a day is 225 minutes.
    assert due_at(seasonal_calendar, local("22/03/2022 07:30"), half) == local("22/03/2022 11:15")


def test_the_steps_of_a_procedure_add_up_to_its_whole_limit(calendar: WorkCalendar) -> None:
    moment = local("22/03/2022 09:40")
    for days in ("0.5", "2.5", "0.5", "1", "0.5"):
        due = due_at(calendar, moment, Limit(Decimal(days), WORKING_DAYS))
        assert due is not None
        moment = due
    assert moment == due_at(calendar, local("22/03/2022 09:40"), Limit(5, WORKING_DAYS))
