"""The same request with the same Idempotency-Key is done once and gets the first answer again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

KEY = {"Idempotency-Key": "0b0f9d6e-33a5-4f57-a2cb-0d5bb7c2a1c4"}


def number_of_dossiers(contents):
    return contents()["dossier"][0]


def test_a_reception_sent_twice_is_one_dossier(clerk, declaration, contents):
    first = clerk.post("/dossiers", declaration, KEY)
    after = contents()
    second = clerk.post("/dossiers", declaration, KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == first.json
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert contents() == after


def test_without_a_key_the_same_request_is_another_dossier(clerk, declaration, contents):
    clerk.post("/dossiers", declaration)
    clerk.post("/dossiers", declaration)
    assert number_of_dossiers(contents) == 2


def test_the_order_of_members_makes_no_other_request(clerk, declaration, contents):
    clerk.post("/dossiers", declaration, KEY)
    turned = dict(reversed(declaration.items()))
    assert clerk.post("/dossiers", turned, KEY).headers["Idempotency-Replayed"] == "true"
    assert number_of_dossiers(contents) == 1


def test_a_key_used_for_another_request_is_refused(clerk, declaration, contents):
    clerk.post("/dossiers", declaration, KEY)
    after = contents()
    answer = clerk.post("/dossiers", declaration | {"summary": "khác"}, KEY)
    assert answer.status_code == 422
    assert answer.json["code"] == "idempotency_key_reused"
    assert contents() == after


def test_a_completion_sent_twice_gets_the_first_answer_and_no_conflict(clerk, declaration, contents, clock):
    task = clerk.post("/dossiers", declaration).json["open_tasks"][0]["id"]
    first = clerk.post(f"/tasks/{task}/complete", {"answers": {"packets": 1}}, KEY)
    assert first.status_code == 200
    after = contents()
    clock.advance(hours=3)
    second = clerk.post(f"/tasks/{task}/complete", {"answers": {"packets": 1}}, KEY)
    assert (second.status_code, second.json) == (200, first.json)
    assert contents() == after


def test_a_key_belongs_to_the_person_who_used_it(clerk, log_in, declaration, contents):
    clerk.post("/dossiers", declaration, KEY)
    assert "Idempotency-Replayed" not in log_in("bd.hung").post("/dossiers", declaration, KEY).headers
    assert number_of_dossiers(contents) == 2


def test_a_refused_request_may_be_sent_again_with_its_key(clerk, declaration, contents):
    wrong = declaration | {"components": []}
    assert clerk.post("/dossiers", wrong, KEY).status_code == 422
    assert clerk.post("/dossiers", declaration, KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a" * 121, "kh\u00f3a"])
def test_a_key_that_cannot_be_kept_is_refused(clerk, declaration, contents, key):
    before = contents()
    answer = clerk.post("/dossiers", declaration, {"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json["code"] == "wrong_idempotency_key"
    assert contents() == before


def test_twins_that_arrive_together_are_one_dossier(application, clerk, declaration, contents):
    """Both have begun before either is done: the second waits for the first and gets its answer."""

    def send(_turn):
        return type(clerk)(application.test_client(), clerk.token).post("/dossiers", declaration, KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["number"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert number_of_dossiers(contents) == 1


def test_of_many_who_complete_one_task_at_once_one_does_and_the_others_learn_who(
    application, clerk, log_in, declaration, contents
):
    task = clerk.post("/dossiers", declaration).json["open_tasks"][0]["id"]
    tokens = [clerk.token, log_in("bd.hung").token]

    def complete(turn):
        caller = type(clerk)(application.test_client(), tokens[turn % 2])
        return caller.post(f"/tasks/{task}/complete", {"answers": {"packets": 1}})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(complete, range(20)))
    winners = [answer.json["task"]["completed_by"] for answer in answers if answer.status_code == 200]
    losers = [answer.json for answer in answers if answer.status_code == 409]
    assert (len(winners), len(losers)) == (1, 19)
    assert {loser["completed_by"] for loser in losers} == set(winners)
    assert {loser["code"] for loser in losers} == {"task_already_done"}
    assert contents()["hand_over"][0] == 1


def test_a_completion_is_one_commit_and_a_bounded_number_of_statements(application, clerk, declaration):
    """The bound is what was measured; it may only be lowered."""
    task = clerk.post("/dossiers", declaration).json["open_tasks"][0]["id"]
    warm = clerk.post("/dossiers", declaration).json["open_tasks"][0]["id"]
    clerk.post(f"/tasks/{warm}/complete", {"answers": {"packets": 1}})
    engine, statements, commits = application.extensions["sessions"].kw["bind"], [], []
    event.listen(engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    event.listen(engine, "commit", commits.append)
    assert clerk.post(f"/tasks/{task}/complete", {"answers": {"packets": 1}}).status_code == 200
    assert len(commits) == 1
    assert len(statements) <= 20, "\n".join(statements)
