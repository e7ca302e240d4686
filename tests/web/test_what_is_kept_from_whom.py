"""What each reader of a dossier is shown: identity numbers only when the look is logged, drafts only to the agency."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import func, select

from engine.dossiers.models import Attachment, Dossier, Event, EventKind, Task, TaskState
from engine.dossiers.operations import file_dossier
from engine.dossiers.reception import PartyDetails, Reception
from tests.web.conftest import LIFT, MONDAY_MORNING, SAFETY_DECLARATION

CITIZEN = "020185001234"
PDF = b"%PDF-1.7"


@pytest.fixture
def filed(published) -> Task:
    """The receiving task of a dossier that was filed online."""
    applicant = PartyDetails(
        kind="person",
        full_name="Nguyễn Thị Ngọc Yến",
        identity_kind="citizen_id",
        identity_number=CITIZEN,
        phone="0912345678",
        address="Số 12, đường Trần Đăng Ninh, phường Tam Thanh",
    )
    reception = Reception(procedure_code=SAFETY_DECLARATION, applicant=applicant, facts=LIFT, channel="online")
    dossier = file_dossier(published, MONDAY_MORNING, reception)
    published.flush()
    return published.scalars(select(Task).where(Task.dossier_id == dossier.id, Task.state == TaskState.OPEN)).one()


@pytest.fixture
def looks(published):
    """Gives how many looks at the identity number stand in the log of a dossier."""

    def give(dossier_id: int) -> int:
        kind = Event.kind == EventKind.IDENTITY_READ
        return published.scalar(select(func.count(Event.id)).where(Event.dossier_id == dossier_id, kind))

    return give


def test_the_receiving_page_shows_the_identity_number_and_logs_who_saw_it(clerk, filed, looks) -> None:
    assert CITIZEN in clerk.get(f"/tiep-nhan/{filed.id}").text
    assert looks(filed.dossier_id) == 1


def test_a_dossier_that_a_colleague_is_receiving_shows_its_identity_number_to_nobody_else(
    clerk, log_in, filed, looks
) -> None:
    clerk.post(f"/viec/{filed.id}/nhan")
    answer = log_in("bd.hung").get(f"/tiep-nhan/{filed.id}")
    assert (answer.status_code, CITIZEN in answer.text) == (409, False)
    assert "Hoàng Thị Lan" in answer.text
    assert looks(filed.dossier_id) == 0


def test_the_receiving_page_opens_no_other_task(clerk, received, open_task, looks) -> None:
    task = open_task(received)
    answer = clerk.get(f"/tiep-nhan/{task.id}")
    assert (answer.status_code, answer.location) == (302, f"/viec/{task.id}")
    assert looks(task.dossier_id) == 0


def test_the_receiving_page_completes_no_other_task(clerk, received, open_task, declaration) -> None:
    task = open_task(received)
    answer = clerk.post(f"/tiep-nhan/{task.id}", declaration)
    assert answer.status_code == 422
    assert "không phải việc tiếp nhận" in answer.text
    assert open_task(received).id == task.id


def test_what_an_officer_adds_to_the_dossier_is_a_draft_that_the_counter_does_not_see(
    clerk, log_in, received, open_task, published
) -> None:
    clerk.complete(open_task(received), packets=1)
    officer, manager = log_in("nv.hoa"), log_in("tt.minh")
    officer.post(f"/ho-so/{received}/tep", {"tep": (BytesIO(PDF), "du-thao.pdf")})
    clerk.post(f"/ho-so/{received}/tep", {"tep": (BytesIO(PDF), "to-khai.pdf")})
    files = dict(published.execute(select(Attachment.file_name, Attachment.id)).all())
    for reader, sees in ((officer, True), (log_in("nv.mai"), True), (clerk, False), (manager, False)):
        page = reader.get(f"/ho-so/{received}").text
        assert "to-khai.pdf" in page
        assert ("du-thao.pdf" in page) is sees
        assert reader.get(f"/tep/{files['du-thao.pdf']}").status_code == (200 if sees else 404)
        assert reader.get(f"/tep/{files['to-khai.pdf']}").status_code == 200


def test_a_dossier_that_has_ended_takes_no_more_files(clerk, declaration, published) -> None:
    refused = {**declaration, "decision": "refuse", "reason": "Không thuộc thẩm quyền tiếp nhận"}
    assert clerk.post("/tiep-nhan", refused).status_code == 303
    dossier = published.scalars(select(Dossier)).one()
    answer = clerk.post(f"/ho-so/{dossier.reference}/tep", {"tep": (BytesIO(PDF), "muon.pdf")})
    assert answer.status_code == 409
    assert published.scalar(select(func.count(Attachment.id))) == 0


def test_the_limit_of_a_filed_dossier_does_not_run_before_acceptance(log_in, filed) -> None:
    clerk = log_in("bd.lan")
    for path in ("/viec", f"/ho-so/{filed.dossier.reference}"):
        page = clerk.get(path).text
        assert "Chưa tính thời hạn" in page
        assert "Không có thời hạn" not in page
