"""The year files and office hours that designers edit: what is shipped, and what a mistake is answered with."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.worktime import (
    CalendarYearMissing,
    DayKind,
    OfficeHoursMissing,
    OfficeSchedule,
    WorkCalendar,
    WorktimeFileInvalid,
    calendar_of,
    calendar_year,
    draft_year,
    office_schedule,
    read_calendar,
    read_office_hours,
    read_year,
    read_years,
    years_and_problems,
)

PROCESSES = Path(__file__).parents[3] / "processes"


def days_off(year: int) -> set[datetime.date]:
    """The shipped days off of one year that fall on Monday to Friday."""
    read = read_year(PROCESSES / "calendar" / f"{year}.yaml")
    return {day.date for day in read.days if day.kind is DayKind.OFF and day.date.weekday() < 5}


def dates(year: int, text: str) -> set[datetime.date]:
    """Dates of one year written as "1/1 10-12/2", with ranges inside a month."""
    found = set()
    for part in text.split():
        days, month = part.split("/")
        first, _, last = days.partition("-")
        found |= {datetime.date(year, int(month), day) for day in range(int(first), int(last or first) + 1)}
    return found


@pytest.mark.parametrize(
    ("year", "announced"),
    [
        (2021, "1/1 10-12/2 15-16/2 21/4 30/4 3/5 2-3/9"),
        (2022, "3/1 31/1 1-4/2 11/4 2-3/5 1-2/9"),
        (2026, "1-2/1 16-20/2 27/4 30/4 1/5 31/8 1-2/9 24/11"),
    ],
)
def test_shipped_weekdays_off_are_those_the_government_decided(year: int, announced: str) -> None:
    assert days_off(year) == dates(year, announced)


def test_all_shipped_years_can_be_read_and_follow_each_other() -> None:
    years = read_years(PROCESSES / "calendar")
    assert [year.year for year in years] == list(range(2018, 2028))
    assert [year.year for year in years if year.provisional] == [2027]


def test_make_up_saturdays_are_shipped() -> None:
    years = read_years(PROCESSES / "calendar")
    work = {day.date for year in years for day in year.days if day.kind is DayKind.WORK}
    written = ("2019-01-05", "2019-05-04", "2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22")
    assert work == {datetime.date.fromisoformat(day) for day in written}
    assert {day.weekday() for day in work} == {5}


def test_what_rests_on_unconfirmed_days_can_be_told(calendar: WorkCalendar) -> None:
    unconfirmed = calendar.unconfirmed_days(datetime.date(2025, 12, 1), datetime.date(2026, 12, 31))
    assert [day.date for day in unconfirmed] == [datetime.date(2026, 1, 2), datetime.date(2026, 1, 10)]
    assert calendar.provisional_years == {2027, 2028, 2029}
    tet = calendar.announced(datetime.date(2026, 2, 17))
    assert tet is not None and tet.reason == "Tết Nguyên Đán" and tet.confirmed


def test_a_draft_never_claims_to_be_announced() -> None:
    draft = draft_year(2026)
    assert draft.provisional and not any(day.confirmed for day in draft.days)
    assert all(day.reason.endswith("(dự kiến)") for day in draft.days)
    # The library knows this swap, and not the one of 2 and 10 January: a draft must be checked by a person.
    kinds = {day.date: day.kind for day in draft.days}
    assert kinds[datetime.date(2026, 8, 22)] is DayKind.WORK
    assert datetime.date(2026, 1, 10) not in kinds


def test_a_draft_has_the_make_up_day_of_a_swap_with_the_year_before() -> None:
    assert datetime.date(2019, 1, 5) in {day.date for day in draft_year(2019).days if day.kind is DayKind.WORK}


def test_the_version_of_a_calendar_changes_exactly_when_working_time_changes(usual_hours: OfficeSchedule) -> None:
    def version(*days: dict[str, object]) -> str:
        return WorkCalendar([calendar_year({"year": 2026, "days": list(days)})], usual_hours).version

    storm = {"date": "2026-09-09", "kind": "off", "reason": "Bão", "confirmed": True}
    assert version() == version()
    assert version() != version(storm)
    assert version(storm) == version({**storm, "reason": "Phòng chống bão", "confirmed": False})


def test_a_day_off_of_one_unit_leaves_the_others_working(usual_hours: OfficeSchedule) -> None:
    closed = {"date": "2026-09-09", "kind": "off", "reason": "Di chuyển trụ sở", "confirmed": True, "unit": "SVHTTDL"}
    year = calendar_year({"year": 2026, "days": [closed]})
    day = datetime.date(2026, 9, 9)
    assert not WorkCalendar([year], usual_hours, "SVHTTDL").is_working_day(day)
    assert WorkCalendar([year], usual_hours, "SKHCN").is_working_day(day)


def test_a_unit_may_have_its_own_hours_for_a_season() -> None:
    def period(start: str, end: str | None, sessions: list[str]) -> dict[str, object]:
        hours = {"same_day_cut_off": "15:00", "weekdays": {"monday": sessions}}
        return {"valid_from": start, "valid_to": end, "legal_basis": "QĐ", **hours}

    schedule = office_schedule(
        {
            "default": [period("2018-01-01", None, ["7:30-11:30", "13:00-17:00"])],
            "units": {"A": [period("2026-11-01", "2026-11-30", ["8:00-11:30"])]},
        }
    )
    monday, next_month = datetime.date(2026, 11, 2), datetime.date(2026, 12, 7)
    assert len(schedule.on(monday, "A").usual_sessions(monday)) == 1
    assert len(schedule.on(next_month, "A").usual_sessions(next_month)) == 2
    assert len(schedule.on(monday, "B").usual_sessions(monday)) == 2


def test_dates_without_any_office_hours_are_refused() -> None:
    period = {"valid_from": "2026-06-01", "legal_basis": "QĐ", "same_day_cut_off": "15:00"}
    period |= {"weekdays": {"monday": ["7:30-11:30"]}}
    with pytest.raises(OfficeHoursMissing) as refusal:
        WorkCalendar([calendar_year({"year": 2026, "days": []})], office_schedule({"default": [period]}))
    assert "2026-01-01" in refusal.value.message("vi")


GOOD_DAY = "  - {date: 2026-09-02, kind: off, reason: Quốc khánh, confirmed: true}\n"
HEAD = "year: 2026\nprovisional: false\ndays:\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (HEAD + GOOD_DAY + GOOD_DAY, "day_repeated", 5),
        (HEAD + GOOD_DAY.replace("2026-", "2025-"), "day_outside_year", 4),
        (HEAD + GOOD_DAY.replace("2026-09-02", "02/09/2026"), "value_wrong", 4),
        (HEAD + GOOD_DAY.replace("2026-09-02", "2026-02-30"), "value_wrong", 4),
        (HEAD + GOOD_DAY.replace("off", "holiday"), "value_wrong", 4),
        (HEAD + GOOD_DAY.replace("true", "maybe"), "value_wrong", 4),
        (HEAD + GOOD_DAY.replace("reason: Quốc khánh, ", ""), "key_missing", 4),
        (HEAD + GOOD_DAY.replace("reason", "raeson"), "key_unknown", 4),
        (HEAD + "  - 2026-09-02\n", "value_wrong", 3),
        (HEAD + "  - date: 2026-09-02\n    date: 2026-09-03\n", "key_repeated", 5),
        ("year: 2025\nprovisional: false\ndays: []\n", "year_misnamed", 1),
        ("year: hai nghìn\ndays: []\n", "value_wrong", 1),
        ("year: 2026\n", "key_missing", 1),
        ("year: 2026\ndays: {}\n", "value_wrong", 2),
        ("- year: 2026\n", "value_wrong", 1),
        ("", "value_wrong", 1),
        ("year: 2026\ndays: [\n", "file_unreadable", 3),
        ("year: 2026\ndays: &x [*x]\n", "file_unreadable", 1),
    ],
)
def test_a_wrong_year_file_is_refused_with_file_and_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    file = tmp_path / "2026.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorktimeFileInvalid) as refusal:
        read_year(file)
    assert (refusal.value.code, refusal.value.parameters["line"]) == (code, line)
    for language in ("vi", "en"):
        assert "2026.yaml" in refusal.value.message(language)
        assert refusal.value.remedy(language)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "2026.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WorktimeFileInvalid) as refusal:
        read_year(file)
    assert refusal.value.code == "file_unreadable"


def test_a_folder_without_years_is_refused(tmp_path: Path, usual_hours: OfficeSchedule) -> None:
    with pytest.raises(CalendarYearMissing):
        read_calendar(tmp_path, usual_hours)


def test_a_broken_year_is_reported_and_stands_as_a_draft_beside_the_good_ones(
    tmp_path: Path, usual_hours: OfficeSchedule
) -> None:
    for year in (2025, 2026):
        (tmp_path / f"{year}.yaml").write_text(f"year: {year}\ndays: []\n", encoding="utf-8")
    (tmp_path / "2027.yaml").write_text("year: 2027\ndays: [\n", encoding="utf-8")
    (tmp_path / "2027 bản sao.yaml").write_text("year: 2027\ndays: []\n", encoding="utf-8")
    years, problems = years_and_problems(tmp_path)
    assert [(year.year, year.provisional) for year in years] == [(2025, False), (2026, False), (2027, True)]
    assert [problem.code for problem in problems] == ["year_misnamed", "file_unreadable"]
    assert calendar_of(years, usual_hours).provisional_years == {2027, 2028, 2029}
    with pytest.raises(WorktimeFileInvalid):
        read_years(tmp_path)


PERIOD = """default:
  - valid_from: 2018-01-01
    valid_to:
    legal_basis: QĐ
    same_day_cut_off: 15:30
    weekdays:
      monday: [7:30-11:30, 13:00-17:00]
