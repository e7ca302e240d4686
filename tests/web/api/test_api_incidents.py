"""Incidents are listed, tried again and settled through the interface."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.dossiers.incidents import note_failed_timer
from engine.dossiers.models import Dossier, WorkflowState
from engine.workflow import StepFailed
from tests.web.api.conftest import MONDAY_MORNING
from tests.web.api.test_api_pages import walk
from tests.web.api.test_api_refusals import assert_problem, errors
from web.api.reading import WRONG

KEY = {"Idempotency-Key": "9c3f0f43-8f46-4d6e-9f5d-1c1c2f0f4e77"}
REASON = {"reason": "Chờ sửa quy trình"}
NO_MOMENTS = (
    "mai",
    5,
    "2026-11-25",
    "2026-11-25T08:00:00",
    "2026-11-31T08:00:00Z",
    "0001-01-01T00:00:00+07:00",
    "9999-12-31T23:59:59-12:00",
)


@pytest.fixture
def fail(application, clerk, declaration):
    """Receives a dossier whose timer has failed, and gives its number."""

    def give():
        number = clerk.post("/dossiers", declaration).json["number"]
        with application.extensions["sessions"].begin() as session:
            dossier = session.scalars(select(Dossier).where(Dossier.number == number)).one()
            session.get_one(WorkflowState, dossier.id).next_due_at = MONDAY_MORNING - timedelta(hours=1)
            session.flush()
            note_failed_timer(session, MONDAY_MORNING, dossier.id, StepFailed(element="many", reason="thiếu biến"))
        return number

    return give


@pytest.fixture
def incident(fail, log_in):
    """The address of the only incident."""
    fail()
    (only,) = log_in("quantri").get("/incidents").json["items"]
    return f"/incidents/{only['id']}"


def test_incidents_are_told_with_dossier_and_reason_in_both_languages(fail, log_in):
    number = fail()
    (told,) = log_in("tt.minh").get("/incidents").json["items"]
    assert (told["dossier"], told["cause"], told["state"], told["attempts"]) == (number, "timer", "open", 1)
    assert (told["element_id"], told["message"], told["resolved_by"]) == ("many", None, None)
    assert "thiếu biến" in told["reason"]
    assert told["reason_en"] != told["reason"]


def test_incidents_are_walked_whole(fail, log_in):
    numbers = [fail() for _ in range(5)]
    administrator = log_in("quantri")
    assert [told["dossier"] for told in administrator.get("/incidents").json["items"]] == numbers
    assert [told["dossier"] for told in walk(administrator, "/incidents", 2)] == numbers


def test_an_incident_that_is_tried_again_is_settled_and_leaves_the_list(incident, log_in):
    administrator = log_in("quantri")
    tried = administrator.post(f"{incident}/retry")
    assert tried.status_code == 200, tried.text
    assert (tried.json["state"], tried.json["resolved_at"]) == ("resolved", "2026-11-23T02:30:00Z")
    assert tried.json["resolved_by"]
    assert administrator.get("/incidents").json == {"items": [], "next": None}


def test_a_trial_that_fails_again_says_why(application, incident, log_in):
    with application.extensions["sessions"].begin() as session:
        session.scalars(select(WorkflowState)).one().state = b"not a state"
    tried = log_in("quantri").post(f"{incident}/retry")
    assert tried.status_code == 200, tried.text
    assert (tried.json["state"], tried.json["attempts"], tried.json["resolved_by"]) == ("open", 2, None)
    assert "thiếu biến" not in tried.json["reason"]


def test_an_incident_is_settled_by_hand_until_a_moment(application, incident, log_in):
    with application.extensions["sessions"].begin() as session:
        session.scalars(select(WorkflowState)).one().state = b"not a state"
    settled = log_in("tt.minh").post(f"{incident}/resolve", REASON | {"until": "2026-11-25T08:00:00+07:00"})
    assert settled.status_code == 200, settled.text
    assert (settled.json["state"], settled.json["resolution"]) == ("resolved", "Chờ sửa quy trình")
    with application.extensions["sessions"]() as session:
        due = session.scalars(select(WorkflowState.next_due_at)).one()
    assert due.isoformat() == "2026-11-25T01:00:00+00:00"


@pytest.mark.parametrize("until", ["2026-11-23T02:30:00Z", "1900-01-01T00:00:00+07:00", "2027-12-01T00:00:00Z"])
def test_a_timer_is_put_off_neither_into_the_past_nor_for_ever(incident, log_in, contents, until):
    administrator = log_in("quantri")
    before = contents()
    assert_problem(administrator.post(f"{incident}/resolve", REASON | {"until": until}), 422, "wrong_value")
    assert contents() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        *((REASON | {"until": u}, "until") for u in ("mai", "2026-11-25", 5)),
    ],
)
def test_a_wrong_way_to_settle_is_refused_at_its_field(incident, log_in, contents, body, field):
    administrator = log_in("quantri")
    before = contents()
    answer = administrator.post(f"{incident}/resolve", body)
    problem = assert_problem(answer, 422, "request_refused")
    assert set(errors(problem)) == {field}
    assert problem["errors"][0]["detail"] != WRONG.vi, "the words say what is wanted"
    assert contents() == before


def test_nobody_else_sees_or_settles_incidents(incident, log_in, contents):
    callers = [log_in(username) for username in ("bd.lan", "nv.thang", "thietke")]
    before = contents()
    for caller in callers:
        assert_problem(caller.get("/incidents"), 403, "not_for_incidents")
        assert_problem(caller.post(f"{incident}/retry"), 403, "not_for_incidents")
        assert_problem(caller.post(f"{incident}/resolve", REASON), 403, "not_for_incidents")
    assert contents() == before


def test_an_incident_that_was_settled_is_a_conflict_that_says_when(incident, log_in, contents):
    administrator = log_in("quantri")
    administrator.post(f"{incident}/resolve", REASON)
    before = contents()
    for answer in (administrator.post(f"{incident}/retry"), administrator.post(f"{incident}/resolve", REASON)):
        assert "23/11/2026" in assert_problem(answer, 409, "incident_settled")["detail"]
    assert contents() == before


def test_an_unknown_incident_is_not_found(log_in):
    administrator = log_in("quantri")
    assert_problem(administrator.post("/incidents/2147483647/retry"), 404, "unknown_incident")
    for address in ("/incidents/2147483648/retry", "/incidents/abc/retry", "/incidents/-1/retry"):
        assert_problem(administrator.post(address), 404, "unknown_address")


@pytest.mark.parametrize(("verb", "body"), [("retry", None), ("resolve", REASON)])
def test_what_is_sent_twice_is_done_once(incident, log_in, contents, verb, body):
    administrator = log_in("quantri")
    first = administrator.post(f"{incident}/{verb}", body, KEY)
    assert first.status_code == 200, first.text
    after = contents()
    second = administrator.post(f"{incident}/{verb}", body, KEY)
    assert (second.status_code, second.json, second.headers["Idempotency-Replayed"]) == (200, first.json, "true")
    assert contents() == after
