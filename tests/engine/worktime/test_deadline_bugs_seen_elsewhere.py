"""Mistakes that offices in service really made with due dates; none of them may come back here."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.worktime import (
    TIME_ZONE,
    CalendarYearMissing,
    Limit,
    LimitInvalid,
    LimitUnit,
    LimitUnitUnknown,
    OfficeSchedule,
    SuspensionPolicy,
    SuspensionReversed,
    WorkCalendar,
    add_working_days,
    add_working_minutes,
    calendar_year,
    due_at,
    hand_over_due,
    resume_due,
    working_minutes_between,
)

FIVE_DAYS = Limit(5, LimitUnit.WORKING_DAYS)


def local(text: str) -> datetime:
    """A moment on the office's wall clock, written as 22/03/2022 09:40."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=TIME_ZONE)


def test_a_make_up_saturday_is_a_working_day(calendar: WorkCalendar) -> None:
    assert calendar.is_working_day(local("22/08/2026 00:00").date())
    assert not calendar.is_working_day(local("31/08/2026 00:00").date())
    assert not calendar.is_working_day(local("29/08/2026 00:00").date())
    assert working_minutes_between(calendar, local("22/08/2026 00:00"), local("23/08/2026 00:00")) == 480


def test_a_pause_over_a_weekend_adds_no_more_than_the_working_time_waited(calendar: WorkCalendar) -> None:
    due = due_at(calendar, local("23/03/2022 08:00"), FIVE_DAYS)
    resumed = resume_due(
        calendar, due, local("25/03/2022 16:00"), local("28/03/2022 08:30"), SuspensionPolicy.EXTEND, FIVE_DAYS
    )
    assert due == local("30/03/2022 08:00")
    assert resumed == local("30/03/2022 10:00")


@pytest.mark.parametrize("policy", [SuspensionPolicy.EXTEND, SuspensionPolicy.EXTEND_DAYS])
def test_a_pause_without_any_working_time_moves_nothing(calendar: WorkCalendar, policy: SuspensionPolicy) -> None:
    due = due_at(calendar, local("23/03/2022 08:00"), FIVE_DAYS)
    resumed = resume_due(calendar, due, local("26/03/2022 08:00"), local("27/03/2022 20:00"), policy, FIVE_DAYS)
    assert resumed == due


def test_repeated_supplements_each_add_their_own_waiting_time(calendar: WorkCalendar) -> None:
    due = due_at(calendar, local("01/03/2022 08:00"), FIVE_DAYS)
    for day in ("02", "03", "04"):
        asked, answered = local(f"{day}/03/2022 08:00"), local(f"{day}/03/2022 10:00")
        due = resume_due(calendar, due, asked, answered, SuspensionPolicy.EXTEND, FIVE_DAYS)
    assert due == local("08/03/2022 15:30")


def test_a_pause_that_ends_before_it_begins_is_refused(calendar: WorkCalendar) -> None:
    with pytest.raises(SuspensionReversed):
        resume_due(
            calendar,
            local("30/03/2022 08:00"),
            local("25/03/2022 08:00"),
            local("24/03/2022 08:00"),
            SuspensionPolicy.EXTEND,
            FIVE_DAYS,
        )


def test_a_calendar_day_limit_is_extended_by_calendar_days(calendar: WorkCalendar) -> None:
    limit = Limit(10, LimitUnit.CALENDAR_DAYS)
    due = due_at(calendar, local("01/03/2022 08:00"), limit)
    assert due == local("11/03/2022 17:00")
    asked, answered = local("03/03/2022 16:00"), local("05/03/2022 09:00")
    # Two days later is Sunday 13/03.
    assert resume_due(calendar, due, asked, answered, SuspensionPolicy.EXTEND, limit) == local("14/03/2022 17:00")


def test_a_year_without_a_calendar_is_refused_and_never_guessed(calendar: WorkCalendar) -> None:
    for moment in ("31/12/2017 09:00", "01/01/0001 09:00", "20/12/2029 09:00"):
        with pytest.raises(CalendarYearMissing) as refusal:
            due_at(calendar, local(moment), Limit(30, LimitUnit.WORKING_DAYS))
        assert "Chưa có lịch làm việc năm" in refusal.value.message("vi")
        assert "processes/calendar" in refusal.value.remedy("en")


def test_a_gap_between_two_years_is_refused(usual_hours: OfficeSchedule) -> None:
    years = [calendar_year({"year": year, "days": []}) for year in (2020, 2022)]
    with pytest.raises(CalendarYearMissing) as refusal:
        WorkCalendar(years, usual_hours)
    assert refusal.value.parameters["year"] == 2021


@pytest.mark.parametrize("unit", [LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS, LimitUnit.WORKING_HOURS])
def test_no_limit_is_ever_due_at_the_moment_of_reception(calendar: WorkCalendar, unit: LimitUnit) -> None:
    received = local("22/03/2022 09:40")
    due = due_at(calendar, received, Limit(1, unit))
    assert due is not None and due > received


def test_reception_during_lunch_counts_from_the_afternoon(calendar: WorkCalendar) -> None:
    assert due_at(calendar, local("22/03/2022 12:10"), FIVE_DAYS) == local("29/03/2022 13:00")
    assert due_at(calendar, local("22/03/2022 12:10"), Limit(1, LimitUnit.WORKING_HOURS)) == local("22/03/2022 14:00")


