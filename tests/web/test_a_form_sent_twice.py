"""A second click, or a form that is sent again, changes nothing and leads where the first sending led."""

from __future__ import annotations

import json
import re
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import Attachment, Dossier, Event, IdempotentAnswer
from tests.web.test_receiving_at_the_counter import PDF

SENT_BEFORE = "Biểu mẫu này đã được gửi trước đó"


def key_of(page: str) -> dict[str, str]:
    """The key that the page's form carries."""
    found = re.search(r'name="lan-gui" value="([^"]+)"', page)
    assert found, "the form carries a key"
    return {"lan-gui": found[1]}


def kept(published: Session) -> list[int]:
    """How much there is of everything that a form may leave behind."""
    published.expire_all()
    rows = (Dossier, Event, Attachment, IdempotentAnswer)
    return [published.scalar(select(func.count()).select_from(row)) for row in rows]


@pytest.fixture
def form(clerk, declaration) -> dict[str, str]:
    """A complete declaration as the receiving page sends it."""
    return declaration | key_of(clerk.get("/tiep-nhan?thu_tuc=2.000134").text)


def test_a_reception_sent_twice_is_one_dossier(clerk, form, published) -> None:
    first = clerk.post("/tiep-nhan", form)
    after = kept(published)
    second = clerk.post("/tiep-nhan", form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert kept(published) == after


def test_whoever_sends_twice_is_told_that_the_second_time_changed_nothing(clerk, form) -> None:
    place = clerk.post("/tiep-nhan", form).location
    assert SENT_BEFORE not in clerk.get(place).text
    clerk.post("/tiep-nhan", form)
    assert SENT_BEFORE in clerk.get(place).text


def test_a_second_sending_settles_the_draft_too(clerk, form) -> None:
    sent = form | {"trang": "/tiep-nhan?thu_tuc=2.000134"}
    clerk.get(clerk.post("/tiep-nhan", sent).location)
    assert "data-draft-settled" in clerk.get(clerk.post("/tiep-nhan", sent).location).text


def test_every_receiving_page_is_another_dossier(clerk, declaration, form, published) -> None:
    another = declaration | key_of(clerk.get("/tiep-nhan?thu_tuc=2.000134").text)
    first, second = clerk.post("/tiep-nhan", form), clerk.post("/tiep-nhan", another)
    assert first.location != second.location
    assert kept(published)[0] == 2


def test_a_refused_form_may_be_sent_again_with_its_key(clerk, form, published) -> None:
    assert clerk.post("/tiep-nhan", form | {"applicant.phone": "1"}).status_code == 422
    assert clerk.post("/tiep-nhan", form).status_code == 303
    assert kept(published)[0] == 1


def test_the_key_belongs_to_the_person_whose_page_it_is_on(clerk, log_in, form, published) -> None:
    clerk.post("/tiep-nhan", form)
    assert log_in("bd.hung").post("/tiep-nhan", form).status_code == 303
    assert kept(published)[0] == 2


def test_a_dossier_brought_back_is_received_once(clerk, declaration, open_task, published) -> None:
    answer = clerk.post("/tiep-nhan", {**declaration, "decision": "supplement", "reason": "Thiếu giấy tờ"})
    task = open_task(answer.location.split("/ho-so/")[1].split("?")[0])
    form = declaration | key_of(clerk.get(f"/tiep-nhan/{task.id}").text)
    first = clerk.post(f"/tiep-nhan/{task.id}", form)
    after = kept(published)
    second = clerk.post(f"/tiep-nhan/{task.id}", form)
    assert (second.status_code, second.location) == (303, first.location)
    assert kept(published) == after


def test_a_task_completed_twice_by_the_same_form_is_no_conflict(clerk, received, open_task, published) -> None:
    task = open_task(received)
    form = {"answers": json.dumps({"packets": 1})} | key_of(clerk.get(f"/viec/{task.id}").text)
    first = clerk.post(f"/viec/{task.id}/hoan-thanh", form)
    after = kept(published)
    second = clerk.post(f"/viec/{task.id}/hoan-thanh", form)
    assert (second.status_code, second.location) == (303, first.location)
    assert kept(published) == after


def test_a_file_added_twice_is_one_file(clerk, received, published) -> None:
    key = key_of(clerk.get(f"/ho-so/{received}").text)
    for _ in range(2):
        sent = {**key, "tep": (BytesIO(PDF), "giay-gioi-thieu.pdf")}
        assert clerk.post(f"/ho-so/{received}/tep", sent).status_code == 303
    assert kept(published)[2] == 1


def test_a_key_of_the_wrong_form_counts_as_none(clerk, declaration, published) -> None:
    for key in ("", "abc", str(uuid4())[:-1]):
        assert clerk.post("/tiep-nhan", declaration | {"lan-gui": key}).status_code == 303
    assert kept(published)[0] == 3
