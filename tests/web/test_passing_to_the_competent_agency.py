"""The centre's manager passes a dossier that was received for the wrong agency to the one that decides it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.dossiers.operations import preview_reception, receive_dossier
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.organisation.models import ReceptionAssignment, Unit, UnitSuccession
from engine.organisation.queries import actor_for, local_day, person_by_username, unit_by_code
from tests.web.conftest import MONDAY_MORNING
from tests.web.test_a_form_sent_twice import send_twice

COPY = Reception(
    procedure_code="2.000908",
    applicant=PartyDetails(
        kind="person",
        full_name="Nguyễn Thị Ngọc Yến",
        identity_kind="citizen_id",
        identity_number="020185001234",
        phone="0912345678",
        address="Số 12, đường Trần Đăng Ninh",
    ),
    deciding_unit="NV",
    facts={"register_kind": "licence", "document_name": "Giấy phép lao động", "issued_year": 2018, "copies": 1},
)


@pytest.fixture
def misdirected(published) -> str:
    """The page of a dossier that lies at the counter and was received for the wrong agency."""
    clerk = actor_for(published, person_by_username(published, "bd.lan"), local_day(MONDAY_MORNING))
    asked = preview_reception(published, clerk, MONDAY_MORNING, COPY).components
    whole = replace(COPY, components=tuple(HandedIn(part.code, originals=1) for part in asked))
    dossier = receive_dossier(published, clerk, MONDAY_MORNING, whole)
    published.commit()
    return f"/ho-so/{dossier.number}"


def test_the_manager_chooses_the_agency_and_says_why(log_in, misdirected) -> None:
    manager = log_in("tt.minh")
    page = manager.get(misdirected).text
    assert '<option value="VHTTDL">Sở Văn hóa, Thể thao và Du lịch</option>' in page
    assert '<option value="NV">' not in page
    wanted = {"co-quan": "VHTTDL", "ly-do": "Sổ gốc do Sở khác quản lý"}
    assert manager.post(f"{misdirected}/chuyen-co-quan", {**wanted, "ly-do": ""}).status_code == 422
    assert manager.post(f"{misdirected}/chuyen-co-quan", {**wanted, "co-quan": "NV"}).status_code == 422
    told = manager.post(f"{misdirected}/chuyen-co-quan", wanted, follow_redirects=True).text
    assert "Đã chuyển hồ sơ; quầy bàn giao cho cơ quan có thẩm quyền." in told
    assert "Sở Nội vụ → Sở Văn hóa, Thể thao và Du lịch. Lý do: Sổ gốc do Sở khác quản lý" in told


def test_an_agency_with_a_long_code_can_be_chosen(log_in, misdirected, published) -> None:
    """Codes have up to 40 characters."""
    unit = unit_by_code(published, "VHTTDL")
    successor = Unit(code="V" * 40, name="Sở kế thừa", name_en="S", kind=unit.kind, valid_from=unit.valid_from)
    published.add(successor)
    published.flush()
    decided = {"new_unit_id": successor.id, "effective_on": unit.valid_from, "decision": "QĐ"}
    published.add(UnitSuccession(old_unit_id=unit.id, **decided))
    rows = published.scalars(select(ReceptionAssignment).where(ReceptionAssignment.deciding_unit_id == unit.id))
    for row in rows:
        row.deciding_unit_id = successor.id
    published.commit()
    answer = log_in("tt.minh").post(f"{misdirected}/chuyen-co-quan", {"co-quan": successor.code, "ly-do": "Nhầm nơi"})
    assert answer.status_code == 303


def test_a_transfer_sent_twice_is_one_transfer(log_in, misdirected, published) -> None:
    wanted = {"co-quan": "VHTTDL", "ly-do": "Sổ gốc do Sở khác quản lý"}
    send_twice(log_in("tt.minh"), misdirected, f"{misdirected}/chuyen-co-quan", published, **wanted)


def test_nobody_else_is_offered_it_and_nobody_else_can(log_in, misdirected) -> None:
    for username in ("bd.lan", "nv.thang"):
        person = log_in(username)
        assert "chuyen-co-quan" not in person.get(misdirected).text
        asked = {"co-quan": "VHTTDL", "ly-do": "Sổ gốc do Sở khác quản lý"}
        assert person.post(f"{misdirected}/chuyen-co-quan", asked).status_code == 403


def test_a_dossier_that_has_left_the_counter_is_not_offered(log_in, misdirected, open_task) -> None:
    log_in("bd.lan").complete(open_task(misdirected.removeprefix("/ho-so/")), packets=1)
    assert "chuyen-co-quan" not in log_in("tt.minh").get(misdirected).text
