"""Withdrawal, a further request, the transfer and the apology through the interface: as on the dossier's page."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from engine.dossiers.operations import fire_due_timers
from tests.engine.dossiers.conftest import Office
from tests.engine.dossiers.test_late_opinions import SAID, consult
from tests.web.api.test_api_refusals import assert_problem, errors
from tests.web.api.test_api_walks_a_dossier import complete

KEY = {"Idempotency-Key": "5a3c9c1e-0d0f-4f0e-9a52-7c7d1f9f3b10"}
WITHDRAWN = {"reason": "Không còn nhu cầu"}
FURTHER = {"reason": "Tem bị bong"}
STORM = {"reason": "Nghỉ bão, Công điện số 12"}
PROMISED = {"promised_on": "2026-12-09", "reason": "Phải xác minh lại kết quả kiểm định"}
COMPETENT = {"unit": "VHTTDL", "reason": "Sổ gốc do Sở khác quản lý"}
COPY = {
    "procedure": "2.000908",
    "deciding_unit": "NV",
    "applicant": {
        "kind": "person",
        "full_name": "Nguyễn Thị Ngọc Yến",
        "identity_kind": "citizen_id",
        "identity_number": "020185001234",
        "phone": "0912345678",
        "address": "Số 12, đường Trần Đăng Ninh",
    },
    "components": [{"code": "request", "originals": 1}, {"code": "identity", "copies": 1}],
    "facts": {"register_kind": "licence", "document_name": "Giấy phép lao động", "issued_year": 2018, "copies": 1},
}


@pytest.fixture
def dossier(clerk, declaration):
    """The number of a dossier that lies at the counter."""
    return clerk.post("/dossiers", declaration).json["number"]


@pytest.fixture
def examined(log_in, clerk, dossier):
    """The number of a dossier that an officer examines."""
    complete(clerk, "give", packets=1)
    complete(log_in("nv.mai"), "take", accepted=True)
    complete(log_in("nv.son"), "assign", officer="nv.hoa")
    return dossier


@pytest.fixture
def asked(log_in, examined):
    """The number of a dossier whose applicant was asked for papers, which the law allows once."""
    officer = log_in("nv.hoa")
    complete(officer, "examine", decision="supplement", inspection_valid=False, reason="Đã hết hạn")
    papers = [{"component": "inspection_result", "wanted": "Bản còn hiệu lực"}]
    complete(officer, "draft_supplement", papers=papers, reason="Đã hết hạn")
    complete(log_in("nv.son"), "approve_supplement", decision="approve")
    return examined


def last_event(caller, number):
    return caller.get(f"/dossiers/{number}/events?size=200").json["items"][-1]


def test_a_request_for_papers_names_each_by_its_code_and_in_both_languages(clerk, log_in, asked):
    events = clerk.get(f"/dossiers/{asked}/events?size=200").json["items"]
    (request,) = [event for event in events if event["kind"] == "supplement_requested"]
    (component,) = [
        each for each in clerk.get(f"/dossiers/{asked}").json["components"] if each["code"] == "inspection_result"
    ]
    assert request["papers"] == [
        {
            "component": "inspection_result",
            "name": component["name"],
            "name_en": component["name_en"],
            "wanted": "Bản còn hiệu lực",
            "originals": 0,
            "certified_copies": 0,
            "copies": 0,
        }
    ]
    assert component["name"] != component["name_en"]
    assert request["details"]["reason"] == "Đã hết hạn"
    assert not any(event["papers"] for event in events if event is not request)


def kinds(caller, number):
    return [event["kind"] for event in caller.get(f"/dossiers/{number}/events?size=200").json["items"]]


def test_a_withdrawal_stops_the_clock_and_is_logged_with_its_reason(clerk, dossier):
    answer = clerk.post(f"/dossiers/{dossier}/withdrawal", WITHDRAWN)
    assert answer.status_code == 200, answer.text
    assert (answer.json["state"], answer.json["suspended_at"]) == ("withdrawal_requested", "2026-11-23T02:30:00Z")
    assert [task["element_id"] for task in answer.json["open_tasks"]] == ["confirm_withdrawal"]
    events = clerk.get(f"/dossiers/{dossier}/events").json["items"]
    assert [event["details"] for event in events if event["kind"] == "withdrawal_requested"] == [WITHDRAWN]


def test_only_the_counter_and_the_manager_note_a_withdrawal(log_in, dossier, contents):
    officer, manager = log_in("nv.hoa"), log_in("tt.minh")
    before = contents()
    refused = officer.post(f"/dossiers/{dossier}/withdrawal", WITHDRAWN)
    assert assert_problem(refused, 403, "not_withdrawn_here")["remedy"]
    assert contents() == before
    assert manager.post(f"/dossiers/{dossier}/withdrawal", WITHDRAWN).status_code == 200


def test_a_dossier_that_was_not_accepted_is_not_withdrawn(clerk, declaration, contents):
    incomplete = {"components": [], "decision": "supplement", "reason": "Thiếu giấy tờ"}
    reference = clerk.post("/dossiers", declaration | incomplete).json["reference"]
    before = contents()
    assert_problem(clerk.post(f"/dossiers/{reference}/withdrawal", WITHDRAWN), 409, "message_not_awaited")
    assert contents() == before


def test_a_further_request_is_allowed_by_the_leader_once(log_in, asked, contents):
    leader = log_in("nv.thang")
    answer = leader.post(f"/dossiers/{asked}/further-request", FURTHER)
    assert (answer.status_code, answer.json["number"]) == (200, asked)
    event = last_event(leader, asked)
    assert (event["kind"], event["actor"], event["details"]) == ("request_allowed", "Hứa Đức Thắng", FURTHER)
    before = contents()
    assert_problem(leader.post(f"/dossiers/{asked}/further-request", FURTHER), 409, "no_further_request_needed")
    assert contents() == before


def test_an_apology_promises_another_day_once_and_leaves_the_due_date(log_in, examined, contents):
    leader = log_in("nv.thang")
    due = leader.get(f"/dossiers/{examined}").json["due_at"]
    answer = leader.post(f"/dossiers/{examined}/apology", PROMISED)
    assert answer.status_code == 200, answer.text
    assert (answer.json["promised_at"], answer.json["due_at"]) == ("2026-12-09T10:00:00Z", due)
    before = contents()
    again = leader.post(f"/dossiers/{examined}/apology", PROMISED | {"promised_on": "2026-12-10"})
    assert_problem(again, 409, "already_promised")
    assert contents() == before


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-12-06", "wrong_value"),
        ("2026-11-24", "wrong_value"),
        ("2026-11-23", "wrong_value"),
        ("0001-01-01", "wrong_value"),
        ("9999-12-31", "calendar_year_missing"),
    ],
    ids=["Sunday", "day off", "today", "the first of all days", "the last of all days"],
)
def test_a_day_on_which_nothing_can_be_promised_is_refused(log_in, examined, contents, day, code):
    leader = log_in("nv.thang")
    before = contents()
    refused = leader.post(f"/dossiers/{examined}/apology", PROMISED | {"promised_on": day})
    assert_problem(refused, 422, code)
    assert contents() == before


@pytest.fixture
def misdirected(clerk):
    """The number of a dossier at the counter that was received for the wrong agency."""
    answer = clerk.post("/dossiers", COPY)
    assert answer.status_code == 201, answer.text
    return answer.json["number"]


def test_the_manager_passes_a_dossier_to_the_competent_agency(log_in, misdirected):
    manager = log_in("tt.minh")
    before = manager.get(f"/dossiers/{misdirected}").json
    answer = manager.post(f"/dossiers/{misdirected}/transfer", COMPETENT)
    assert answer.status_code == 200, answer.text
    assert answer.json["deciding_unit"]["code"] == "VHTTDL"
    kept = ("number", "received_at", "due_at", "state")
    assert [answer.json[name] for name in kept] == [before[name] for name in kept]
    assert_problem(log_in("nv.thang").get(f"/dossiers/{misdirected}"), 404, "unknown_dossier")
    assert log_in("vh.cuong").get(f"/dossiers/{misdirected}").status_code == 200


@pytest.mark.parametrize("unit", ["NV", "XD", "NOBODY"])
def test_a_dossier_goes_to_no_agency_that_does_not_decide_it(log_in, misdirected, contents, unit):
    manager = log_in("tt.minh")
    before = contents()
    assert_problem(manager.post(f"/dossiers/{misdirected}/transfer", COMPETENT | {"unit": unit}), 422, "wrong_value")
    assert contents() == before


def test_a_dossier_that_has_left_the_counter_is_not_passed_on(log_in, clerk, misdirected, contents):
    complete(clerk, "give", packets=1)
    manager = log_in("tt.minh")
    before = contents()
    problem = assert_problem(manager.post(f"/dossiers/{misdirected}/transfer", COMPETENT), 409, "not_at_the_counter")
    assert problem["remedy"]
    assert contents() == before


DECISIONS = {"withdrawal": WITHDRAWN, "further-request": FURTHER, "transfer": COMPETENT, "apology": PROMISED}


NOT_LEADERS = ("nv.son", "nv.hoa", "tt.minh", "bd.lan")


@pytest.mark.parametrize(
    ("state", "address", "others", "code"),
    [
        ("asked", "further-request", NOT_LEADERS, "not_for_leaders"),
        ("examined", "apology", NOT_LEADERS, "not_for_leaders"),
        ("misdirected", "transfer", ("bd.lan", "nv.thang", "quantri"), "not_for_managers"),
    ],
    ids=["further-request", "apology", "transfer"],
)
def test_nobody_decides_what_is_for_another_role(request, log_in, contents, state, address, others, code):
    number = request.getfixturevalue(state)
    callers = [log_in(username) for username in others]
    before = contents()
    for caller in callers:
        assert_problem(caller.post(f"/dossiers/{number}/{address}", DECISIONS[address]), 403, code)
    assert contents() == before


@pytest.mark.parametrize("address", DECISIONS)
@pytest.mark.parametrize("reason", ["", "  ", "\x1b[2J", "x" * 1001, None, 5])
def test_a_decision_needs_a_readable_reason(clerk, dossier, contents, address, reason):
    before = contents()
    answer = clerk.post(f"/dossiers/{dossier}/{address}", DECISIONS[address] | {"reason": reason})
    assert set(errors(assert_problem(answer, 422, "request_refused"))) == {"reason"}
    assert contents() == before


@pytest.mark.parametrize("address", DECISIONS)
def test_a_decision_about_a_strangers_dossier_finds_nothing(log_in, dossier, contents, address):
    stranger = log_in("vh.cuong")
    before = contents()
    answer = stranger.post(f"/dossiers/{dossier}/{address}", DECISIONS[address])
    assert_problem(answer, 404, "unknown_dossier")
    assert contents() == before


@pytest.mark.parametrize("address", DECISIONS)
def test_nothing_is_decided_any_more_about_a_dossier_that_has_ended(log_in, clerk, declaration, contents, address):
    ended = clerk.post("/dossiers", declaration | {"decision": "refuse", "reason": "Không thuộc thẩm quyền."})
    decider = log_in({"transfer": "tt.minh", "withdrawal": "tt.minh"}.get(address, "nv.thang"))
    before = contents()
    answer = decider.post(f"/dossiers/{ended.json['reference']}/{address}", DECISIONS[address])
    assert_problem(answer, 409, "already_closed")
    assert contents() == before


@pytest.mark.parametrize("promised_on", ["mai", "2026-02-30", "2026-12-09T00:00:01", 20261209, None])
def test_what_is_no_day_is_refused_at_its_field(log_in, dossier, promised_on):
    answer = log_in("nv.thang").post(f"/dossiers/{dossier}/apology", PROMISED | {"promised_on": promised_on})
    assert set(errors(assert_problem(answer, 422, "request_refused"))) == {"promised_on"}


@pytest.mark.parametrize(
    ("address", "username", "kind"),
    [
        ("withdrawal", "bd.lan", "withdrawal_requested"),
        ("further-request", "nv.thang", "request_allowed"),
        ("apology", "nv.thang", "apologised"),
    ],
)
def test_a_decision_sent_twice_is_one_decision(log_in, asked, contents, address, username, kind):
    if address == "apology":
        complete(log_in("bd.lan"), "receive_supplement", note="Đã nộp")
    decider = log_in(username)
    first = decider.post(f"/dossiers/{asked}/{address}", DECISIONS[address], KEY)
    assert first.status_code == 200, first.text
    after = contents()
    second = decider.post(f"/dossiers/{asked}/{address}", DECISIONS[address], KEY)
    assert (second.json, second.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert contents() == after
    assert kinds(decider, asked).count(kind) == 1


def test_a_transfer_sent_twice_is_one_transfer(log_in, misdirected, contents):
    manager = log_in("tt.minh")
    first = manager.post(f"/dossiers/{misdirected}/transfer", COMPETENT, KEY)
    after = contents()
    second = manager.post(f"/dossiers/{misdirected}/transfer", COMPETENT, KEY)
    assert (second.status_code, second.json) == (200, first.json)
    assert contents() == after
    assert kinds(manager, misdirected).count("transferred") == 1


def recalculations(database_url):
    jobs = "SELECT args ->> 'reason' FROM procrastinate_jobs WHERE task_name = 'recalculate_due_date'"
    with psycopg.connect(database_url) as connection:
        return [reason for (reason,) in connection.execute(jobs)]


def test_an_administrator_has_due_dates_counted_again(log_in, dossier, database_url):
    asked = log_in("quantri").post("/due-dates/recalculate", STORM, headers=KEY)
    assert (asked.status_code, asked.json) == (202, {"dossiers": 1})
    again = log_in("quantri").post("/due-dates/recalculate", STORM, headers=KEY)
    assert (again.status_code, again.json) == (202, {"dossiers": 1})
    assert recalculations(database_url) == [STORM["reason"]]


def test_nobody_else_has_due_dates_counted_again(log_in, dossier, contents):
    manager, before = log_in("tt.minh"), contents()
    refused = manager.post("/due-dates/recalculate", STORM, headers={"Accept-Language": "en"})
    assert_problem(refused, 403, "not_administrator")
    assert refused.json["detail"].startswith("Only an administrator may do this.")
    assert contents() == before


def test_due_dates_are_not_counted_again_without_a_reason(log_in, dossier, contents):
    administrator, before = log_in("quantri"), contents()
    refused = administrator.post("/due-dates/recalculate", {"reason": " "})
    assert refused.status_code == 422
    assert set(errors(refused.json)) == {"reason"}
    assert contents() == before


@pytest.fixture
def silent(application, clock):
    """The number of a dossier on which the police were asked three weeks ago and have not answered."""
    with application.extensions["sessions"].begin() as session:
        dossier = consult(Office(session), clock.now - timedelta(days=21))
        fire_due_timers(session, clock.now - timedelta(hours=1), dossier.id)
        return dossier.number


def test_an_opinion_after_the_limit_is_stored_once(log_in, silent, contents):
    police = log_in("ca.hieu")
    first = police.post(f"/dossiers/{silent}/late-opinion", {"content": SAID}, KEY)
    assert first.status_code == 200, first.text
    after = contents()
    second = police.post(f"/dossiers/{silent}/late-opinion", {"content": SAID}, KEY)
    assert (second.json, second.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert_problem(police.post(f"/dossiers/{silent}/late-opinion", {"content": "Khác"}), 409, "no_opinion_owed")
    assert contents() == after
    assert last_event(police, silent)["kind"] == "opinion_late"


def test_an_opinion_that_nobody_owes_is_refused_without_a_trace(log_in, silent, contents):
    others = {
        "bq.thuy": (409, "no_opinion_owed"),
        "bd.lan": (409, "no_opinion_owed"),
        "vh.cuong": (404, "unknown_dossier"),
    }
    callers = {username: log_in(username) for username in others}
    before = contents()
    for username, expected in others.items():
        assert_problem(callers[username].post(f"/dossiers/{silent}/late-opinion", {"content": SAID}), *expected)
    assert contents() == before
