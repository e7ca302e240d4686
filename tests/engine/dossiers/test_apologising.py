"""A result that does not come in time: the leader apologises once, with a reason and a new day; late stays late."""

from __future__ import annotations

import re
from datetime import date

import pypdfium2
import pytest
from sqlalchemy import text

from engine.dossiers.models import DocumentKind, EventKind
from engine.dossiers.notices import write_notice
from engine.dossiers.operations import apologise, make_document
from engine.dossiers.queries import events_of
from engine.dossiers.refusals import (
    AlreadyClosed,
    AlreadyPromised,
    NotForLeaders,
    NothingToApologiseFor,
    NotYetReceived,
    Required,
    UnknownDossier,
    WrongValue,
)
from engine.dossiers.standing import without_owner

MORNING, DAY_BEFORE, TOO_LATE = "2026-03-09 08:30", "2026-03-13 09:00", "2026-03-17 10:00"
"""Received on a Monday, due on the Monday after it at 08:30."""

NEW_DAY = date(2026, 3, 20)
WHY = "Phải xác minh lại kết quả kiểm định"


def promise(office, dossier, now, *, by="nv.thang", reason=WHY, day=NEW_DAY):
    apologise(office.session, office.actor(by, now), now, dossier.id, reason, day)
    office.session.flush()


def letter(office, dossier, now):
    document = make_document(office.session, office.actor("bd.lan", now), now, dossier.id, DocumentKind.APOLOGY)
    office.session.flush()
    pages = pypdfium2.PdfDocument(document.content)
    return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in pages))


def test_the_promise_ends_with_the_office_hours_and_the_due_date_stays(office, moment):
    dossier, now = office.examine(moment(MORNING)), moment(DAY_BEFORE)
    due = dossier.due_at
    promise(office, dossier, now)
    assert dossier.promised_at == moment("2026-03-20 17:00")
    assert dossier.due_at == dossier.original_due_at == due == moment("2026-03-16 08:30")
    assert without_owner(office.session, now) == []
    last = events_of(office.session, dossier.id)[-1]
    assert (last.kind, last.actor_name, last.details["reason"]) == (EventKind.APOLOGISED, "Hứa Đức Thắng", WHY)
    assert (last.details["number"], last.details["late"]) == ("01/PXL", False)


def test_the_letter_before_the_due_date_says_original_date_reason_and_new_date(office, moment):
    dossier, now = office.examine(moment(MORNING)), moment(DAY_BEFORE)
    promise(office, dossier, now)
    said = letter(office, dossier, now)
    assert "Số: 01/PXL" in said
    assert "đề nghị gia hạn thời gian giải quyết".upper() in said.upper()
    assert "Thời gian hẹn trả kết quả: 08 giờ 30 phút, ngày 16 tháng 3 năm 2026" in said
    assert "Sở Nội vụ chưa thể trả kết quả" in said
    assert f"Lý do: {WHY}" in said
    assert "17 giờ 00 phút, ngày 20 tháng 3 năm 2026" in said
    assert "Hứa Đức Thắng" in said
    assert "Mẫu số 04 ban hành kèm theo Thông tư số 03/2025/TT-VPCP" in said


def test_the_letter_after_the_due_date_says_that_it_is_over(office, moment):
    dossier, now = office.examine(moment(MORNING)), moment(TOO_LATE)
    promise(office, dossier, now)
    assert "đến nay, Sở Nội vụ chưa trả kết quả" in letter(office, dossier, now)


def test_a_dossier_received_under_the_old_circular_gets_its_form(office, moment):
    dossier = office.examine(moment("2025-09-08 08:30"))
    now = moment("2025-09-15 09:00")
    promise(office, dossier, now, day=date(2025, 9, 22))
    said = letter(office, dossier, now)
    assert "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in said
    assert "Mẫu số 04 ban hành kèm theo Thông tư số 01/2018/TT-VPCP" in said


