"""The page on which an administrator sees incidents, tries again, or settles them by hand."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from engine.dossiers.incidents import note_failed_timer
from engine.dossiers.models import Dossier, Incident, OutgoingMessage, WorkflowState
from engine.dossiers.notifying import note_untold
from engine.dossiers.sending import NotTaken, note_unsent
from engine.workflow import StepFailed
from tests.web.conftest import MONDAY_MORNING
from tests.web.test_a_form_sent_twice import send_twice

INCIDENTS = "/dieu-hanh/su-co"


@pytest.fixture
def failed(published, received):
    """A received dossier for which a timer has failed."""
    dossier = published.scalars(select(Dossier).where(Dossier.number == received)).one()
    published.get(WorkflowState, dossier.id).next_due_at = MONDAY_MORNING - timedelta(hours=1)
    failure = StepFailed(element="many", reason="thiếu biến")
    incident = note_failed_timer(published, MONDAY_MORNING, dossier.id, failure)
    published.commit()
    return f"/dieu-hanh/su-co/{incident.id}"


def state_of(published) -> tuple[str, str]:
    published.expire_all()
    incident = published.scalars(select(Incident)).one()
    return incident.state, incident.resolution


def recalculations(published) -> int:
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'recalculate_due_date'")
    return published.scalar(jobs)


def test_an_administrator_sees_the_incident_and_tries_again(published, log_in, failed):
    administrator = log_in("quantri")
    page = administrator.get("/dieu-hanh/su-co").text
    assert "Không thể chuyển bước tại “many”: thiếu biến" in page
    tried = administrator.post(f"{failed}/thu-lai", follow_redirects=True)
    assert "hồ sơ đi tiếp bình thường" in tried.text
    assert "Không có sự cố nào." in tried.text
    assert state_of(published)[0] == "resolved"


def test_the_manager_settles_it_by_hand_with_a_reason_and_a_date(published, log_in, failed):
    manager = log_in("tt.minh")
    assert manager.post(f"{failed}/xu-ly", {"ly_do": " "}).status_code == 422
    past = {"ly_do": "Chờ sửa", "den": "2020-01-01T08:00"}
    assert manager.post(f"{failed}/xu-ly", past).status_code == 422
    manager.post(f"{failed}/xu-ly", {"ly_do": "Chờ sửa quy trình", "den": "2026-11-25T08:00"})
    assert state_of(published) == ("resolved", "Chờ sửa quy trình")


def test_a_message_that_could_not_be_sent_is_shown_and_sent_again(published, log_in, received):
    dossier = published.scalars(select(Dossier).where(Dossier.number == received)).one()
    message = OutgoingMessage(id=uuid4(), dossier_id=dossier.id, name="decision_made", created_at=MONDAY_MORNING)
    published.add(message)
    published.flush()
    note_unsent(published, MONDAY_MORNING, NotTaken("answered with 500"), str(message.id))
    published.commit()
    incident = published.scalars(select(Incident)).one()
    administrator = log_in("quantri")
    page = administrator.get(INCIDENTS).text
    assert "Không gửi được thông điệp “decision_made”" in page
    assert "hãy báo cho bên nhận bằng cách khác" in page
    assert "Hoãn bước đến hạn" not in page
    assert "Phát sinh sự cố" in administrator.get(f"/ho-so/{received}").text
    tried = administrator.post(f"{INCIDENTS}/{incident.id}/thu-lai", follow_redirects=True)
    assert "Thông điệp đang được gửi lại." in tried.text
    assert state_of(published)[0] == "resolved"


def test_the_page_of_the_dossier_says_that_the_applicant_could_not_be_told(published, log_in, received):
    dossier = published.scalars(select(Dossier).where(Dossier.number == received)).one()
    note_untold(published, MONDAY_MORNING, OSError(), dossier.id, "result_ready")
    published.commit()
    assert "chưa gửi được: máy chủ thư không nhận" in log_in("bd.lan").get(f"/ho-so/{received}").text


@pytest.mark.parametrize("written", ["25/11/2026 8:00", "2026-11-31T08:00", "mai"])
def test_a_moment_that_cannot_be_read_is_refused_and_not_taken_for_a_day(published, log_in, failed, written):
    answer = log_in("tt.minh").post(f"{failed}/xu-ly", {"ly_do": "Chờ sửa", "den": written})
    assert answer.status_code == 422
    assert f"thời điểm hoãn đến không hợp lệ: “{written}”." in answer.text
    assert state_of(published) == ("open", "")


def test_a_moment_need_not_be_given(published, log_in, failed):
    log_in("tt.minh").post(f"{failed}/xu-ly", {"ly_do": "Chờ sửa", "den": " "})
    assert state_of(published) == ("resolved", "Chờ sửa")


def test_an_incident_tried_again_by_a_second_click_is_tried_once(published, log_in, failed):
    send_twice(log_in("quantri"), INCIDENTS, f"{failed}/thu-lai", published)


def test_an_incident_settled_by_a_second_click_is_settled_once(published, log_in, failed):
    send_twice(log_in("quantri"), INCIDENTS, f"{failed}/xu-ly", published, ly_do="Chờ sửa quy trình")
    assert state_of(published) == ("resolved", "Chờ sửa quy trình")


def test_due_dates_are_counted_again_once_by_two_clicks(published, log_in, failed):
    send_twice(log_in("quantri"), INCIDENTS, "/dieu-hanh/tinh-lai-han", published, ly_do="Nghỉ bão")
    assert recalculations(published) == 1


def test_nobody_else_sees_incidents(log_in, failed):
    for username in ("bd.lan", "nv.thang", "thietke"):
        assert log_in(username).get("/dieu-hanh/su-co").status_code == 403
        assert log_in(username).post(f"{failed}/thu-lai").status_code == 403


def test_an_administrator_has_the_due_dates_counted_again(published, log_in, failed):
    answer = log_in("quantri").post("/dieu-hanh/tinh-lai-han", {"ly_do": "Nghỉ bão"}, follow_redirects=True)
    assert "Đang tính lại hạn trả của 1 hồ sơ." in answer.text
    assert recalculations(published) == 1
    assert log_in("tt.minh").post("/dieu-hanh/tinh-lai-han", {"ly_do": "x"}).status_code == 403
