"""A designer who breaks a scenario is told its line and what may stand there, before anybody plays it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from engine.catalogue.bundles import gather
from engine.catalogue.definitions import ProcedureDefinition, read_bundle
from engine.command_line.checking import check, exit_code
from engine.settings import PROJECT
from engine.simulation.checking import KINDS, SCENARIOS, Office, check_scenarios, read_office
from engine.workflow import Finding

PROCESSES = PROJECT / "processes"
FOLDER = "labour/safety_declaration"
STORY = """
- id: story
  name: Câu chuyện
  received_at: 2022-03-25 09:40
  facts: {equipment_name: A, quantity: 1}
  steps:
    - {do: receive_dossier, without: [declaration], expect: {open: [give], waiting: [], unit: LDTBXH}}
    - {do: give, at: "+10m", answers: {packets: 1}}
    - {do: take, at: "+10m", by: records_clerk.ldtbxh}
    - {do: assign, at: "+1d", answers: {officer: officer.ldtbxh}}
    - {reassign: examine, to: officer2.ldtbxh}
    - {wait: P2D}
    - {message: withdrawal_requested, expect: {state: withdrawal_requested}}
    - {do: confirm_withdrawal, at: "2022-04-01 16:00"}
  end: {state: stopped}
"""


@pytest.fixture(scope="module")
def definition() -> ProcedureDefinition:
    return read_bundle(gather(PROCESSES, FOLDER))


@pytest.fixture(scope="module")
def office() -> Office:
    return read_office(PROCESSES)


def told(content: str, definition: ProcedureDefinition, office: Office) -> list[Finding]:
    """What is said of a file, but for the tasks that it leaves out."""
    found = check_scenarios(FOLDER, content.encode(), definition, office)
    return [finding for finding in found if finding.rule != "scenario-task-untried"]


def test_a_story_whose_words_exist_and_whose_offices_are_open_is_left_alone(
    definition: ProcedureDefinition, office: Office
) -> None:
    assert told(STORY, definition, office) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "remedy"),
    [
        ("do: give,", "do: gave,", "unknown-task", 8, "give"),
        ("reassign: examine", "reassign: exmine", "unknown-task", 11, "examine"),
        ("open: [give]", "open: [giv]", "unknown-task", 7, "give"),
        ("waiting: []", "waiting: [withdrawl]", "unknown-element", 7, "withdrawn"),
        ("message: withdrawal_requested", "message: withdrawn", "unknown-message", 13, "withdrawal_requested"),
        ("by: records_clerk.ldtbxh", "by: record_clerk.ldtbxh", "unknown-person", 9, "records_clerk.ldtbxh"),
        ("to: officer2.ldtbxh", "to: officer3.ldtbxh", "unknown-person", 11, "officer2.ldtbxh"),
        ("officer: officer.ldtbxh", "officer: officer.ldtbx", "unknown-person", 10, "officer.ldtbxh"),
        ("packets: 1", "packet: 1", "unknown-answer", 8, "packets"),
        ("quantity: 1", "quantities: 1", "unknown-answer", 2, "quantity"),
        ("without: [declaration]", "without: [declarations]", "unknown-paper", 7, "declaration"),
        ("unit: LDTBXH", "unit: LDTBX", "unknown-unit", 7, "LDTBXH"),
        ("  facts:", "  deciding_unit: VHTTD\n  facts:", "unknown-unit", 2, "VHTTDL"),
        ("do: take,", "do: take, unit: LD,", "unknown-unit", 9, "LDTBXH"),
        ("{wait: P2D}", "{transfer: TTT}", "unknown-unit", 12, "TTTT"),
        ("state: withdrawal_requested", "state: withdrawal", "unknown-state", 13, "withdrawal_requested"),
        ("end: {state: stopped}", "end: {state: stoped}", "unknown-state", 15, "stopped"),
        ("2022-04-01 16:00", "2022-04-02 16:00", "office-closed", 14, "+1d"),
        ("2022-04-01 16:00", "2022-04-11 09:00", "office-closed", 14, "+1d"),
        ("2022-04-01 16:00", "2022-04-01 12:10", "office-closed", 14, "+1d"),
        ("received_at: 2022-03-25", "received_at: 2022-03-26", "office-closed", 7, "+1d"),
        ("2022-04-01 16:00", "2022-03-25 16:00", "time", 14, "at"),
        ("do: give,", "gives: give,", "invalid", 8, "README"),
        ("- id: story", "- id: [story", "invalid", 3, "README"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_what_may_stand_there(
    definition: ProcedureDefinition, office: Office, old: str, new: str, rule: str, line: int, remedy: str
) -> None:
    assert old in STORY
    (finding, *_) = told(STORY.replace(old, new, 1), definition, office)
    assert (finding.rule, finding.file, finding.line) == (f"scenario-{rule}", f"{FOLDER}/{SCENARIOS}", line)
    assert remedy in finding.remedy_en
    assert all((finding.message_vi, finding.message_en, finding.remedy_vi))


def test_a_task_that_no_scenario_does_is_a_warning(definition: ProcedureDefinition, office: Office) -> None:
    untried = check_scenarios(FOLDER, STORY.encode(), definition, office)
    assert {(each.rule, each.severity) for each in untried} == {("scenario-task-untried", "warning")}
    assert sorted(each.message_en.split("“")[1].rstrip("”.") for each in untried) == ["examine", "review"]


def test_every_rule_of_scenarios_is_in_the_table_of_rules() -> None:
    page = (PROJECT / "docs" / "bpmn-coverage.md").read_text(encoding="utf-8")
    rules = {f"scenario-unknown-{what}" for what in KINDS}
    rules |= {f"scenario-{rule}" for rule in ("invalid", "time", "office-closed", "task-untried")}
    assert set(re.findall(r"`(scenario-[a-z-]+)`", page)) == rules


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder of processes with one procedure, which a test may break."""
    for name in ("organisation", "calendar", "shared", FOLDER):
        shutil.copytree(PROCESSES / name, tmp_path / name)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")