def test_without_an_apology_there_is_no_letter(office, moment):
    dossier = office.examine(moment(MORNING))
    with pytest.raises(NotYetReceived):
        letter(office, dossier, moment(MORNING))


def test_the_applicant_is_told_in_both_languages(office, moment):
    dossier = office.examine(moment(MORNING))
    promise(office, dossier, moment(DAY_BEFORE))
    job = text("SELECT args->>'template' FROM procrastinate_jobs WHERE task_name = 'notify_applicant'")
    assert office.session.scalars(job).all() == ["apology"]
    subject, said = write_notice(office.session, dossier, "apology")
    assert dossier.number in subject
    assert f"đúng thời gian đã hẹn là 08:30 16/03/2026. Lý do: {WHY}" in said
    assert "The new time is 17:00 20/03/2026. The letter, no. 01/PXL" in said


def test_a_new_date_is_promised_once(office, moment):
    dossier = office.examine(moment(MORNING))
    promise(office, dossier, moment(DAY_BEFORE))
    with pytest.raises(AlreadyPromised) as refused:
        promise(office, dossier, moment(TOO_LATE), day=date(2026, 3, 27))
    assert dossier.promised_at == moment("2026-03-20 17:00")
    assert "đã được hẹn lại đến 2026-03-20" in refused.value.message("vi")


@pytest.mark.parametrize("username", ["nv.hoa", "nv.son", "bd.lan", "tt.minh", "quantri"])
def test_nobody_but_the_agencys_leader_apologises_for_it(office, moment, username):
    with pytest.raises(NotForLeaders):
        promise(office, office.examine(moment(MORNING)), moment(DAY_BEFORE), by=username)


def test_the_leader_of_another_agency_does_not_know_the_dossier(office, moment):
    with pytest.raises(UnknownDossier):
        promise(office, office.examine(moment(MORNING)), moment(DAY_BEFORE), by="vh.cuong")


def test_an_apology_has_a_reason(office, moment):
    with pytest.raises(Required):
        promise(office, office.examine(moment(MORNING)), moment(DAY_BEFORE), reason=" \n")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (DAY_BEFORE, date(2026, 3, 16)),
        (DAY_BEFORE, date(2026, 3, 12)),
        (TOO_LATE, date(2026, 3, 17)),
        (DAY_BEFORE, date(2026, 3, 21)),
        (DAY_BEFORE, date(2026, 4, 30)),
    ],
    ids=["the due day", "before it", "today", "a Saturday", "a holiday"],
)
def test_the_new_day_is_a_working_day_after_the_due_date_and_after_today(office, moment, now, day):
    with pytest.raises(WrongValue):
        promise(office, office.examine(moment(MORNING)), moment(now), day=day)


def test_while_the_applicant_is_awaited_no_due_date_can_be_missed(office, moment):
    dossier, now = office.examine(moment(MORNING)), moment(DAY_BEFORE)
    office.ask_for_papers(dossier, now)
    with pytest.raises(NothingToApologiseFor):
        promise(office, dossier, now)


def test_after_the_issue_there_is_nothing_to_promise_and_after_the_end_nothing_to_change(office, moment):
    dossier, now = office.examine(moment(MORNING)), moment(TOO_LATE)
    office.do(dossier, "examine", "nv.hoa", now, {"decision": "approve", "inspection_valid": True})
    office.do(dossier, "review", "nv.son", now, {"decision": "approve"})
    office.do(dossier, "sign", "nv.thang", now, {"decision": "sign"})
    office.do(dossier, "issue", "nv.mai", now, {"document_number": "1/GXN", "document_date": "2026-03-17"})
    with pytest.raises(NothingToApologiseFor):
        promise(office, dossier, now)
    office.do(dossier, "take_result", "bd.lan", now, {"packets": 1})
    office.do(dossier, "return_to_applicant", "bd.lan", now, {"method": "counter", "recipient_name": "Vi Văn Sỹ"})
    with pytest.raises(AlreadyClosed):
        promise(office, dossier, now)
