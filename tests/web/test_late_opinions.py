"""On the dossier's page a consulted agency still says something after its limit; everybody sees that it was late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.dossiers.operations import fire_due_timers
from engine.dossiers.queries import open_tasks
from tests.engine.dossiers.conftest import Office
from tests.engine.dossiers.test_late_opinions import SAID, consult
from tests.web.conftest import MONDAY_MORNING
from tests.web.test_a_form_sent_twice import send_twice


@pytest.fixture
def silent(published) -> str:
    """The page of a dossier on which the police were asked three weeks ago and have not answered."""
    dossier = consult(Office(published), MONDAY_MORNING - timedelta(days=21))
    fire_due_timers(published, MONDAY_MORNING - timedelta(hours=1), dossier.id)
    published.commit()
    return f"/ho-so/{dossier.number}"


def test_the_agency_that_was_silent_speaks_and_its_words_are_marked_as_late(log_in, silent) -> None:
    police = log_in("ca.hieu")
    assert "Gửi ý kiến sau hạn" in police.get(silent).text
    assert police.post(f"{silent}/y-kien-sau-han", {"y-kien": " "}).status_code == 422
    told = police.post(f"{silent}/y-kien-sau-han", {"y-kien": SAID}, follow_redirects=True).text
    assert "Đã lưu ý kiến gửi sau hạn." in told
    assert "Gửi ý kiến sau hạn" not in told.partition("Nhật ký")[0].replace("Đã lưu ý kiến gửi sau hạn.", "")
    seen = log_in("bq.thuy").get(silent).text
    assert "Im lặng, coi như đồng ý" in seen
    assert "Gửi sau hạn, không tính" in seen
    assert SAID in seen


def test_a_late_opinion_sent_twice_is_one(log_in, silent, published) -> None:
    send_twice(log_in("ca.hieu"), silent, f"{silent}/y-kien-sau-han", published, **{"y-kien": SAID})


@pytest.mark.parametrize(("username", "status"), [("bq.thuy", 409), ("bd.lan", 403), ("vh.binh", 404)])
def test_nobody_else_is_offered_it_and_nobody_else_can(log_in, silent, username, status) -> None:
    other = log_in(username)
    assert "y-kien-sau-han" not in other.get(silent).text
    assert other.post(f"{silent}/y-kien-sau-han", {"y-kien": SAID}).status_code == status


def test_of_opinions_asked_at_once_the_one_given_last_stands_first_among_the_earlier_steps(log_in, published) -> None:
    asked = MONDAY_MORNING - timedelta(days=3)
    office = Office(published)
    dossier = consult(office, asked, answered=asked + timedelta(days=2))
    police = next(task for task in open_tasks(published, dossier.id) if task.unit.code == "CA")
    office.complete(police, "ca.hieu", asked + timedelta(days=1), {"opinion": "agree", "document_number": "7/CA"})
    published.commit()
    report = next(task for task in open_tasks(published, dossier.id) if task.element_id == "write_report")
    steps = log_in("bq.thuy").get(f"/viec/{report.id}").text.partition("Các bước trước")[2]
    answers = [steps.index(said) for said in ("21/XD", "7/CA", "Kiểm tra, chọn cơ quan lấy ý kiến")]
    assert answers == sorted(answers), "the newest first"
