"""The subcommands say what is wrong where, answer with their exit codes, and show no secrets."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from engine.catalogue.models import Procedure
from engine.command_line import main
from engine.command_line.publishing import publish_everything
from engine.organisation.models import Membership, Person
from engine.settings import PROJECT

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BROKEN = "labour/safety_declaration/procedure.bpmn"


@pytest.fixture
def processes(tmp_path: Path) -> Path:
    """A copy of the shipped processes to break things in."""
    return Path(shutil.copytree(PROJECT / "processes", tmp_path / "processes"))


def _break(processes: Path) -> int:
    """Damage one diagram in the middle; returns the damaged line."""
    file = processes / BROKEN
    lines = file.read_text().splitlines()
    number = next(index for index, line in enumerate(lines) if "<bpmn:userTask" in line)
    lines[number] = lines[number].replace("<bpmn:userTask", "<bpmn:userTask <")
    file.write_text("\n".join(lines))
    return number + 1


def test_a_broken_file_is_named_and_stops_nothing_else(
    sessions: sessionmaker[Session], processes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = _break(processes)
    publish_everything(sessions, NOW, processes)
    assert f"{BROKEN}:{line}:" in capsys.readouterr().err
    with sessions() as session:
        assert len(session.scalars(select(Procedure)).all()) == 5


@pytest.mark.parametrize(
    ("locale", "said"),
    [("vi_VN.UTF-8", "Đã ban hành thủ tục common/registry_copy"), ("en_US.UTF-8", "Procedure published: common/")],
)
def test_what_happens_at_the_start_is_told_in_the_language_of_the_terminal(
    sessions: sessionmaker[Session], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, locale, said
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    publish_everything(sessions, NOW, PROJECT / "processes")
    assert said in capsys.readouterr().out


def test_what_was_published_before_a_file_broke_stays_in_force(
    sessions: sessionmaker[Session], processes: Path
) -> None:
    publish_everything(sessions, NOW, processes)
    _break(processes)
    findings = publish_everything(sessions, NOW, processes)
    assert {finding.file for finding in findings if finding.severity == "error"} == {BROKEN}
    with sessions() as session:
        assert len(session.scalars(select(Procedure)).all()) == 6


def test_check_answers_0_for_sound_processes_and_1_with_the_place_for_a_broken_one(processes: Path) -> None:
    sound = CliRunner().invoke(main, ["check", str(processes)])
    assert sound.exit_code == 0, sound.output
    line = _break(processes)
    broken = CliRunner().invoke(main, ["check", "--format", "json", str(processes)])
    assert broken.exit_code == 1
    assert {(entry["file"], entry["line"]) for entry in orjson.loads(broken.stdout)} == {(BROKEN, line)}


def test_check_of_something_that_is_not_there_answers_2(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["check", str(tmp_path / "nothing.bpmn")]).exit_code == 2


def test_an_account_is_created_with_its_role_and_the_password_is_never_shown(
    published: Session, sessions: sessionmaker[Session], database_url: str
) -> None:
    arguments = ["account", "moi.an", "--unit", "TTPVHCC", "--role", "administrator", "--name", "Lê Thị Mới"]
    entered = "mot-mat-khau-dai\n" * 2
    answer = CliRunner().invoke(main, arguments, input=entered, env={"MOTCUA_DATABASE_URL": database_url})
    assert answer.exit_code == 0, answer.output
    assert "mot-mat-khau-dai" not in answer.output
    with sessions() as session:
        role = select(Membership.role).join(Person).where(Person.username == "moi.an")
        assert session.scalars(role).all() == ["administrator"]


def test_a_refusal_is_one_plain_sentence_with_what_to_do(
    published: Session, sessions: sessionmaker[Session], database_url: str
) -> None:
    arguments = ["account", "bd.lan", "--unit", "KHONGCO", "--role", "officer"]
    answer = CliRunner().invoke(main, arguments, env={"MOTCUA_DATABASE_URL": database_url})
    assert answer.exit_code == 1
    assert "KHONGCO" in answer.output
    assert "Traceback" not in answer.output


def test_doctor_finds_nothing_in_an_empty_system(sessions: sessionmaker[Session], database_url: str) -> None:
    answer = CliRunner().invoke(main, ["doctor"], env={"MOTCUA_DATABASE_URL": database_url})
    assert answer.exit_code == 0, answer.output
