"""Another system tells a dossier something through the interface."""

from __future__ import annotations

import pytest


@pytest.fixture
def dossier(clerk, declaration):
    return clerk.post("/dossiers", declaration).json["number"]


def test_a_message_reaches_the_dossier_once_whatever_is_repeated(log_in, dossier):
    administrator = log_in("quantri")
    body = {"message": "withdrawal_requested", "payload": {"reason": "Không còn nhu cầu"}, "key": "cong-dvc-7"}
    first = administrator.post(f"/dossiers/{dossier}/messages", body, {"Idempotency-Key": "a"})
    assert (first.status_code, first.json["state"], first.json["key"]) == (200, "delivered", "cong-dvc-7")
    replayed = administrator.post(f"/dossiers/{dossier}/messages", body, {"Idempotency-Key": "a"})
    assert (replayed.json, replayed.headers["Idempotency-Replayed"]) == (first.json, "true")
    known = administrator.post(f"/dossiers/{dossier}/messages", body)
    assert known.json == first.json
    events = administrator.get(f"/dossiers/{dossier}/events").json["items"]
    assert [event["kind"] for event in events].count("message_received") == 1


def test_a_message_that_nothing_ever_waits_for_is_refused(log_in, dossier):
    refused = log_in("quantri").post(f"/dossiers/{dossier}/messages", {"message": "deposit_confirmed"})
    assert (refused.status_code, refused.json["code"]) == (422, "message_never_awaited")


def test_a_key_that_belongs_to_another_message_is_a_conflict(log_in, dossier):
    administrator, address = log_in("quantri"), f"/dossiers/{dossier}/messages"
    administrator.post(address, {"message": "withdrawal_requested", "key": "x"})
    refused = administrator.post(address, {"message": "withdrawal_requested", "key": "x", "payload": {"a": 1}})
    assert (refused.status_code, refused.json["code"]) == (409, "message_key_reused")


def test_only_administrators_deliver_messages(clerk, dossier):
    refused = clerk.post(f"/dossiers/{dossier}/messages", {"message": "withdrawal_requested"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_for_messages")


@pytest.mark.parametrize("said", [{"a": ["\0"]}, {"\0": 1}, {"a": {"b": 10**400}}, {"a": -(2**64)}])
def test_what_the_database_cannot_hold_is_refused_at_the_payload(log_in, dossier, said):
    body = {"message": "withdrawal_requested", "payload": said}
    refused = log_in("quantri").post(f"/dossiers/{dossier}/messages", body)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "payload"), refused.json
