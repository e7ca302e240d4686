"""`motcua check`: diagrams from elsewhere are held to the standard, our own processes to everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from engine.command_line import main
from engine.command_line.checking import check
from engine.settings import PROJECT

NAMESPACES = "xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t'"
VALID = f"<definitions {NAMESPACES}><process id='p'><task id='a'/></process></definitions>"
INVALID = f"<definitions {NAMESPACES}><process id='p'>\n<task id='a' default='no'/></process></definitions>"
NOT_HERE = VALID.replace("<process id='p'>", "<process id='p' isExecutable='true'>").replace("<task", "<callActivity")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "valid.bpmn").write_text(VALID, encoding="utf-8")
    (tmp_path / "deep" / "not_here.bpmn").write_text(NOT_HERE, encoding="utf-8")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_valid_diagrams_answer_0_even_if_they_cannot_be_run_here(folder: Path) -> None:
    answer = run(folder)
    assert answer.exit_code == 0
    assert "warning: deep/not_here.bpmn" in answer.output
    assert "note: valid.bpmn" in answer.output


def test_when_running_is_wanted_what_cannot_be_run_answers_1(folder: Path) -> None:
    assert run("--runnable", folder).exit_code == 1


def test_an_invalid_diagram_answers_1_with_its_place(folder: Path) -> None:
    (folder / "invalid.bpmn").write_text(INVALID, encoding="utf-8")
    answer = run("--format", "json", folder)
    assert answer.exit_code == 1
    (finding,) = [each for each in orjson.loads(answer.stdout) if each["severity"] == "error"]
    assert (finding["rule"], finding["family"]) == ("reference-unresolved", "standard")
    assert (finding["file"], finding["line"], finding["element_id"]) == ("invalid.bpmn", 2, "a")
    assert finding["message_vi"]
    assert finding["remedy_vi"]


def test_a_file_is_read_whatever_it_is_called(folder: Path) -> None:
    (folder / "model.xml").write_text(INVALID, encoding="utf-8")
    assert run(folder).exit_code == 0
    assert run(folder / "model.xml").exit_code == 1


@pytest.mark.parametrize("given", ["file", "folder"])
def test_a_file_whose_name_is_in_another_encoding_is_told_of(tmp_path: Path, given: str) -> None:
    file = tmp_path / os.fsdecode("quyết định.bpmn".encode("windows-1258", "replace"))
    file.write_text(INVALID, encoding="utf-8")
    answer = run(file if given == "file" else tmp_path, "--format", "json")
    assert answer.exit_code == 1
    assert orjson.loads(answer.output)[0]["file"].endswith("nh.bpmn")


def test_a_file_that_cannot_be_opened_answers_2(folder: Path) -> None:
    (folder / "lost.bpmn").symlink_to(folder / "nowhere.bpmn")
    assert run(folder).exit_code == 0
    assert run(folder / "lost.bpmn").exit_code == 2
    assert run("--format", "yaml", folder).exit_code == 2


def test_imports_are_found_beside_the_file_and_never_outside_the_folder(folder: Path) -> None:
    imports = "<import namespace='{}' location='{}' importType='http://www.omg.org/spec/BPMN/20100524/MODEL'/>"
    importing = f"<definitions {NAMESPACES.replace('=' + chr(39) + 't', '=' + chr(39) + 'u')}>{{}}</definitions>"
    (folder / "deep" / "importing.bpmn").write_text(importing.format(imports.format("t", "../valid.bpmn")))
    assert run(folder).exit_code == 0
    rules = {finding.rule for finding in check([folder / "deep" / "importing.bpmn"])}
    assert rules == {"import-unresolved"}


def test_a_shared_diagram_is_checked_without_the_procedures_that_call_it() -> None:
    findings = check([PROJECT / "processes" / "shared" / "intake.bpmn"])
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_each_procedure_and_the_folder_of_all_are_without_findings() -> None:
    processes = PROJECT / "processes"
    assert check([processes]) == []
    assert check([processes / "shared"]) == []
    assert check([processes / "labour" / "safety_declaration"]) == []
    assert check([processes / "labour" / "safety_declaration" / "procedure.bpmn"]) == []


def test_a_check_starts_without_the_library_of_the_database() -> None:
    script = "import sys, engine.command_line; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
