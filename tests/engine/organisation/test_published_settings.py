"""The working calendar and the national statuses come from what was published, cheaply."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from engine.organisation.operations import publish_settings
from engine.organisation.queries import national_status, work_calendar
from engine.organisation.refusals import SettingMissing, UnknownState
from engine.worktime import OfficeSchedule, read_calendar, read_office_hours

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The SQL sent while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def schedule() -> OfficeSchedule:
    return read_office_hours(PROCESSES / "organisation/office_hours.yaml")


def test_the_published_calendar_is_the_one_in_the_files(session: Session) -> None:
    publish_settings(session, NOW, PROCESSES)
    assert work_calendar(session, "VHTTDL").version == read_calendar(PROCESSES / "calendar", schedule()).version


def test_a_known_calendar_costs_one_statement_and_is_not_built_again(session: Session) -> None:
    publish_settings(session, NOW, PROCESSES)
    first = work_calendar(session, "VHTTDL")
    with statements(session) as sent:
        assert work_calendar(session, "BQLKKTCK") is first
    assert len(sent) == 1
    assert "content" not in sent[0]


def test_a_newly_announced_day_off_is_seen_at_once(session: Session, tmp_path: Path) -> None:
    shutil.copytree(PROCESSES / "calendar", tmp_path / "calendar")
    shutil.copytree(PROCESSES / "organisation", tmp_path / "organisation")
    publish_settings(session, NOW, tmp_path)
    assert work_calendar(session).is_working_day(date(2026, 3, 10))
    year = tmp_path / "calendar/2026.yaml"
    added = "  - {date: 2026-03-10, kind: off, reason: Bão, confirmed: true}\n"
    year.write_text(year.read_text(encoding="utf-8").replace("days:\n", "days:\n" + added, 1), encoding="utf-8")
    report = publish_settings(session, NOW, tmp_path)
    assert [change.subject for change in report.changes] == ["calendar/2026"]
    assert not work_calendar(session).is_working_day(date(2026, 3, 10))


def test_a_unit_with_hours_of_its_own_has_a_calendar_of_its_own(session: Session, tmp_path: Path) -> None:
    shutil.copytree(PROCESSES / "calendar", tmp_path / "calendar")
    (tmp_path / "organisation").mkdir()
    hours = (PROCESSES / "organisation/office_hours.yaml").read_text(encoding="utf-8")
    own = (
        "units:\n  QUAY1:\n    - valid_from: 2018-01-01\n      legal_basis: thử\n      same_day_cut_off: 15:00\n"
        "      weekdays: {saturday: [7:30-11:30], monday: [7:30-11:30, 13:00-17:00]}\n"
    )
    (tmp_path / "organisation/office_hours.yaml").write_text(hours.replace("units: {}", own), encoding="utf-8")
    publish_settings(session, NOW, tmp_path)
    saturday = date(2026, 3, 7)
    assert work_calendar(session, "QUAY1").is_working_day(saturday)
    assert not work_calendar(session, "VHTTDL").is_working_day(saturday)


def test_a_year_that_was_never_readable_is_drafted_as_provisional(session: Session, tmp_path: Path) -> None:
    shutil.copytree(PROCESSES / "calendar", tmp_path / "calendar")
    shutil.copytree(PROCESSES / "organisation", tmp_path / "organisation")
    (tmp_path / "calendar/2023.yaml").write_text("year: [", encoding="utf-8")
    report = publish_settings(session, NOW, tmp_path)
    assert [finding.file for finding in report.findings] == ["calendar/2023.yaml"]
    calendar = work_calendar(session)
    assert 2023 in calendar.provisional_years
    assert calendar.is_working_day(date(2026, 3, 2))


def test_before_anything_is_published_the_remedy_is_named(session: Session) -> None:
    with pytest.raises(SettingMissing) as refused:
        work_calendar(session)
    assert "motcua publish" in refused.value.remedy("vi")


def test_a_state_that_is_mapped_to_nothing_is_refused(session: Session) -> None:
    publish_settings(session, NOW, PROCESSES)
    with pytest.raises(UnknownState):
        national_status(session, "lost")
