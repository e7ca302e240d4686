"""A procedure is published whole or not at all, alone, and every mistake is named with its place."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from engine.catalogue.definitions import definition_of
from engine.catalogue.models import Procedure, ProcedureFile, ProcedureVersion
from engine.catalogue.operations import Outcome, ProcedureReport, publish
from engine.catalogue.queries import version_file, version_file_names, version_on
from engine.catalogue.refusals import UnknownFile, UnknownProcedure, UnknownVersion
from engine.organisation.models import AdministrationEvent
from engine.organisation.operations import publish_organisation
from tests.engine.catalogue.small_procedure import COMPONENTS, form, table, write_procedure

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
NOW = datetime(2022, 3, 22, 3, 0, tzinfo=UTC)
DAY = date(2022, 3, 22)


@pytest.fixture
def units(session: Session) -> Session:
    publish_organisation(session, NOW, PROCESSES)
    return session


def published(session: Session, processes: Path) -> ProcedureReport:
    """Publish a folder that holds one procedure."""
    (report,) = publish(session, NOW, processes).procedures
    return report


def test_the_shipped_procedures_are_all_published(units: Session) -> None:
    report = publish(units, NOW, PROCESSES)
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    assert len(report.with_outcome(Outcome.PUBLISHED)) == 6


def test_a_version_holds_its_own_files_and_the_shared_ones_it_reaches(units: Session, tmp_path: Path) -> None:
    own = write_procedure(tmp_path)
    (own / "scenarios.yaml").write_text("[]")
    (tmp_path / "shared/unused.bpmn").write_text("<x/>")
    (tmp_path / "shared/unused.form").write_text("{}")
    (tmp_path / "shared/intake.form").write_text(form("intake", "other"))
    assert published(units, tmp_path).outcome is Outcome.PUBLISHED
    version = version_on(units, "2.000134", DAY)
    assert version_file_names(units, version.id) == [
        "components.dmn",
        "deadline.dmn",
        "fees.dmn",
        "intake.form",
        "procedure.bpmn",
        "shared/examine.form",
        "shared/intake.bpmn",
    ]
    assert version_file(units, version.id, "procedure.bpmn") == (own / "procedure.bpmn").read_bytes()
    with pytest.raises(UnknownFile):
        version_file(units, version.id, "scenarios.yaml")


def test_publishing_the_same_files_again_makes_no_version(units: Session, tmp_path: Path) -> None:
    write_procedure(tmp_path)
    publish(units, NOW, tmp_path)
    again = published(units, tmp_path)
    assert (again.outcome, again.number) == (Outcome.UNCHANGED, 1)
    assert units.scalar(select(func.count(ProcedureVersion.id))) == 1
    kinds = select(func.count(AdministrationEvent.id)).where(AdministrationEvent.kind == "procedure_published")
    assert units.scalar(kinds) == 1


def test_a_changed_shared_diagram_makes_a_new_version_and_leaves_the_old_one_alone(
    units: Session, tmp_path: Path
) -> None:
    write_procedure(tmp_path)
    publish(units, NOW, tmp_path)
    first = version_on(units, "2.000134", DAY)
    shared = tmp_path / "shared/intake.bpmn"
    shared.write_text(shared.read_text(encoding="utf-8").replace("Tiếp nhận hồ sơ", "Nhận hồ sơ"), encoding="utf-8")
    assert published(units, tmp_path).number == 2
    second = version_on(units, "2.000134", DAY)
    names = [definition_of(units, version.id).workflow.user_tasks["receive"].name for version in (first, second)]
    assert names == ["Tiếp nhận hồ sơ", "Nhận hồ sơ"]


def test_a_version_published_before_a_check_of_calls_still_runs_and_is_not_published_again(
    units: Session, tmp_path: Path
) -> None:
    folder = write_procedure(tmp_path)
    publish(units, NOW, tmp_path)
    version = version_on(units, "2.000134", DAY)
    kept = units.scalars(
        select(ProcedureFile).where(ProcedureFile.version_id == version.id, ProcedureFile.name == "fees.dmn")
    ).one()
    kept.content = re.sub(b"<text>.*?</text>", b"<text>upper(5)</text>", kept.content, count=1)
    (folder / "fees.dmn").write_bytes(kept.content)
    units.flush()
    assert definition_of(units, version.id).has_fees
    (finding,) = published(units, tmp_path).findings
    assert finding.rule == "function-arguments"


def test_a_broken_procedure_does_not_stop_the_others_and_keeps_its_earlier_version(
    units: Session, tmp_path: Path
) -> None:
    broken = write_procedure(tmp_path)
    write_procedure(tmp_path, "culture/card", "Thẻ", code="1.004623", deciding_unit="VHTTDL")
    publish(units, NOW, tmp_path)
    (broken / "procedure.bpmn").write_text("<bpmn:definitions", encoding="utf-8")
    diagram = tmp_path / "culture/card/procedure.bpmn"
    diagram.write_text(diagram.read_text(encoding="utf-8").replace("Thụ lý", "Thẩm định"), encoding="utf-8")
    report = publish(units, NOW, tmp_path)
    assert [(each.folder, each.outcome, each.number) for each in report.procedures] == [
        ("culture/card", Outcome.PUBLISHED, 2),
        ("labour/declaration", Outcome.REFUSED, 1),
    ]
    assert version_on(units, "2.000134", DAY).number == 1


def test_a_procedure_that_the_database_does_not_take_stops_no_other(units: Session, tmp_path: Path) -> None:
    too_long = f"{'a' * 120}/registration"
    write_procedure(tmp_path, too_long, code="2.000135")
    write_procedure(tmp_path, "labour/declaration")
    refused, taken = publish(units, NOW, tmp_path).procedures
    assert (refused.outcome, refused.number, taken.outcome) == (Outcome.REFUSED, None, Outcome.PUBLISHED)
    (finding,) = refused.findings
    assert finding.file == f"{too_long}/procedure.bpmn"
    assert "character varying(120)" in finding.message_en
    assert units.scalars(select(Procedure.folder)).all() == ["labour/declaration"]


def write(name: str, content: str) -> Callable[[Path], object]:
    return lambda own: (own / name).write_text(content, encoding="utf-8")


def in_diagram(old: str, new: str) -> Callable[[Path], object]:
    def change(own: Path) -> None:
        file = own / "procedure.bpmn"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return change


OWN = "labour/declaration"
OTHER_DECISION = table("other", "COLLECT", COMPONENTS)
STRAY_CALL = 'calledElement="../../secrets"'


@pytest.mark.parametrize(
    ("spoil", "rule", "file"),
    [
        (lambda own: (own / "deadline.dmn").unlink(), "deadline-table-missing", f"{OWN}/procedure.bpmn"),
        (lambda own: (own / "components.dmn").unlink(), "components-table-missing", f"{OWN}/procedure.bpmn"),
        (lambda own: (own / "intake.form").unlink(), "form-file-missing", "shared/intake.bpmn"),
        (lambda own: (own / "../../shared/intake.bpmn").unlink(), "called-file-missing", f"{OWN}/procedure.bpmn"),
        (write("intake.form", '{"type": "default",\n broken'), "form-invalid", f"{OWN}/intake.form"),
        (write("components.dmn", OTHER_DECISION), "components-decision-missing", f"{OWN}/components.dmn"),
        (in_diagram("2.000134", "ATVSLD"), "process-property-code", f"{OWN}/procedure.bpmn"),
        (in_diagram("2020-10-01", "1/10/2020"), "process-property-effective-from", f"{OWN}/procedure.bpmn"),
        (in_diagram("LDTBXH", "LDTBXH,SOMA"), "deciding-unit-unknown", f"{OWN}/procedure.bpmn"),
        (in_diagram('calledElement="intake"', STRAY_CALL), "called-file-missing", f"{OWN}/procedure.bpmn"),
    ],
)
def test_a_mistake_refuses_the_procedure_and_names_the_place(
    units: Session, tmp_path: Path, spoil: Callable[[Path], object], rule: str, file: str
) -> None:
    own = write_procedure(tmp_path)
    spoil(own)
    report = published(units, tmp_path)
    assert report.outcome is Outcome.REFUSED
    assert (rule, file) in [(finding.rule, finding.file) for finding in report.findings]
    assert all(finding.message_vi and finding.message_en for finding in report.findings)
    assert units.scalar(select(func.count(Procedure.id))) == 0


def test_everything_wrong_is_reported_at_once(units: Session, tmp_path: Path) -> None:
    own = write_procedure(tmp_path, name_en=None, result=None)
    (own / "deadline.dmn").unlink()
    rules = {finding.rule for finding in published(units, tmp_path).findings}
    assert {"deadline-table-missing", "process-property-name-en", "process-property-result"} <= rules


def test_a_missing_form_is_named_at_the_line_of_the_task(units: Session, tmp_path: Path) -> None:
    own = write_procedure(tmp_path)
    (tmp_path / "shared/examine.form").unlink()
    (finding,) = published(units, tmp_path).findings
    lines = (own / "procedure.bpmn").read_text(encoding="utf-8").splitlines()
    assert finding.line
    assert 'id="examine"' in lines[finding.line - 1]
    assert finding.element_id == "examine"


def test_a_code_never_changes_and_never_belongs_to_two_procedures(units: Session, tmp_path: Path) -> None:
    write_procedure(tmp_path)
    publish(units, NOW, tmp_path)
    write_procedure(tmp_path, code="2.000135")
    assert [finding.rule for finding in published(units, tmp_path).findings] == ["code-changed"]
    write_procedure(tmp_path)
    write_procedure(tmp_path, "labour/second")
    assert [finding.rule for finding in publish(units, NOW, tmp_path).findings] == ["code-taken"]


def test_of_the_versions_in_force_the_one_published_last_counts(units: Session, tmp_path: Path) -> None:
    write_procedure(tmp_path, effective_to="2025-12-31")
    publish(units, NOW, tmp_path)
    write_procedure(tmp_path, effective_from="2023-01-01")
    publish(units, NOW, tmp_path)
    numbers = {
        day: version_on(units, "2.000134", day).number
        for day in (date(2020, 10, 1), date(2022, 12, 31), date(2023, 1, 1), date(2026, 1, 1))
    }
    assert list(numbers.values()) == [1, 1, 2, 2]
    with pytest.raises(UnknownProcedure) as refused:
        version_on(units, "2.000134", date(2020, 9, 30))
    assert "30/09/2020" in refused.value.message("vi")


def test_an_unknown_code_or_version_is_refused(units: Session) -> None:
    with pytest.raises(UnknownProcedure):
        version_on(units, "9.999999", DAY)
    with pytest.raises(UnknownVersion):
        definition_of(units, 999_999)


def test_a_definition_is_read_once_for_all_threads(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    write_procedure(tmp_path)
    with sessions.begin() as session:
        publish_organisation(session, NOW, PROCESSES)
        publish(session, NOW, tmp_path)
        version_id = version_on(session, "2.000134", DAY).id
    found: list[object] = []
    gate = threading.Barrier(8)

    def look() -> None:
        with sessions() as session:
            gate.wait()
            found.append(definition_of(session, version_id))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(each) for each in found}) == 1


def test_two_publications_at_once_make_one_version(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    write_procedure(tmp_path)
    with sessions.begin() as session:
        publish_organisation(session, NOW, PROCESSES)
    failures: list[Exception] = []

    def run() -> None:
        try:
            with sessions.begin() as session:
                publish(session, NOW, tmp_path)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with sessions() as session:
        assert session.scalar(select(func.count(ProcedureVersion.id))) == 1
        assert session.scalar(select(func.count()).select_from(ProcedureFile)) == 7