def test_the_check_of_a_folder_a_procedure_or_the_file_itself_reads_the_scenarios(copied: Path) -> None:
    assert check([copied]) == []
    change(copied / FOLDER / SCENARIOS, "do: examine,", "do: exmine,")
    for path in (copied, copied / FOLDER, copied / FOLDER / SCENARIOS):
        findings = check([path])
        assert exit_code(findings) == 1
        assert {finding.rule for finding in findings} >= {"scenario-unknown-task"}


def test_a_unit_with_hours_of_its_own_may_work_when_the_others_are_closed(
    copied: Path, definition: ProcedureDefinition
) -> None:
    saturday = STORY.replace("2022-04-01 16:00", "2022-04-02 08:00")
    assert [each.rule for each in told(saturday, definition, read_office(copied))] == ["scenario-office-closed"]
    hours = "units:\n  QUAY1:\n    - {valid_from: 2018-01-01, legal_basis: x, same_day_cut_off: 15:00,\n"
    hours += "       weekdays: {saturday: [7:30-11:30]}}\n"
    change(copied / "organisation" / "office_hours.yaml", "units: {}", hours)
    assert told(saturday, definition, read_office(copied)) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("organisation/office_hours.yaml", "7:30-11:30", "7:30-6:30"),
        ("organisation/office_hours.yaml", "    valid_to:\n", "    valid_to: 2026-12-31\n"),
        ("organisation/units.yaml", "kind: counter", "kind: shop"),
        ("calendar/2022.yaml", "kind: off", "kind: free"),
    ],
)
def test_a_broken_organisation_is_told_and_no_step_is_called_closed_for_it(
    copied: Path, name: str, old: str, new: str
) -> None:
    change(copied / name, old, new)
    findings = check([copied / FOLDER])
    assert findings[0].file.endswith(name)
    assert findings[0].line
    assert {finding.file for finding in findings} == {findings[0].file}
