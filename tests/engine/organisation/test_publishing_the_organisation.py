"""processes/organisation/ as shipped can be published, again and again, and one broken file spoils only itself."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import DossierState
from engine.organisation.models import AdministrationEvent, ReceptionAssignment, Setting, Unit, UnitIdentifier
from engine.organisation.operations import publish_organisation, publish_settings
from engine.organisation.queries import national_status, unit_by_code
from engine.organisation.settings import work_calendar

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may spoil."""
    for part in ("organisation", "calendar"):
        shutil.copytree(PROCESSES / part, tmp_path / part)
    return tmp_path


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_organisation_is_published_without_complaint(session: Session) -> None:
    report = publish_organisation(session, NOW, PROCESSES)
    assert report.findings == []
    assert unit_by_code(session, "QUAY1").parent == unit_by_code(session, "TTPVHCC")
    assert unit_by_code(session, "TTTT").valid_to == date(2025, 2, 28)


def test_publishing_twice_changes_nothing_and_logs_nothing(session: Session) -> None:
    publish_organisation(session, NOW, PROCESSES)
    publish_settings(session, NOW, PROCESSES)
    logged = session.scalar(select(func.count(AdministrationEvent.id)))
    again = publish_organisation(session, NOW, PROCESSES)
    settings_again = publish_settings(session, NOW, PROCESSES)
    assert (again.changes, settings_again.changes) == ([], [])
    assert session.scalar(select(func.count(AdministrationEvent.id))) == logged


def test_a_unit_left_out_of_the_file_stays_in_the_database(session: Session, folder: Path) -> None:
    publish_organisation(session, NOW, folder)
    (folder / "organisation/units.yaml").write_text(
        "units:\n  - {code: MOI, name: Sở mới, name_en: New, kind: agency, valid_from: 2026-01-01}\n", encoding="utf-8"
    )
    publish_organisation(session, NOW, folder)
    assert unit_by_code(session, "MOI").name == "Sở mới"
    assert unit_by_code(session, "VHTTDL").valid_to is None


