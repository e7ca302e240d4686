"""Tasks are put back and passed on through the interface."""

from __future__ import annotations

import pytest

from tests.web.api.test_api_refusals import assert_problem, errors
from tests.web.api.test_api_walks_a_dossier import complete, open_task

KEY = {"Idempotency-Key": "0f6c2f0a-7c57-4a5b-8a77-0a51f7d0f2c4"}


@pytest.fixture
def given(clerk, declaration):
    """The address of the task of handing over, and its dossier's number."""
    received = clerk.post("/dossiers", declaration).json
    return f"/tasks/{received['open_tasks'][0]['id']}", received["number"]


@pytest.fixture
def examining(log_in, clerk, given):
    """The address of an officer's task, and its dossier's number."""
    complete(clerk, "give", packets=1)
    complete(log_in("nv.mai"), "take", accepted=True)
    complete(log_in("nv.son"), "assign", officer="nv.hoa")
    return f"/tasks/{open_task(log_in('nv.hoa'), 'examine')['id']}", given[1]


def count(caller, number, kind):
    return [event["kind"] for event in caller.get(f"/dossiers/{number}/events?size=200").json["items"]].count(kind)


def test_a_task_that_was_put_back_can_be_taken_by_a_colleague(clerk, log_in, given):
    task, number = given
    clerk.post(f"{task}/claim")
    released = clerk.post(f"{task}/release")
    assert (released.status_code, released.json["claimed_by"], released.json["claimed_at"]) == (200, None, None)
    assert count(clerk, number, "task_released") == 1
    assert log_in("bd.hung").post(f"{task}/claim").json["claimed_by"] == "Nông Văn Hùng"


def test_a_task_that_nobody_holds_stays_where_it_is(clerk, given, contents):
    before = contents()
    released = clerk.post(f"{given[0]}/release")
    assert (released.status_code, released.json["state"], released.json["claimed_by"]) == (200, "open", None)
    assert contents() == before


def test_nobody_puts_back_what_a_colleague_has_taken(clerk, log_in, given, contents):
    clerk.post(f"{given[0]}/claim")
    colleague = log_in("bd.hung")
    before = contents()
    problem = assert_problem(colleague.post(f"{given[0]}/release"), 409, "task_claimed")
    assert problem["claimed_by"] == "Hoàng Thị Lan"
    assert contents() == before


def test_a_task_is_passed_on_by_the_division_head(log_in, examining):
    task, number = examining
    head = log_in("nv.son")
    passed = head.post(f"{task}/reassign", {"username": "nv.dung"})
    assert passed.status_code == 200, passed.text
    assert open_task(log_in("nv.dung"), "examine")["claimed_by"] == passed.json["claimed_by"]
    assert_problem(log_in("nv.hoa").post(f"{task}/claim"), 409, "task_claimed")
    assert count(head, number, "task_reassigned") == 1


@pytest.mark.parametrize(
    ("username", "code"),
    [("nv.mai", "cannot_hold"), ("vh.huong", "not_of_this_unit"), ("khong.co", "not_of_this_unit")],
    ids=["colleague with another role", "officer of another agency", "nobody"],
)
def test_a_task_goes_to_nobody_who_does_not_hold_its_role(log_in, examining, contents, username, code):
    head = log_in("nv.son")
    before = contents()
    assert_problem(head.post(f"{examining[0]}/reassign", {"username": username}), 422, code)
    assert contents() == before


def test_a_stranger_is_not_named_to_another_agency(log_in, examining):
    head = log_in("nv.son")
    stranger = head.post(f"{examining[0]}/reassign", {"username": "vh.huong"})
    nobody = head.post(f"{examining[0]}/reassign", {"username": "khong.co"})
    assert stranger.json == nobody.json


def test_only_who_leads_the_unit_passes_tasks_on(log_in, examining, contents):
    officer, stranger = log_in("nv.hoa"), log_in("vh.binh")
    before = contents()
    assert_problem(officer.post(f"{examining[0]}/reassign", {"username": "nv.dung"}), 403, "not_reassignable")
    assert_problem(stranger.post(f"{examining[0]}/reassign", {"username": "nv.dung"}), 404, "unknown_task")
    assert contents() == before


def test_a_task_that_is_done_is_neither_put_back_nor_passed_on(log_in, examining, contents):
    task, _ = examining
    officer, head = log_in("nv.hoa"), log_in("nv.son")
    complete(officer, "examine", decision="approve", inspection_valid=True)
    before = contents()
    for answer in (officer.post(f"{task}/release"), head.post(f"{task}/reassign", {"username": "nv.dung"})):
        assert assert_problem(answer, 409, "task_already_done")["completed_by"] == "Triệu Thị Hòa"
    assert contents() == before


@pytest.mark.parametrize("body", [{}, {"username": ""}, {"username": None}, {"username": 7}])
def test_a_task_is_passed_on_to_somebody(log_in, examining, body):
    answer = log_in("nv.son").post(f"{examining[0]}/reassign", body)
    assert set(errors(assert_problem(answer, 422, "request_refused"))) == {"username"}


def test_what_is_sent_to_an_operation_without_a_body_makes_no_other_request(clerk, given):
    clerk.post(f"{given[0]}/claim")
    first = clerk.post(f"{given[0]}/release", None, KEY)
    for content in (b"", b"{", b"[1]", b"\xff"):
        again = clerk.client.post(f"/api/v1{given[0]}/release", headers=clerk.headers(KEY), data=content)
        assert (again.status_code, again.json, again.headers["Idempotency-Replayed"]) == (200, first.json, "true")


def test_what_is_sent_twice_is_done_once(log_in, examining, contents):
    task, number = examining
    for caller, verb, body, kind in (
        (log_in("nv.son"), "reassign", {"username": "nv.dung"}, "task_reassigned"),
        (log_in("nv.dung"), "release", None, "task_released"),
    ):
        first = caller.post(f"{task}/{verb}", body, KEY)
        assert first.status_code == 200, first.text
        after = contents()
        second = caller.post(f"{task}/{verb}", body, KEY)
        assert (second.json, second.headers["Idempotency-Replayed"]) == (first.json, "true")
        assert contents() == after
        assert count(caller, number, kind) == 1
