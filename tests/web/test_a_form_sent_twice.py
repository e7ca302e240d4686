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
from engine.organisation.queries import person_by_username
from engine.settings import PROJECT
from tests.web.conftest import Browser
from tests.web.test_a_dossier_from_counter_to_result import walk
from tests.web.test_receiving_at_the_counter import PDF

SENT_BEFORE = "Biểu mẫu này đã được gửi trước đó"


def key_of(page: str, action: str = "") -> dict[str, str]:
    """The key that the page's form carries; with `action` that of the form sent there."""
    (form,) = re.findall(rf'<form [^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL) if action else [page]
    found = re.search(r'name="lan-gui" value="([^"]+)"', form)
    assert found, "the form carries a key"
    return {"lan-gui": found[1]}


def kept(published: Session) -> list[int]:
    """How much there is of everything that a form may leave behind."""
    published.expire_all()
    rows = (Dossier, Event, Attachment, IdempotentAnswer)
    return [published.scalar(select(func.count()).select_from(row)) for row in rows]


def send_twice(browser: Browser, page: str, action: str, published: Session, **fields: str) -> None:
    """Send the page's form a first time, then anew: it leads to the same place, says so and changes nothing."""
    form = fields | key_of(browser.get(page).text, action)
    first = browser.post(action, form)
    assert first.status_code == 303, first.text
    browser.get(first.location)
    after = kept(published)
    second = browser.post(action, form)
    assert (second.status_code, second.location) == (303, first.location)
    assert kept(published) == after
    assert SENT_BEFORE in browser.get(first.location).text


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


def test_a_withdrawal_sent_twice_is_one_request(clerk, received, published) -> None:
    page = f"/ho-so/{received}"
    send_twice(clerk, page, f"{page}/rut", published, **{"ly-do": "Không còn nhu cầu"})


def test_an_apology_sent_twice_is_one_letter(log_in, received, published) -> None:
    page, promised = f"/ho-so/{received}", {"hen-lai": "2026-12-09", "ly-do": "Phải xác minh lại"}
    send_twice(log_in("nv.thang"), page, f"{page}/xin-loi", published, **promised)


def test_a_further_request_allowed_twice_is_one_request(log_in, received, open_task, published) -> None:
    walk(log_in, open_task, received, until="examine")
    asked = {"decision": "supplement", "inspection_valid": False, "reason": "Đã hết hạn"}
    log_in("nv.hoa").complete(open_task(received), **asked)
    papers = [{"component": "inspection_result", "wanted": "Bản còn hiệu lực"}]
    log_in("nv.hoa").complete(open_task(received), papers=papers, reason="Đã hết hạn")
    log_in("nv.son").complete(open_task(received), decision="approve")
    page = f"/ho-so/{received}"
    send_twice(log_in("nv.thang"), page, f"{page}/bo-sung-them", published, **{"ly-do": "Tem bị bong"})


def test_a_task_taken_and_given_back_twice_is_logged_once_each(clerk, received, open_task, published) -> None:
    task = f"/viec/{open_task(received).id}"
    send_twice(clerk, task, f"{task}/nhan", published)
    assert open_task(received).claimed_by.username == "bd.lan"
    send_twice(clerk, task, f"{task}/tra-lai", published)
    assert open_task(received).claimed_by is None


def test_a_task_passed_on_twice_is_logged_once(log_in, received, open_task, published) -> None:
    walk(log_in, open_task, received, until="examine")
    task, colleague = f"/viec/{open_task(received).id}", person_by_username(published, "nv.dung")
    send_twice(log_in("nv.son"), task, f"{task}/chuyen", published, nguoi=str(colleague.id))
    assert open_task(received).claimed_by == colleague


MAY_BE_SENT_AGAIN = {
    "account.log_in",
    "account.log_out",
    "account.change_password",
    "account.choose_language",
    "dossiers.identity",
}
"""What is the same when it is done again; every look at an identity number is one more line in the log."""


def test_every_other_form_that_changes_something_carries_a_key() -> None:
    without = set()
    for template in (PROJECT / "web").glob("**/templates/**/*.html"):
        for form in re.findall(r'<form [^>]*method="post".*?</form>', template.read_text("utf-8"), re.DOTALL):
            if "sending_field()" not in form:
                without |= set(re.findall(r"action=\"\{\{ url_for\('([\w.]+)'", form) or [template.name])
    assert without == MAY_BE_SENT_AGAIN


def test_a_key_of_the_wrong_form_counts_as_none(clerk, declaration, published) -> None:
    for key in ("", "abc", str(uuid4())[:-1]):
        assert clerk.post("/tiep-nhan", declaration | {"lan-gui": key}).status_code == 303
    assert kept(published)[0] == 3
