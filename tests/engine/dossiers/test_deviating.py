"""Going off the ordinary way: by whom, for which reason, and what the log says of it afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import undefer

from engine.dossiers.models import Document, DocumentKind, DossierState, EventKind, HandOver, Supplement
from engine.dossiers.operations import allow_further_request, make_document, transfer_dossier
from engine.dossiers.paper_contents import receipt_content
from engine.dossiers.queries import events_of
from engine.dossiers.reception import Reception
from engine.dossiers.refusals import (
    AlreadyClosed,
    NoFurtherRequestNeeded,
    NotAtTheCounter,
    NotForLeaders,
    NotForManagers,
    Required,
    SupplementAlreadyAsked,
    UnknownDossier,
    WrongValue,
)
from engine.dossiers.standing import without_owner
from engine.dossiers.work_list import work_list
from engine.papers import Transfer
from tests.engine.dossiers.conftest import APPLICANT, LABEL

MORNING, ASKED, ANSWERED, LATER = "2026-03-09 08:30", "2026-03-10 10:00", "2026-03-12 10:00", "2026-03-13 09:00"
WHY = "Tem kiểm định mới bị bong sau khi nộp bổ sung"

COPY = Reception(
    procedure_code="2.000908",
    applicant=APPLICANT,
    deciding_unit="NV",
    facts={"register_kind": "licence", "document_name": "Giấy phép lao động", "issued_year": 2018, "copies": 1},
)
WRONG = "Sổ gốc do Sở Văn hóa, Thể thao và Du lịch quản lý"


def approve(office, dossier, now):
    office.do(dossier, "approve_supplement", "nv.son", now, {"decision": "approve"})


@pytest.fixture
def answered(office, moment):
    """A dossier whose applicant was asked for papers and has brought them."""
    dossier = office.examine(moment(MORNING))
    office.ask_for_papers(dossier, moment(ASKED))
    office.do(dossier, "receive_supplement", "bd.lan", moment(ANSWERED), {"note": "Đã nộp"})
    return dossier


def allow(office, dossier, now, by="nv.thang", reason=WHY):
    allow_further_request(office.session, office.actor(by, now), now, dossier.id, reason)
    office.session.flush()


def test_the_leader_allows_a_second_request_and_the_log_says_why(office, moment, answered):
    later = moment(LATER)
    allow(office, answered, later)
    office.ask_for_papers(answered, later)
    assert answered.state == DossierState.SUPPLEMENT_WAIT
    ordinals = office.session.scalars(select(Supplement.ordinal).order_by(Supplement.id)).all()
    assert ordinals == [1, 2]
    allowed = [event for event in events_of(office.session, answered.id) if event.kind == EventKind.REQUEST_ALLOWED]
    assert [(event.actor_name, event.details) for event in allowed] == [("Hứa Đức Thắng", {"reason": WHY})]


def test_a_permission_is_good_for_one_request_alone(office, moment, answered):
    later = moment(LATER)
    allow(office, answered, later)
    office.ask_for_papers(answered, later)
    office.do(answered, "receive_supplement", "bd.lan", later, {"note": ""})
    with pytest.raises(SupplementAlreadyAsked):
        office.ask_for_papers(answered, later)


def test_a_refused_request_waits_for_the_leaders_permission(office, moment, answered):
    later = moment(LATER)
    office.do(answered, "examine", "nv.hoa", later, {"decision": "supplement", "reason": "Thiếu tem kiểm định"})
    office.do(answered, "draft_supplement", "nv.hoa", later, {"papers": LABEL, "reason": "Chưa thấy tem"})
    with pytest.raises(SupplementAlreadyAsked), office.session.begin_nested():
        approve(office, answered, later)
    allow(office, answered, later)
    approve(office, answered, later)
    assert answered.state == DossierState.SUPPLEMENT_WAIT


@pytest.mark.parametrize("username", ["nv.hoa", "nv.son", "bd.lan", "tt.minh", "quantri"])
def test_nobody_but_the_agencys_leader_allows_it(office, moment, answered, username):
    with pytest.raises(NotForLeaders):
        allow(office, answered, moment(LATER), by=username)


def test_the_leader_of_another_agency_does_not_know_the_dossier(office, moment, answered):
    with pytest.raises(UnknownDossier):
        allow(office, answered, moment(LATER), by="vh.cuong")


def test_a_permission_needs_a_reason(office, moment, answered):
    with pytest.raises(Required):
        allow(office, answered, moment(LATER), reason="  ")


def test_a_permission_is_not_given_while_a_request_may_be_made(office, moment, answered):
    allow(office, answered, moment(LATER))
    with pytest.raises(NoFurtherRequestNeeded):
        allow(office, answered, moment(LATER))


def test_a_permission_is_not_given_before_the_first_request(office, moment):
    with pytest.raises(NoFurtherRequestNeeded):
        allow(office, office.examine(moment(MORNING)), moment(LATER))


def test_a_permission_comes_too_late_after_the_signature_and_after_the_end(office, moment, answered):
    later = moment(LATER)
    office.do(answered, "examine", "nv.hoa", later, {"decision": "approve", "inspection_valid": True})
    office.do(answered, "review", "nv.son", later, {"decision": "approve"})
    office.do(answered, "sign", "nv.thang", later, {"decision": "sign"})
    with pytest.raises(NoFurtherRequestNeeded):
        allow(office, answered, later)
    office.do(answered, "issue", "nv.mai", later, {"document_number": "1/GXN", "document_date": "2026-03-13"})
    office.do(answered, "take_result", "bd.lan", later, {"packets": 1})
    office.do(answered, "return_to_applicant", "bd.lan", later, {"method": "counter", "recipient_name": "Vi Văn Sỹ"})
    with pytest.raises(AlreadyClosed):
        allow(office, answered, later)


@pytest.fixture
def misdirected(office, moment):
    """An accepted dossier of a procedure that several agencies decide, received for the wrong one."""
    return office.receive(moment(MORNING), COPY)


def transfer(office, dossier, now, by="tt.minh", to="VHTTDL", reason=WRONG):
    transfer_dossier(office.session, office.actor(by, now), now, dossier.id, to, reason)
    office.session.flush()


def test_a_dossier_sent_back_by_the_wrong_agency_goes_to_the_right_one(office, moment, misdirected):
    now, number, due = moment(MORNING), misdirected.number, misdirected.due_at
    office.do(misdirected, "give", "bd.lan", now, {"packets": 1})
    office.do(misdirected, "take", "nv.mai", now, {"accepted": False, "reason": "Không thuộc thẩm quyền"})
    transfer(office, misdirected, now)
    assert without_owner(office.session, now) == []
    assert (misdirected.number, misdirected.due_at, misdirected.original_due_at) == (number, due, due)
    office.do(misdirected, "give", "bd.lan", now, {"packets": 1})
    assert without_owner(office.session, now) == []
    here = [row.name for row in work_list(office.session, office.actor("vh.nga", now), now).rows]
    assert here == ["Nhận hồ sơ từ quầy"]
    office.do(misdirected, "take", "vh.nga", now, {"accepted": True})
    rows = office.session.scalars(select(HandOver).order_by(HandOver.id)).all()
    assert [(row.to_unit_id == misdirected.deciding_unit_id, row.accepted) for row in rows] == [
        (False, False),
        (True, True),
    ]


def test_a_transfer_is_logged_with_its_reason_and_told_to_the_applicant(office, moment, misdirected):
    transfer(office, misdirected, moment(MORNING))
    last = events_of(office.session, misdirected.id)[-1]
    assert (last.kind, last.actor_name != "") == (EventKind.TRANSFERRED, True)
    assert last.details == {
        "before": "Sở Nội vụ",
        "after": "Sở Văn hóa, Thể thao và Du lịch",
        "reason": WRONG,
        "entry_before": 1,
    }
    job = text("SELECT args->>'template' FROM procrastinate_jobs WHERE task_name = 'notify_applicant'")
    assert office.session.scalars(job).all() == ["transferred"]


def receipts(office, dossier):
    rows = select(Document).where(Document.dossier_id == dossier.id, Document.kind == DocumentKind.RECEIPT)
    return office.session.scalars(rows.options(undefer(Document.content)).order_by(Document.id)).all()


def test_the_receipt_printed_after_a_transfer_is_a_new_one_and_the_first_is_kept(office, moment):
    received, moved, later = moment("2025-12-31 09:00"), moment("2026-01-05 09:00"), moment("2026-01-06 09:00")
    office.receive(received, COPY)
    dossier, clerk = office.receive(received, COPY), office.actor("bd.lan", received)
    first = make_document(office.session, clerk, received, dossier.id, DocumentKind.RECEIPT)
    office.session.flush()
    handed_out, before = first.content, receipt_content(office.session, dossier, "")
    assert (before.deciding_unit, before.book, before.book_entry, before.transfer) == ("Sở Nội vụ", "2025", 2, None)
    transfer(office, dossier, moved)
    second = make_document(office.session, clerk, later, dossier.id, DocumentKind.RECEIPT)
    office.session.flush()
    after = receipt_content(office.session, dossier, "")
    assert (after.deciding_unit, after.book, after.book_entry) == ("Sở Văn hóa, Thể thao và Du lịch", "2026", 1)
    assert after.transfer == Transfer(moved, "Sở Nội vụ", 2)
    assert (after.receipt_number, after.dossier_number, after.received_at, after.due_at) == (
        before.receipt_number,
        before.dossier_number,
        before.received_at,
        before.due_at,
    )
    assert make_document(office.session, clerk, later, dossier.id, DocumentKind.RECEIPT).id == second.id
    assert [paper.content for paper in receipts(office, dossier)] == [handed_out, second.content]
    assert second.content != handed_out


def test_the_new_agencys_book_gets_an_entry_of_its_own(office, moment, misdirected):
    other = office.receive(moment(MORNING), COPY)
    assert (misdirected.book_entry, other.book_entry) == (1, 2)
    transfer(office, other, moment(MORNING))
    assert other.book_entry == 1


def test_what_an_agency_holds_is_sent_back_before_it_is_transferred(office, moment, misdirected):
    now = moment(MORNING)
    office.do(misdirected, "give", "bd.lan", now, {"packets": 1})
    with pytest.raises(NotAtTheCounter):
        transfer(office, misdirected, now)
    office.do(misdirected, "take", "nv.mai", now, {"accepted": True})
    with pytest.raises(NotAtTheCounter):
        transfer(office, misdirected, now)


@pytest.mark.parametrize("username", ["bd.lan", "nv.son", "nv.thang", "quantri"])
def test_nobody_but_the_centres_manager_transfers(office, moment, misdirected, username):
    with pytest.raises(NotForManagers):
        transfer(office, misdirected, moment(MORNING), by=username)


def test_a_transfer_needs_a_reason(office, moment, misdirected):
    with pytest.raises(Required):
        transfer(office, misdirected, moment(MORNING), reason=" ")


@pytest.mark.parametrize("unit", ["NV", "UBND", "KHONGCO", "TTTT"])
def test_only_another_agency_that_decides_the_procedure_today_can_get_it(office, moment, misdirected, unit):
    with pytest.raises(WrongValue):
        transfer(office, misdirected, moment(MORNING), to=unit)


def test_a_procedure_that_one_agency_decides_has_nobody_to_go_to(office, moment):
    with pytest.raises(WrongValue):
        transfer(office, office.receive(moment(MORNING)), moment(MORNING))
