"""What programs elsewhere rely on: addresses, operationIds, required fields. A change here breaks somebody."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from engine.dossiers.models import Dossier as DossierRow
from engine.dossiers.reception import IDENTITY_KINDS
from web.api.document import document
from web.api.interface import OPERATIONS

OPERATION_IDS = {
    "createToken": "POST /api/v1/tokens",
    "listProcedures": "GET /api/v1/procedures",
    "receiveDossier": "POST /api/v1/dossiers",
    "getDossier": "GET /api/v1/dossiers/{dossier}",
    "listTasks": "GET /api/v1/tasks",
    "claimTask": "POST /api/v1/tasks/{task}/claim",
    "completeTask": "POST /api/v1/tasks/{task}/complete",
    "releaseTask": "POST /api/v1/tasks/{task}/release",
    "reassignTask": "POST /api/v1/tasks/{task}/reassign",
    "requestWithdrawal": "POST /api/v1/dossiers/{dossier}/withdrawal",
    "allowFurtherRequest": "POST /api/v1/dossiers/{dossier}/further-request",
    "transferDossier": "POST /api/v1/dossiers/{dossier}/transfer",
    "apologise": "POST /api/v1/dossiers/{dossier}/apology",
    "giveLateOpinion": "POST /api/v1/dossiers/{dossier}/late-opinion",
    "recalculateDueDates": "POST /api/v1/due-dates/recalculate",
    "listIncidents": "GET /api/v1/incidents",
    "retryIncident": "POST /api/v1/incidents/{incident}/retry",
    "resolveIncident": "POST /api/v1/incidents/{incident}/resolve",
    "deliverMessage": "POST /api/v1/dossiers/{dossier}/messages",
    "listEvents": "GET /api/v1/dossiers/{dossier}/events",
}

REQUIRED_IN_REQUESTS = {
    "TokenRequest": {"username", "password"},
    "ReceiveDossierRequest": {"procedure", "applicant"},
    "Party": {"kind", "full_name", "identity_kind", "identity_number"},
    "ReceivedComponent": {"code"},
    "CompleteTaskRequest": set(),
    "DeliverMessageRequest": {"message"},
    "ReassignTaskRequest": {"username"},
    "RequestWithdrawalRequest": {"reason"},
    "AllowFurtherRequestRequest": {"reason"},
    "TransferDossierRequest": {"unit", "reason"},
    "ApologiseRequest": {"promised_on", "reason"},
    "ResolveIncidentRequest": {"reason"},
    "RecalculateDueDatesRequest": {"reason"},
}

PROMISED_IN_ANSWERS = {
    "Token": {"token", "name", "expires_at", "person"},
    "ProcedurePage": {"items", "next"},
    "Procedure": {"code", "name", "name_en", "field", "field_en", "version", "effective_from", "deciding_units"},
    "Dossier": {
        "number",
        "reference",
        "lookup_code",
        "state",
        "procedure",
        "applicant",
        "counter",
        "deciding_unit",
        "received_at",
        "original_due_at",
        "due_at",
        "suspended_at",
        "processing_ended_at",
        "returned_at",
        "closed_at",
        "result_number",
        "components",
        "charges",
        "open_tasks",
        "waits",
    },
    "Task": {"id", "dossier", "element_id", "name", "name_en", "kind", "role", "unit", "state", "form", "due_at"},
    "WorkListPage": {"items", "next"},
    "WorkListItem": {"id", "dossier", "procedure", "applicant", "name", "kind", "due_at", "dossier_due_at"},
    "Completion": {"task", "dossier", "dossier_state", "closed_at", "opened"},
    "Message": {"dossier", "message", "key", "state", "received_at", "delivered_at"},
    "IncidentPage": {"items", "next"},
    "Recalculation": {"dossiers"},
    "Incident": {"id", "dossier", "cause", "message", "element_id", "reason", "attempts", "state", "resolution"},
    "EventPage": {"items", "next"},
    "Event": {"id", "at", "kind", "actor", "task", "element_id", "details"},
    "Problem": {"type", "title", "status", "detail", "instance", "code"},
}


@pytest.fixture(scope="module")
def described():
    return document()


def operations(described):
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_valid_openapi_3_1(described):
    OpenAPIV31SpecValidator(described).validate()
    assert described["openapi"].startswith("3.1.")


def test_operations_keep_their_ids_and_addresses(described):
    assert {operation["operationId"]: address for address, operation in operations(described)} == OPERATION_IDS


@pytest.mark.parametrize("name", REQUIRED_IN_REQUESTS)
def test_a_request_that_was_right_stays_right(described, name):
    """A new required member would refuse the requests of yesterday's programs."""
    assert set(described["components"]["schemas"][name].get("required", ())) == REQUIRED_IN_REQUESTS[name]


