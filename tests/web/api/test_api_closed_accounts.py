"""Closing an account shuts every door at once and leaves no dossier with a holder who cannot come in any more."""

from __future__ import annotations

from click.testing import CliRunner

from engine.command_line import main
from tests.web.api.test_api_walks_a_dossier import complete, open_task
from tests.web.conftest import Browser


def run(database_url, *arguments):
    return CliRunner().invoke(main, arguments, env={"MOTCUA_DATABASE_URL": database_url})


def close(database_url, username):
    return run(database_url, "account-close", username)


def test_session_token_and_log_in_of_a_closed_person_are_refused_at_once(application, database_url, log_in):
    browser, program = Browser(application.test_client()), log_in("nv.hoa")
    assert browser.log_in("nv.hoa").status_code == 303
    assert browser.get("/viec").status_code == program.get("/tasks").status_code == 200
    answer = close(database_url, "nv.hoa")
    assert answer.exit_code == 0, answer.output
    assert browser.get("/viec").status_code == 303
    assert program.get("/tasks").status_code == 401
    assert browser.log_in("nv.hoa").status_code == 401


def test_what_the_closed_person_held_goes_back_to_the_queue_and_is_named(
    application, database_url, log_in, clerk, declaration
):
    head, officer, records, other = map(log_in, ("nv.son", "nv.hoa", "nv.mai", "nv.dung"))
    number = clerk.post("/dossiers", declaration).json["number"]
    complete(clerk, "give", packets=1)
    complete(records, "take", accepted=True)
    complete(head, "assign", officer="nv.hoa")
    assert open_task(officer, "examine")["claimed_by"] == "Triệu Thị Hòa"
    answer = close(database_url, "nv.hoa")
    assert answer.exit_code == 0, answer.output
    assert number in answer.output
    assert open_task(other, "examine")["claimed_by"] is None
    assert "task_released" in [event["kind"] for event in clerk.get(f"/dossiers/{number}/events").json["items"]]
    assert complete(other, "examine", decision="approve", inspection_valid=True)
    again = close(database_url, "nv.hoa")
    assert again.exit_code == 0, again.output
    assert number not in again.output


def test_what_was_held_in_a_role_that_is_revoked_goes_back_to_the_queue(
    application, database_url, log_in, clerk, declaration
):
    head, officer, records, other = map(log_in, ("nv.son", "nv.hoa", "nv.mai", "nv.dung"))
    number = clerk.post("/dossiers", declaration).json["number"]
    complete(clerk, "give", packets=1)
    complete(records, "take", accepted=True)
    complete(head, "assign", officer="nv.hoa")
    held = ["account-revoke", "nv.hoa", "--unit", open_task(officer, "examine")["unit"], "--role", "officer"]
    answer = run(database_url, *held)
    assert answer.exit_code == 0, answer.output
    assert number in answer.output
    assert open_task(other, "examine")["claimed_by"] is None
    again = run(database_url, *held)
    assert (again.exit_code, "Triệu Thị Hòa" in again.output, "Traceback" in again.output) == (1, True, False)


def test_an_unknown_user_name_and_the_only_administrator_are_refused(application, database_url, log_in):
    unknown = close(database_url, "khong.co")
    assert (unknown.exit_code, "khong.co" in unknown.output) == (1, True)
    last = close(database_url, "quantri")
    assert last.exit_code == 1, last.output
    assert "Traceback" not in last.output
    assert log_in("quantri").get("/tasks").status_code == 200