def test_reception_before_opening_counts_from_opening(calendar: WorkCalendar) -> None:
    assert due_at(calendar, local("22/03/2022 06:00"), FIVE_DAYS) == local("29/03/2022 07:30")
    assert due_at(calendar, local("22/03/2022 06:00"), Limit(0, LimitUnit.SAME_DAY)) == local("22/03/2022 17:00")


def test_the_minute_of_closing_still_belongs_to_its_day(calendar: WorkCalendar) -> None:
    closing = local("22/03/2022 17:00")
    assert due_at(calendar, closing + timedelta(seconds=59), FIVE_DAYS) == local("29/03/2022 17:00")
    assert due_at(calendar, closing + timedelta(minutes=1), FIVE_DAYS) == local("30/03/2022 07:30")


def test_the_cut_off_minute_itself_is_still_the_same_day(calendar: WorkCalendar) -> None:
    same_day = Limit(0, LimitUnit.SAME_DAY)
    assert due_at(calendar, local("22/03/2022 15:00"), same_day) == local("22/03/2022 17:00")
    assert due_at(calendar, local("22/03/2022 15:01"), same_day) == local("23/03/2022 17:00")
    assert due_at(calendar, local("26/03/2022 09:00"), same_day) == local("28/03/2022 17:00")


def test_a_dossier_leaves_the_counter_the_same_day_or_at_the_next_opening(calendar: WorkCalendar) -> None:
    assert hand_over_due(calendar, local("22/03/2022 14:59")) == local("22/03/2022 17:00")
    assert hand_over_due(calendar, local("22/03/2022 15:10")) == local("23/03/2022 07:30")
    assert hand_over_due(calendar, local("26/03/2022 09:00")) == local("28/03/2022 07:30")


def test_a_day_of_warning_before_the_due_date_is_a_working_day(calendar: WorkCalendar) -> None:
    assert add_working_days(calendar, local("07/02/2022 10:15"), -1) == local("28/01/2022 10:15")


def test_a_due_time_never_lies_outside_the_hours_of_its_season(seasonal_calendar: WorkCalendar) -> None:
    # 16:45 in summer; the winter office has closed at 16:30.
    assert due_at(seasonal_calendar, local("14/10/2022 16:45"), FIVE_DAYS) == local("21/10/2022 16:30")
    # 11:15 in winter; the summer office is at lunch until 13:30.
    assert due_at(seasonal_calendar, local("13/04/2022 11:15"), FIVE_DAYS) == local("20/04/2022 13:30")


def test_a_make_up_day_is_a_full_day_even_where_saturdays_are_short(saturday_calendar: WorkCalendar) -> None:
    ordinary, make_up = local("15/08/2026 07:30"), local("22/08/2026 07:30")
    next_day = timedelta(days=1)
    assert working_minutes_between(saturday_calendar, ordinary, ordinary + next_day) == 240
    assert working_minutes_between(saturday_calendar, make_up, make_up + next_day) == 480


def test_procedures_without_a_limit_have_no_due_date(calendar: WorkCalendar) -> None:
    none = Limit(0, LimitUnit.NONE)
    assert due_at(calendar, local("22/03/2022 09:40"), none) is None
    pause = (local("23/03/2022 09:40"), local("24/03/2022 09:40"))
    assert resume_due(calendar, None, *pause, SuspensionPolicy.RESTART, none) is None


def test_working_minutes_can_be_added_even_from_a_day_off(calendar: WorkCalendar) -> None:
    assert add_working_minutes(calendar, local("26/03/2022 10:00"), 0) == local("28/03/2022 07:30")
    assert add_working_minutes(calendar, local("26/03/2022 10:00"), 240) == local("28/03/2022 11:30")
    assert add_working_minutes(calendar, local("26/03/2022 10:00"), 241) == local("28/03/2022 13:01")
    with pytest.raises(ValueError, match="only be added"):
        add_working_minutes(calendar, local("26/03/2022 10:00"), -1)


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        ("0", "working_days"),
        ("-1", "working_days"),
        ("1.5", "calendar_days"),
        ("2", "same_day"),
        ("1", "none"),
        ("NaN", "working_days"),
        ("Infinity", "calendar_days"),
        ("năm", "working_days"),
    ],
)
def test_a_limit_whose_amount_does_not_fit_is_refused(amount: str, unit: str) -> None:
    with pytest.raises(LimitInvalid) as refusal:
        Limit.read(amount, unit)
    assert amount in refusal.value.message("vi")


def test_an_amount_that_is_a_float_is_refused() -> None:
    with pytest.raises(LimitInvalid):
        Limit(0.5, LimitUnit.WORKING_DAYS)  # type: ignore[arg-type]


def test_an_unknown_unit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LimitUnitUnknown) as refusal:
        Limit.read("5", "weeks")
    assert "working_days" in refusal.value.remedy("vi")


@pytest.mark.parametrize(
    ("amount", "unit", "vi", "en"),
    [
        ("5", "working_days", "5 ngày làm việc", "5 working days"),
        ("1", "working_days", "1 ngày làm việc", "1 working day"),
        ("4,5", "working_days", "4,5 ngày làm việc", "4.5 working days"),
        ("10", "calendar_days", "10 ngày", "10 calendar days"),
        ("8", "working_hours", "8 giờ làm việc", "8 working hours"),
        ("", "same_day", "trong ngày", "same day"),
        ("", "none", "không quy định thời hạn", "no time limit"),
    ],
)
def test_a_limit_reads_as_an_office_writes_it(amount: str, unit: str, vi: str, en: str) -> None:
    limit = Limit.read(amount, unit)
    assert (limit.vi, limit.en) == (vi, en)
