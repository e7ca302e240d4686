"""Bad input: a clear problem in the reader's language, the right status, and nothing changed in the database."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest

from engine.demonstration.people import PASSWORD


@pytest.fixture(scope="module")
def database_url(database_server, published_template):
    """One for all of these tests, because what is refused changes nothing."""
    name = database_server.scratch(published_template)
    yield database_server.url(name)
    database_server.drop(name)


@pytest.fixture
def received(clerk, declaration):
    """A dossier that has been accepted and waits to be handed over."""
    answer = clerk.post("/dossiers", declaration)
    assert answer.status_code == 201, answer.text
    return answer.json


def complete_address(dossier):
    return f"/tasks/{dossier['open_tasks'][0]['id']}/complete"


def assert_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["type"] == f"urn:motcua:problem:{code}"
    assert problem["title"] and problem["detail"]
    assert problem["instance"] == answer.request.path
    return problem


def errors(problem):
    return {error["field"]: error["code"] for error in problem["errors"]}


# Who is asking


def test_without_a_token_nothing_is_told(anybody):
    answer = anybody.get("/tasks")
    problem = assert_problem(answer, 401, "token_missing")
    assert "POST /api/v1/tokens" in problem["remedy"]
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="motcua"'


@pytest.mark.parametrize("authorization", ["Bearer motcua_wrong", "Bearer " + "x" * 5000])
def test_a_wrong_token_is_refused(anybody, authorization):
    answer = anybody.get("/tasks", {"Authorization": authorization})
    assert_problem(answer, 401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("authorization", ["Basic YTpi", "Bearer", "Bearer ", "motcua_wrong"])
def test_another_kind_of_authorization_is_no_token(anybody, authorization):
    assert_problem(anybody.get("/tasks", {"Authorization": authorization}), 401, "token_missing")


def test_a_token_expires(clerk, clock):
    clock.advance(days=91)
    assert_problem(clerk.get("/tasks"), 401, "token_invalid")


def test_a_log_in_cookie_opens_nothing_here(application):
    client = application.test_client()
    application.config["WTF_CSRF_ENABLED"] = False
    logged_in = client.post("/dang-nhap", data={"username": "bd.lan", "password": PASSWORD})
    assert logged_in.status_code == 303
    answer = client.get("/api/v1/tasks")
    assert_problem(answer, 401, "token_missing")
    assert "Set-Cookie" not in answer.headers


def test_a_wrong_password_is_refused_and_counted(anybody):
    body = {"username": "ub.nam", "password": "wrong"}
    assert_problem(anybody.post("/tokens", body), 401, "wrong_credentials")
    codes = [anybody.post("/tokens", body).json["code"] for _ in range(20)]
    assert codes[-1] == "too_many_attempts"
    right = {"username": "ub.nam", "password": PASSWORD}
    locked = anybody.post("/tokens", right)
    assert_problem(locked, 429, "too_many_attempts")
    assert locked.headers["Retry-After"] == "900"
    assert "WWW-Authenticate" not in locked.headers


def test_an_unknown_user_name_is_refused_in_the_same_words(anybody):
    known = anybody.post("/tokens", {"username": "ub.oanh", "password": "wrong"}).json
    unknown = anybody.post("/tokens", {"username": "nobody.here", "password": "wrong"}).json
    assert known == unknown


# What is asked


def test_words_are_vietnamese_unless_english_is_preferred(anybody):
    assert anybody.get("/tasks").json["detail"] == "Yêu cầu chưa kèm mã truy cập."
    english = anybody.get("/tasks", {"Accept-Language": "en-GB,en;q=0.9,vi;q=0.5"})
    assert english.json["detail"] == "The request carries no token."
    assert english.headers["Content-Language"] == "en"
    assert "Accept-Language" in english.headers["Vary"]
    assert anybody.get("/tasks", {"Accept-Language": "fr"}).headers["Content-Language"] == "vi"


@pytest.mark.parametrize("raw", ["", "{", "[1,]", '{"a": NaN}', '{"a": "\udcff"}', "[" * 5000])
def test_what_is_not_json_is_refused(clerk, contents, raw):
    before = contents()
    answer = clerk.client.post(
        "/api/v1/dossiers",
        headers=clerk.headers(),
        data=raw.encode("utf-8", "surrogateescape"),
        content_type="application/json",
    )
    assert_problem(answer, 400, "malformed_json")
    assert contents() == before


def test_json_of_another_shape_is_refused(clerk):
    assert errors(assert_problem(clerk.post("/dossiers", [1]), 422, "request_refused")) == {"": "model_type"}


def test_a_form_is_no_json(clerk):
    answer = clerk.client.post("/api/v1/dossiers", headers=clerk.headers(), data={"procedure": "2.000134"})
    assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/dossiers", "/tokens"])
def test_a_body_of_30_megabytes_is_refused(clerk, contents, path):
    before = contents()
    answer = clerk.client.post(
        "/api/v1" + path,
        headers=clerk.headers(),
        data=b'{"a": "' + b"x" * 30_000_000 + b'"}',
        content_type="application/json",
    )
    assert_problem(answer, 413, "body_too_large")
    assert contents() == before


def test_a_large_body_without_a_length_is_refused_too(clerk, contents):
    """Sent in chunks, so that nothing announces how much will come."""
    before = contents()

    answer = clerk.client.post(
        "/api/v1/dossiers",
        headers=clerk.headers(),
        input_stream=BytesIO(b"x" * 30_000_000),
        content_type="application/json",
        environ_overrides={
            "CONTENT_LENGTH": "",
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input_terminated": True,
        },
    )
    assert_problem(answer, 413, "body_too_large")
    assert contents() == before


def test_unknown_members_are_named(clerk, declaration, contents):
    before = contents()
    problem = assert_problem(
        clerk.post("/dossiers", declaration | {"decison": "accept", "state": "returned"}), 422, "request_refused"
    )
    assert errors(problem) == {"decison": "extra_forbidden", "state": "extra_forbidden"}
    assert contents() == before


def test_every_wrong_member_is_named_at_once(clerk, declaration):
    declaration["applicant"] |= {"kind": "robot", "born_on": "31/02/1985", "phone": 912345678}
    declaration["components"][0]["originals"] = "1"
    del declaration["procedure"]
    problem = assert_problem(clerk.post("/dossiers", declaration), 422, "request_refused")
    assert errors(problem) == {
        "procedure": "missing",
        "applicant.kind": "enum",
        "applicant.born_on": "date_parsing",
        "applicant.phone": "string_type",
        "components.0.originals": "int_type",
    }


def test_every_kind_of_mistake_is_said_in_both_languages(clerk, declaration):
    del declaration["applicant"]["full_name"]
    vietnamese = clerk.post("/dossiers", declaration).json["errors"]
    english = clerk.post("/dossiers", declaration, {"Accept-Language": "en"}).json["errors"]
    assert vietnamese[0]["detail"] == "Thiếu trường bắt buộc."
    assert english[0]["detail"] == "This field is required."


@pytest.mark.parametrize("letter", ["\x00", "\x1b"])
def test_control_characters_never_reach_the_database(clerk, declaration, contents, letter):
    before = contents()
    declaration["applicant"]["full_name"] += letter
    problem = assert_problem(clerk.post("/dossiers", declaration), 422, "request_refused")
    assert errors(problem) == {"applicant.full_name": "control_characters"}
    assert contents() == before


@pytest.mark.parametrize(
    "query", ["size=0", "size=201", "size=many", "tab=everything", "page=2", "after=%00", "search=%00"]
)
def test_a_wrong_query_is_refused(clerk, query):
    problem = assert_problem(clerk.get(f"/tasks?{query}"), 422, "request_refused")
    assert list(errors(problem)) == [query.partition("=")[0]]


@pytest.mark.parametrize("cursor", ["abc", "e30=", "W10="])
def test_a_cursor_that_was_not_given_out_is_refused(clerk, cursor):
    assert_problem(clerk.get(f"/tasks?after={cursor}"), 422, "wrong_cursor")


@pytest.mark.parametrize("path", ["/", "/nothing", "/tasks/not-a-uuid/claim", "/dossiers/a%00b", "/dossiers//events"])
def test_an_address_where_nothing_lives_is_problem_details_too(clerk, path):
    assert_problem(clerk.get(path), 404, "unknown_address")


@pytest.mark.parametrize("path", ["/api/v2/tasks", "/api/"])
def test_another_version_of_the_interface_is_a_problem_and_no_page(clerk, path):
    assert_problem(clerk.client.post(path, json={}), 404, "unknown_address")


@pytest.mark.parametrize(
    ("method", "path", "taken"),
    [
        ("DELETE", "/tasks", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/dossiers", {"POST", "OPTIONS"}),
        ("GET", "/tokens", {"POST", "OPTIONS"}),
    ],
)
def test_a_method_that_an_address_does_not_take_is_named(clerk, method, path, taken):
    answer = clerk.client.open("/api/v1" + path, method=method, headers=clerk.headers())
    assert_problem(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == taken


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "{0}"])
def test_a_method_that_nobody_knows_is_refused_as_a_problem(clerk, method):
    answer = clerk.client.open("/api/v1/tasks", method=method)
    assert_problem(answer, 405, "method_not_allowed")


def test_an_address_says_truly_which_methods_it_takes(clerk):
    answer = clerk.client.options("/api/v1/dossiers")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


# What the engine refuses


def test_an_unknown_procedure_is_refused(clerk, declaration, contents):
    before = contents()
    problem = assert_problem(clerk.post("/dossiers", declaration | {"procedure": "9.999999"}), 404, "unknown_procedure")
    assert "9.999999" in problem["detail"]
    assert contents() == before


def test_a_wrong_intake_field_is_named_below_facts(clerk, declaration, contents):
    before = contents()
    declaration["facts"] |= {"quantity": 0, "colour": "red"}
    problem = assert_problem(clerk.post("/dossiers", declaration), 422, "reception_refused")
    assert errors(problem) == {"facts.quantity": "too_small", "facts.colour": "unknown_field"}
    assert contents() == before


def test_a_missing_component_is_named(clerk, declaration, contents):
    before = contents()
    declaration["components"].pop()
    problem = assert_problem(clerk.post("/dossiers", declaration), 422, "reception_refused")
    assert errors(problem) == {"components.inspection_result": "missing_component"}
    assert contents() == before


def test_an_officer_receives_nothing(log_in, declaration, contents):
    officer = log_in("nv.hoa")
    before = contents()
    assert_problem(officer.post("/dossiers", declaration), 403, "no_counter")
    assert contents() == before


def test_a_wrong_form_field_is_named_below_answers(clerk, received, contents):
    before = contents()
    problem = assert_problem(
        clerk.post(complete_address(received), {"answers": {"packets": "one", "colour": 1}}), 422, "form_refused"
    )
    assert set(errors(problem)) == {"answers.packets", "answers.colour"}
    assert problem["remedy"]
    assert contents() == before


@pytest.mark.parametrize(
    "answers", [{"typename": "x"}, {"packets": 1, "note": {"typename": "x"}}, {"note": [{"a": {"typename": 1}}]}]
)
def test_the_key_typename_is_refused_wherever_it_stands(clerk, received, contents, answers):
    before = contents()
    problem = assert_problem(clerk.post(complete_address(received), {"answers": answers}), 422, "form_refused")
    assert "reserved_key" in errors(problem).values()
    assert contents() == before


def test_the_key_typename_is_refused_at_reception(clerk, declaration, contents):
    before = contents()
    declaration["facts"]["typename"] = "Dossier"
    problem = assert_problem(clerk.post("/dossiers", declaration), 422, "reception_refused")
    assert errors(problem) == {"facts.typename": "reserved_key"}
    assert contents() == before


@pytest.mark.parametrize("note", ["a\x00b", "\x1b[2J"])
def test_control_characters_in_answers_are_refused(clerk, received, contents, note):
    before = contents()
    answer = clerk.post(complete_address(received), {"answers": {"packets": 1, "note": note}})
    assert errors(assert_problem(answer, 422, "form_refused")) == {"answers.note": "unreadable_text"}
    assert contents() == before


def test_a_task_already_done_says_who_and_when(clerk, log_in, received, contents):
    address = complete_address(received)
    assert clerk.post(address, {"answers": {"packets": 1}}).status_code == 200
    colleague = log_in("bd.hung")
    before = contents()
    for path in (address, address.replace("complete", "claim")):
        problem = assert_problem(colleague.post(path, {"answers": {"packets": 1}}), 409, "task_already_done")
        assert problem["completed_by"] == "Hoàng Thị Lan"
        assert problem["completed_at"] == "2026-11-23T02:30:00Z"
        assert "Hoàng Thị Lan hoàn thành lúc 09:30 23/11/2026" in problem["detail"]
        assert problem["remedy"]
    assert contents() == before


def test_a_task_that_somebody_has_taken_says_who_and_when(clerk, log_in, received, contents):
    task = received["open_tasks"][0]["id"]
    taken = clerk.post(f"/tasks/{task}/claim")
    assert taken.status_code == 200
    assert taken.json["claimed_by"] == "Hoàng Thị Lan"
    colleague = log_in("bd.hung")
    before = contents()
    problem = assert_problem(colleague.post(f"/tasks/{task}/claim"), 409, "task_claimed")
    assert (problem["claimed_by"], problem["claimed_at"]) == ("Hoàng Thị Lan", "2026-11-23T02:30:00Z")
    assert contents() == before


def test_an_unknown_task_is_not_found(clerk):
    assert_problem(clerk.post(f"/tasks/{uuid4()}/complete", {"answers": {}}), 404, "unknown_task")


def test_a_colleague_of_the_agency_with_another_role_may_not_do_the_task(log_in, received, contents):
    officer = log_in("nv.hoa")
    before = contents()
    answer = officer.post(complete_address(received), {"answers": {"packets": 1}})
    problem = assert_problem(answer, 403, "not_your_task")
    assert "Nhân viên bưu điện" in problem["detail"]
    assert contents() == before


def test_a_strangers_dossier_does_not_exist(log_in, received, contents):
    """404 and not 403: another agency must not even learn that there is such a dossier."""
    stranger = log_in("vh.huong")
    number, before = received["number"], contents()
    task = received["open_tasks"][0]["id"]
    assert_problem(stranger.get(f"/dossiers/{number}"), 404, "unknown_dossier")
    assert_problem(stranger.get(f"/dossiers/{number}/events"), 404, "unknown_dossier")
    assert_problem(stranger.post(f"/tasks/{task}/claim"), 404, "unknown_task")
    assert_problem(stranger.post(f"/tasks/{task}/complete", {"answers": {}}), 404, "unknown_task")
    never = stranger.get("/dossiers/H37.99-261123-9999").json
    assert never["code"] == "unknown_dossier"
    assert stranger.get("/tasks").json["items"] == []
    assert contents() == before


def test_an_error_of_the_system_tells_nothing_of_its_inside_and_changes_nothing(
    clerk, application, declaration, contents, monkeypatch
):
    def broken(*_arguments, **_named):
        raise RuntimeError("a secret of the inside")

    before = contents()
    monkeypatch.setattr("engine.dossiers.receiving.finish_task", broken)
    problem = assert_problem(clerk.post("/dossiers", declaration), 500, "system_failed")
    assert "secret" not in str(problem)
    assert contents() == before


def test_a_wrong_address_of_the_applicant_is_named_in_the_readers_language(clerk, declaration):
    declaration["applicant"]["email"] = "khong-phai-thu"
    wrong = clerk.post("/dossiers", declaration).json["errors"][0]
    assert wrong["detail"] == "Thư điện tử không hợp lệ: “khong-phai-thu”."
    wrong = clerk.post("/dossiers", declaration, headers={"Accept-Language": "en"}).json["errors"][0]
    assert wrong["detail"] == "The e-mail address is not valid: “khong-phai-thu”."


def test_an_agency_that_does_not_decide_is_named_in_the_readers_language(clerk, declaration):
    declaration["deciding_unit"] = "KHCN"
    wrong = clerk.post("/dossiers", declaration, headers={"Accept-Language": "en"})
    assert wrong.status_code == 422
    assert wrong.json["detail"] == "The deciding agency is not valid: “KHCN”."
