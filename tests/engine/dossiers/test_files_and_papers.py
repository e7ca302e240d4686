"""Files that come in, papers that go out, and who looked at an identity number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine.dossiers.models import Document, DocumentKind, EventKind
from engine.dossiers.notifying import notify_applicant
from engine.dossiers.operations import (
    add_attachment,
    claim_task,
    complete_reception,
    make_document,
    receive_dossier,
    reveal_identity,
)
from engine.dossiers.queries import attachments_of, events_of
from engine.dossiers.refusals import FileRefused, NotYetReceived, UnknownDossier
from engine.dossiers.steps import lock
from tests.engine.dossiers.competition import second_after_the_first_commits, wait_until_blocked
from tests.engine.dossiers.conftest import Office

MORNING = "2026-03-10 09:40"
SCAN = b"%PDF-1.7\n%scan"


def test_a_scan_is_kept_with_its_digest_and_logged(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    clerk = office.actor("bd.lan", now)
    attachment = add_attachment(office.session, clerk, now, dossier.id, "to-khai.pdf", SCAN)
    office.session.flush()
    assert (attachment.media_type, attachment.size) == ("application/pdf", len(SCAN))
    assert [kept.file_name for kept in attachments_of(office.session, dossier.id)] == ["to-khai.pdf"]
    assert events_of(office.session, dossier.id)[-1].kind == EventKind.FILE_ADDED


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rong.pdf", b""),
        ("ma-doc.pdf", b"MZ\x90\x00"),
        ("trang.html", b"<html>"),
        ("to.pdf", b"%PDF-" + b"0" * 20_000_001),
    ],
)
def test_a_file_that_is_empty_too_large_or_not_a_document_is_refused(office, moment, name, content):
    now = moment(MORNING)
    dossier = office.receive(now)
    with pytest.raises(FileRefused) as refused:
        add_attachment(office.session, office.actor("bd.lan", now), now, dossier.id, name, content)
    assert name in refused.value.message("vi")
    assert attachments_of(office.session, dossier.id) == []


def test_a_stranger_can_neither_add_a_file_nor_print_a_paper(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    stranger = office.actor("vh.huong", now)
    with pytest.raises(UnknownDossier):
        add_attachment(office.session, stranger, now, dossier.id, "a.pdf", SCAN)
    with pytest.raises(UnknownDossier):
        make_document(office.session, stranger, now, dossier.id, DocumentKind.RECEIPT)


def test_the_receipt_is_made_once_and_printed_again_as_the_same_bytes(office, moment):
    now, later = moment(MORNING), moment("2026-03-11 10:00")
    dossier = office.receive(now)
    clerk = office.actor("bd.lan", now)
    first = make_document(office.session, clerk, now, dossier.id, DocumentKind.RECEIPT, "https://motcua.example")
    office.session.flush()
    again = make_document(office.session, clerk, later, dossier.id, DocumentKind.RECEIPT, "https://elsewhere.example")
    assert first.content.startswith(b"%PDF-")
    assert again.content == first.content


def test_a_paper_that_does_not_exist_yet_is_refused(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    clerk = office.actor("bd.lan", now)
    for kind in (DocumentKind.REFUSAL, DocumentKind.SUPPLEMENT_REQUEST):
        with pytest.raises(NotYetReceived):
            make_document(office.session, clerk, now, dossier.id, kind)


def test_the_control_slip_grows_with_every_hand_over(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    clerk = office.actor("bd.lan", now)
    before = make_document(office.session, clerk, now, dossier.id, DocumentKind.CONTROL_SLIP)
    office.session.flush()
    office.do(dossier, "give", "bd.lan", now, {"packets": 1})
    office.do(dossier, "take", "nv.mai", now, {"accepted": True})
    after = make_document(office.session, clerk, now, dossier.id, DocumentKind.CONTROL_SLIP)
    assert after.content != before.content


def test_who_reads_an_identity_number_stands_in_the_log(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    party = reveal_identity(office.session, office.actor("nv.dung", now), now, dossier.id)
    assert party.identity_number == "0102595740"
    office.session.flush()
    last = events_of(office.session, dossier.id)[-1]
    assert (last.kind, last.actor_name) == (EventKind.IDENTITY_READ, "Lý Tiến Dũng")


def test_a_later_request_for_papers_is_a_new_paper_and_the_guidance_at_the_counter_is_kept(office, moment):
    now, asked, answered = moment(MORNING), moment("2026-03-11 09:00"), moment("2026-03-13 09:00")
    whole, clerk = office.complete_reception(now), office.actor("bd.lan", now)
    lacking = replace(whole, components=whole.components[:1], decision="supplement", reason="Thiếu kết quả kiểm định")
    dossier = receive_dossier(office.session, clerk, now, lacking)

    def paper(at):
        made = make_document(office.session, clerk, at, dossier.id, DocumentKind.SUPPLEMENT_REQUEST)
        office.session.flush()
        return made

    guidance = paper(now)
    complete_reception(office.session, clerk, now, office.task(dossier, "receive_completed_dossier").id, whole)
    assert paper(now) is guidance
    office.do(dossier, "give", "bd.lan", asked, {"packets": 1})
    office.do(dossier, "take", "nv.mai", asked, {"accepted": True})
    office.do(dossier, "assign", "nv.son", asked, {"officer": "nv.hoa"})
    office.ask_for_papers(dossier, asked)
    request = paper(asked)
    assert request.content != guidance.content
    assert paper(answered) is request
    kept = select(Document).where(Document.dossier_id == dossier.id, Document.kind == DocumentKind.SUPPLEMENT_REQUEST)
    assert office.session.scalars(kept.order_by(Document.id)).all() == [guidance, request]


def test_the_log_can_be_read_on_from_its_last_entry_though_a_number_is_looked_at_during_a_step(
    committed_office, moment
):
    """An entry of the log is not seen later than one that stands behind it."""
    office, sessions = committed_office
    now = moment(MORNING)
    dossier = office.receive(now)
    office.session.commit()
    task = office.task(dossier, "give")

    def look() -> None:
        with sessions.begin() as session:
            reveal_identity(session, Office(session).actor("bd.lan", now), now, dossier.id)

    with ThreadPoolExecutor(1) as pool, sessions() as stepping:
        lock(stepping, dossier.id, now)
        looking = pool.submit(look)
        wait_until_blocked(sessions, stepping.scalar(select(func.pg_backend_pid())))
        claim_task(stepping, Office(stepping).actor("bd.lan", now), now, task.id)
        stepping.commit()
        looking.result(timeout=60)
    office.session.rollback()
    kinds = [event.kind for event in events_of(office.session, dossier.id)]
    assert kinds[-2:] == [EventKind.TASK_CLAIMED, EventKind.IDENTITY_READ]


def test_a_notice_takes_its_place_in_the_log_in_the_same_order(committed_office, moment):
    office, sessions = committed_office
    now = moment(MORNING)
    dossier = office.receive(now)
    office.session.commit()
    task = office.task(dossier, "give")

    def tell() -> None:
        with sessions.begin() as session:
            notify_applicant(session, now, dossier.id, "result_ready", None, "one")

    with ThreadPoolExecutor(1) as pool, sessions() as stepping:
        lock(stepping, dossier.id, now)
        telling = pool.submit(tell)
        wait_until_blocked(sessions, stepping.scalar(select(func.pg_backend_pid())))
        claim_task(stepping, Office(stepping).actor("bd.lan", now), now, task.id)
        stepping.commit()
        telling.result(timeout=60)
    office.session.rollback()
    kinds = [event.kind for event in events_of(office.session, dossier.id)]
    assert kinds[-2:] == [EventKind.TASK_CLAIMED, EventKind.NOTIFIED]


def test_two_who_print_a_paper_at_once_get_the_same_one(committed_office, moment):
    office, sessions = committed_office
    now = moment(MORNING)
    dossier = office.receive(now)
    office.session.commit()
    clerk = office.actor("bd.lan", now)

    def printed(session) -> bytes:
        return make_document(session, clerk, now, dossier.id, DocumentKind.RECEIPT).content

    second = second_after_the_first_commits(sessions, printed)
    (kept,) = office.session.scalars(select(Document).where(Document.dossier_id == dossier.id)).all()
    assert kept.content == second