"""


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (PERIOD.replace("13:00-17:00", "11:00-17:00"), "sessions_unordered", 7),
        (PERIOD.replace("13:00-17:00", "17:00-13:00"), "sessions_unordered", 7),
        (PERIOD.replace("13:00-17:00", "13:00-17:60"), "value_wrong", 7),
        (PERIOD.replace("[7:30-11:30, 13:00-17:00]", "7:30-11:30"), "value_wrong", 7),
        (PERIOD.replace("monday", "thu_hai"), "key_unknown", 7),
        (PERIOD.replace("    legal_basis: QĐ\n", ""), "key_missing", 2),
        (PERIOD.replace("    same_day_cut_off: 15:30\n", ""), "key_missing", 2),
        (PERIOD.replace("15:30", "25:00"), "value_wrong", 5),
        (PERIOD + PERIOD.replace("default:\n", "").replace("2018", "2020"), "periods_overlap", 8),
    ],
)
def test_wrong_office_hours_are_refused_with_file_and_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    file = tmp_path / "office_hours.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorktimeFileInvalid) as refusal:
        read_office_hours(file)
    assert (refusal.value.code, refusal.value.parameters["line"]) == (code, line)
    assert "office_hours.yaml" in refusal.value.message("vi")


def test_times_need_no_quotation_marks(tmp_path: Path) -> None:
    file = tmp_path / "office_hours.yaml"
    file.write_text(PERIOD, encoding="utf-8")
    assert read_office_hours(file).default[0].same_day_cut_off == datetime.time(15, 30)


def test_a_year_that_is_missing_between_two_is_a_draft(usual_hours: OfficeSchedule) -> None:
    years = read_years(PROCESSES / "calendar")
    without = [year for year in years if year.year != 2024]
    drafted = calendar_of(without, usual_hours).provisional_years - calendar_of(years, usual_hours).provisional_years
    assert drafted == {2024}