def test_a_changed_end_of_a_unit_is_taken_over_and_logged_with_the_old_value(session: Session, folder: Path) -> None:
    publish_organisation(session, NOW, folder)
    spoil(folder, "organisation/units.yaml", "valid_to: 2025-02-28", "valid_to: 2025-03-31")
    report = publish_organisation(session, NOW, folder)
    assert [(change.subject, change.added) for change in report.changes] == [("TTTT", False)]
    event = session.scalars(select(AdministrationEvent).order_by(AdministrationEvent.id.desc())).first()
    assert event is not None
    assert event.details == {"before": {"valid_to": "2025-02-28"}, "after": {"valid_to": "2025-03-31"}}


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("units.yaml", "kind: committee\n", "kind: board\n", "“board”"),
        ("units.yaml", "  - code: LDTBXH", "  - code: TTTT", "đã được khai ở dòng"),
        ("units.yaml", "    parent: UBND\n", "    parent: UBNN\n", "“UBNN”"),
        ("units.yaml", "valid_to: 2025-02-28", "valid_to: 2015-02-28", "trước ngày bắt đầu"),
        ("units.yaml", "valid_from: 2018-01-01", "valid_from: 01/01/2018", "2026-01-31"),
        ("identifiers.yaml", "identifier: H37,", "number_pattern: '{identifier}', identifier: H37,", "serial"),
        ("identifiers.yaml", "valid_to: 2021-12-31", "valid_to: 2022-12-31", "trùng với mục ở dòng"),
        ("identifiers.yaml", "identifier: H37.15", "identifier: H37.10", "trùng với mục ở dòng"),
        ("reception.yaml", "at: QUAY1", "at: QUAY9", "“QUAY9”"),
        ("reception.yaml", "operator: post", "operator: robot", "robot"),
        ("succession.yaml", "    to: VHTTDL", "    to: TTTT", "kế thừa chính mình"),
        ("reception.yaml", "reception:", "reception: [", "không đọc được"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_reason(
    session: Session, folder: Path, name: str, old: str, new: str, words: str
) -> None:
    spoil(folder, f"organisation/{name}", old, new)
    report = publish_organisation(session, NOW, folder)
    mine = [finding for finding in report.findings if finding.file == f"organisation/{name}"]
    assert mine
    assert mine[0].line
    assert any(words in finding.message_vi for finding in mine), [finding.message_vi for finding in mine]
    assert all(finding.message_en and str(folder) not in finding.message_vi for finding in mine)


def test_a_broken_file_does_not_stop_the_others(session: Session, folder: Path) -> None:
    spoil(folder, "organisation/identifiers.yaml", "identifiers:", "identifiers: }{")
    report = publish_organisation(session, NOW, folder)
    assert {finding.file for finding in report.findings} == {"organisation/identifiers.yaml"}
    assert session.scalar(select(func.count(Unit.id)))
    assert session.scalar(select(func.count(ReceptionAssignment.id)))
    assert session.scalar(select(func.count(UnitIdentifier.id))) == 0


def test_a_broken_calendar_year_keeps_the_content_published_before(session: Session, folder: Path) -> None:
    publish_settings(session, NOW, folder)
    spoil(folder, "calendar/2026.yaml", "kind: off", "kind: maybe")
    report = publish_settings(session, NOW, folder)
    assert [(finding.file, finding.line is not None) for finding in report.findings] == [("calendar/2026.yaml", True)]
    assert session.scalar(select(func.count(Setting.id)).where(Setting.name == "calendar/2026")) == 1


HOURS = "organisation/office_hours.yaml"


def write_hours(folder: Path, *periods: tuple[str, str]) -> None:
    """Office hours that are in force in these periods, from and to."""
    same = 'legal_basis: "Quy định", same_day_cut_off: 15:00, weekdays: {wednesday: [7:30-11:30]}'
    rows = "".join(f"  - {{valid_from: {first}, valid_to: {last}, {same}}}\n" for first, last in periods)
    (folder / HOURS).write_text(f"default:\n{rows}units: {{}}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("periods", "missing"),
    [
        ([("2018-01-02", "")], "2018-01-01"),
        ([("2018-01-01", "2026-06-30"), ("2026-07-02", "")], "2026-07-01"),
        ([("2018-01-01", "2029-12-30")], "2029-12-31"),
    ],
)
def test_office_hours_that_leave_out_a_day_of_the_calendar_are_refused(
    session: Session, folder: Path, periods: list[tuple[str, str]], missing: str
) -> None:
    publish_settings(session, NOW, folder)
    write_hours(folder, *periods)
    (finding,) = publish_settings(session, NOW, folder).findings
    assert (finding.rule, finding.file, finding.line) == ("day_without_hours", HOURS, 1)
    assert missing in finding.message_vi
    assert missing in finding.message_en
    assert missing in finding.remedy_en
    assert work_calendar(session).is_working_day(date(2026, 7, 2))


def test_office_hours_to_the_last_day_of_the_drafted_years_are_taken(session: Session, folder: Path) -> None:
    write_hours(folder, ("2018-01-01", "2026-06-30"), ("2026-07-01", "2029-12-31"))
    assert publish_settings(session, NOW, folder).findings == []
    assert work_calendar(session).is_working_day(date(2029, 12, 26))


def test_a_new_year_waits_for_the_office_hours_that_it_needs(session: Session, folder: Path) -> None:
    write_hours(folder, ("2018-01-01", "2029-12-31"))
    publish_settings(session, NOW, folder)
    (folder / "calendar/2028.yaml").write_text("year: 2028\nprovisional: true\ndays: []\n", encoding="utf-8")
    findings = publish_settings(session, NOW, folder).findings
    assert [finding.file for finding in findings] == [HOURS, "calendar/2028.yaml"]
    assert all("2030" in finding.message_vi and "2030-01-01" in finding.message_en for finding in findings)
    assert work_calendar(session).is_working_day(date(2029, 12, 26))
    write_hours(folder, ("2018-01-01", ""))
    assert publish_settings(session, NOW, folder).findings == []
    assert work_calendar(session).is_working_day(date(2030, 12, 25))


def test_every_internal_state_has_a_national_status(session: Session) -> None:
    publish_settings(session, NOW, PROCESSES)
    codes = {state: national_status(session, state).code for state in DossierState}
    assert set(codes.values()) == {str(code) for code in range(1, 11)}


def test_the_national_wording_is_exact(session: Session) -> None:
    publish_settings(session, NOW, PROCESSES)
    wording = {status.code: status.vi for status in (national_status(session, state) for state in DossierState)}
    assert wording == {
        "1": "Mới đăng ký",
        "2": "Được tiếp nhận",
        "3": "Không được tiếp nhận",
        "4": "Đang xử lý",
        "5": "Yêu cầu bổ sung giấy tờ",
        "6": "Yêu cầu thực hiện nghĩa vụ tài chính",
        "7": "Công dân yêu cầu rút hồ sơ",
        "8": "Dừng xử lý",
        "9": "Đã xử lý xong",
        "10": "Đã trả kết quả",
    }


def test_a_state_listed_under_two_codes_is_refused(session: Session, folder: Path) -> None:
    spoil(folder, "organisation/national_status.yaml", "[stopped]", "[stopped, received]")
    report = publish_settings(session, NOW, folder)
    assert ["“received”" in finding.message_vi for finding in report.findings] == [True]