@pytest.mark.parametrize("name", REQUIRED_IN_REQUESTS)
def test_unknown_members_of_requests_are_refused_and_the_document_says_so(described, name):
    assert described["components"]["schemas"][name]["additionalProperties"] is False


@pytest.mark.parametrize("name", PROMISED_IN_ANSWERS)
def test_answers_keep_the_members_that_were_promised(described, name):
    assert set(described["components"]["schemas"][name]["required"]) >= PROMISED_IN_ANSWERS[name]


def test_every_operation_says_what_it_does_and_how_it_may_be_refused(described):
    for address, operation in operations(described):
        assert operation["summary"] and operation["description"], address
        wanted = {"401", "422", "500"} | ({"400", "413", "415"} if "requestBody" in operation else set())
        assert wanted <= set(operation["responses"]), address
        assert "404" in operation["responses"] or "{" not in address, address


def test_every_refusal_is_problem_details(described):
    for name, answer in described["components"]["responses"].items():
        assert list(answer["content"]) == ["application/problem+json"], name
    for address, operation in operations(described):
        for status, answer in operation["responses"].items():
            expected = f"#/components/responses/Problem{status}"
            assert int(status) < 400 or answer["$ref"] == expected, (address, status)


def test_every_member_is_described(described):
    for name, schema in described["components"]["schemas"].items():
        for member, of in schema.get("properties", {}).items():
            assert of.get("description"), (name, member)


def test_only_the_token_is_had_without_a_token(described):
    assert described["security"] == [{"token": []}]
    assert [operation["operationId"] for _, operation in operations(described) if "security" in operation] == [
        "createToken"
    ]


def test_requests_that_change_something_for_good_may_be_repeated(described):
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    assert {operation["operationId"] for _, operation in operations(described) if key in operation["parameters"]} == {
        "receiveDossier",
        "completeTask",
        "deliverMessage",
        "releaseTask",
        "reassignTask",
        "requestWithdrawal",
        "allowFurtherRequest",
        "transferDossier",
        "apologise",
        "giveLateOpinion",
        "recalculateDueDates",
        "retryIncident",
        "resolveIncident",
    }


def test_each_operation_has_a_file_named_as_it_is_called():
    for operation in OPERATIONS:
        file = re.sub("([A-Z])", r"_\1", operation.id).lower()
        assert operation.view.__module__ == f"web.api.{file}"
        assert operation.view.__name__ == file


def test_the_kinds_of_identity_papers_are_those_of_the_engine(described):
    kinds = described["components"]["schemas"]["Party"]["properties"]["identity_kind"]["enum"]
    assert set(kinds) == set(IDENTITY_KINDS)


def test_texts_are_no_longer_than_their_columns(described):
    party = described["components"]["schemas"]["Party"]["properties"]
    assert party["email"]["maxLength"] >= 1
    assert DossierRow.__table__.c.return_address.type.length is None


def test_the_document_says_which_characters_a_text_may_hold(described):
    pattern = described["components"]["schemas"]["Party"]["properties"]["full_name"]["pattern"]
    assert re.search(pattern, "Nguyễn Thị Ngọc Yến")
    assert not re.search(pattern, "Nguyễn\u0001Yến")


def test_a_whole_number_may_be_written_with_a_point(clerk, declaration):
    declaration["components"][0]["originals"] = 1.0
    assert clerk.post("/dossiers", declaration).status_code == 201
    declaration["components"][0]["originals"] = 1.5
    assert clerk.post("/dossiers", declaration).status_code == 422


def test_the_document_is_served_to_anybody(anybody):
    answer = anybody.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json["info"]["title"] == "Một cửa"


def test_every_operation_of_the_document_is_served(application, described):
    served = {(rule.rule, method) for rule in application.url_map.iter_rules() for method in rule.methods}
    for address in OPERATION_IDS.values():
        method, path = address.split()
        rule = path.replace("{task}", "<uuid:task>").replace("{dossier}", "<dossier>")
        assert (rule.replace("{incident}", "<int(max=2147483647):incident>"), method) in served
