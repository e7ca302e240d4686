"""Fees before the work: what is charged, how it is settled, and that no receipt number serves twice."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pypdfium2
import pytest
from sqlalchemy import select, text

from engine.catalogue.properties import RefundRule
from engine.dossiers.models import Charge, DocumentKind, EventKind, Payment, PaymentMethod
from engine.dossiers.notices import write_notice
from engine.dossiers.operations import make_document, preview_reception
from engine.dossiers.queries import events_of, open_tasks, refunds_of
from engine.dossiers.reception import PartyDetails, Reception
from engine.dossiers.refusals import ReceiptNumberUsed
from engine.dossiers.services.charging import pay_back, record_charges, record_payment
from engine.dossiers.steps import lock
from engine.workflow import ServiceCall

MORNING = "2026-03-10 09:40"

GUIDE = Reception(
    procedure_code="1.004623",
    applicant=PartyDetails(
        "person", "Nông Thị Hướng", "citizen_id", "020185001234", phone="0912345678", address="Phường Kỳ Lừa"
    ),
    facts={
        "case": "new",
        "card_type": "domestic",
        "health_certificate_on": "2026-03-01",
        "photos": 2,
    },
)


def receive(office, now, **changes):
    return office.receive(now, replace(GUIDE, **changes))


def test_the_fee_is_shown_before_saving_and_charged_at_acceptance(office, moment):
    now = moment(MORNING)
    preview = preview_reception(office.session, office.actor("bd.lan", now), now, GUIDE)
    dossier = receive(office, now)
    office.session.flush()
    charges = office.session.scalars(select(Charge).where(Charge.dossier_id == dossier.id)).all()
    assert preview.fee_total == sum(charge.amount for charge in charges) == 650_000
    assert [task.element_id for task in open_tasks(office.session, dossier.id)] == ["collect_payment"]


def test_a_payment_settles_every_charge(office, moment):
    now = moment(MORNING)
    dossier = receive(office, now)
    office.do(dossier, "collect_payment", "bd.lan", now, {"method": "cash", "receipt_number": "LH-0009"})
    office.session.flush()
    payment = office.session.scalars(select(Payment).where(Payment.dossier_id == dossier.id)).one()
    charge = office.session.scalars(select(Charge).where(Charge.dossier_id == dossier.id)).one()
    assert (payment.amount, charge.payment_id) == (650_000, payment.id)
    assert payment.receipt_number == "LH-0009"


def printed_receipt(office, dossier, now):
    paper = make_document(office.session, office.actor("bd.lan", now), now, dossier.id, DocumentKind.RECEIPT)
    office.session.flush()
    pages = pypdfium2.PdfDocument(paper.content)
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_the_receipt_printed_again_after_the_payment_says_that_it_was_paid(office, moment):
    received, paid, later = moment(MORNING), moment("2026-03-10 10:15"), moment("2026-03-11 08:30")
    dossier = receive(office, received)
    assert "chưa thanh toán" in printed_receipt(office, dossier, received)
    office.do(dossier, "collect_payment", "bd.lan", paid, {"method": "cash", "receipt_number": "LH-0010"})
    again = printed_receipt(office, dossier, later)
    assert "đã thanh toán" in again
    assert "chưa thanh toán" not in again
    papers = [event for event in events_of(office.session, dossier.id) if event.kind == EventKind.PAPER_MADE]
    assert printed_receipt(office, dossier, moment("2026-03-12 08:30")) == again
    assert len(papers) == 2, "the second is kept and printed again as it is"


def test_the_receipt_of_who_is_exempt_says_so(office, moment):
    now = moment(MORNING)
    said = printed_receipt(office, receive(office, now, fee_exempt=True), now)
    assert "được miễn" in said
    assert "thanh toán" not in said


def test_charges_carry_the_english_name_of_their_fee(office, moment):
    dossier = receive(office, moment(MORNING))
    charge = office.session.scalars(select(Charge).where(Charge.dossier_id == dossier.id)).one()
    assert charge.name_en == "Appraisal fee for the domestic tour guide card"


def test_a_receipt_number_cannot_be_used_twice(office, moment):
    now = moment(MORNING)
    first, second = receive(office, now), receive(office, now)
    office.do(first, "collect_payment", "bd.lan", now, {"method": "cash", "receipt_number": "LH-0001"})
    with pytest.raises(ReceiptNumberUsed) as refused:
        office.do(second, "collect_payment", "bd.lan", now, {"method": "cash", "receipt_number": "LH-0001"})
    assert "LH-0001" in refused.value.message("vi")


def test_who_is_exempt_pays_nothing_but_the_waiver_is_recorded(office, moment):
    now = moment(MORNING)
    dossier = receive(office, now, fee_exempt=True)
    office.session.flush()
    payment = office.session.scalars(select(Payment).where(Payment.dossier_id == dossier.id)).one()
    assert (payment.method, payment.amount) == (PaymentMethod.EXEMPT, 0)
    assert payment.receipt_number == "QUAY1/26-000001"
    assert [task.element_id for task in open_tasks(office.session, dossier.id)] == ["give"]


def line(pages: int, kind: str = "phi", unit_amount: int = 15_000) -> dict[str, object]:
    return {"code": kind, "kind": kind, "name": "Phí", "unit_amount": unit_amount, "quantity": pages}


def charged_again(office, dossier, now, *lines, rule=RefundRule.NONE) -> int:
    """What is due after the lines were decided anew, under a procedure with this rule about an excess."""
    context = lock(office.session, dossier.id, now, office.actor("bd.lan", now))
    properties = replace(context.definition.properties, excess_refund=rule)
    context = replace(context, definition=replace(context.definition, properties=properties))
    due = record_charges(context, ServiceCall("x", "x", "record_charges", {"lines": list(lines)}, {}))["fee_due"]
    office.session.flush()
    return due


def paid_now(office, dossier, now, receipt) -> None:
    """Take the money for what is unpaid, as the payment task does."""
    context = lock(office.session, dossier.id, now, office.actor("bd.lan", now))
    context.answers = {"method": "cash", "receipt_number": receipt}
    record_payment(context, ServiceCall("x", "x", "record_payment", {}, {}))


def logged(office, dossier, kind) -> list[dict[str, object]]:
    return [event.details for event in events_of(office.session, dossier.id) if event.kind == kind]


def overpaid(office, dossier) -> list[object]:
    return [details["amount"] for details in logged(office, dossier, EventKind.OVERPAID)]


def refunds(office, dossier) -> list[tuple[str, str, int]]:
    office.session.flush()
    found = refunds_of(office.session, dossier.id)
    return [(refund.payment.receipt_number, refund.kind, refund.amount) for refund in found]


def paid_650_000(office, now, **changes):
    dossier = receive(office, now, **changes)
    if not changes:
        office.do(dossier, "collect_payment", "bd.lan", now, {"method": "cash", "receipt_number": "LH-0101"})
    office.session.flush()
    return dossier


def unpaid(office, dossier) -> list[tuple[int, int, int]]:
    found = office.session.scalars(select(Charge).where(Charge.dossier_id == dossier.id, Charge.payment_id.is_(None)))
    return [(charge.quantity, charge.unit_amount, charge.amount) for charge in found]


@pytest.mark.parametrize(
    ("pages", "unit_amount", "rest"),
    [(70, 10_000, [(5, 10_000, 50_000)]), (65, 10_000, []), (44, 15_000, [(1, 10_000, 10_000)])],
)
def test_only_what_is_due_beyond_the_payment_is_charged(office, moment, pages, unit_amount, rest):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    assert charged_again(office, dossier, now, line(pages, kind, unit_amount)) == sum(amount for *_, amount in rest)
    assert unpaid(office, dossier) == rest
    assert charged_again(office, dossier, now, line(pages, kind, unit_amount)) == sum(amount for *_, amount in rest)
    assert overpaid(office, dossier) == []


def test_what_was_paid_beyond_what_is_due_is_logged_for_the_counter(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    assert charged_again(office, dossier, now, line(40, kind)) == 0
    assert overpaid(office, dossier) == [50_000]
    assert refunds(office, dossier) == []


def test_what_was_paid_beyond_what_is_due_goes_back_where_the_rule_says_so(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    assert charged_again(office, dossier, now, line(40, kind), rule=RefundRule.FULL) == 0
    assert refunds(office, dossier) == [("LH-0101", kind, 50_000)]
    assert logged(office, dossier, EventKind.REFUNDED) == [{"amount": 50_000, "receipt": "LH-0101"}]
    assert overpaid(office, dossier) == []
    _, told = write_notice(office.session, dossier, "excess_refunded")
    assert "Số tiền nộp thừa 50.000 đồng được hoàn lại." in told
    assert "mang theo biên lai số LH-0101." in told
    assert "The difference, 50.000 VND, goes back to you." in told
    jobs = text("SELECT args->>'template' FROM procrastinate_jobs WHERE task_name = 'notify_applicant'")
    assert office.session.scalars(jobs).all() == ["excess_refunded"]


def test_an_excess_goes_back_once_and_counts_no_longer_as_paid(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    for _ in range(2):
        assert charged_again(office, dossier, now, line(40, kind), rule=RefundRule.FULL) == 0
        assert refunds(office, dossier) == [("LH-0101", kind, 50_000)]
    assert charged_again(office, dossier, now, line(42, kind), rule=RefundRule.FULL) == 30_000
    assert charged_again(office, dossier, now, line(30, kind), rule=RefundRule.FULL) == 0
    assert refunds(office, dossier) == [("LH-0101", kind, 50_000), ("LH-0101", kind, 150_000)]


def test_an_excess_goes_back_of_the_newest_payment_first(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    charged_again(office, dossier, now, line(50, kind))
    paid_now(office, dossier, now, "LH-0102")
    assert charged_again(office, dossier, now, line(38, kind), rule=RefundRule.FULL) == 0
    assert refunds(office, dossier) == [("LH-0102", kind, 100_000), ("LH-0101", kind, 80_000)]
    withdrawn = lock(office.session, dossier.id, now)
    pay_back(withdrawn)
    pay_back(withdrawn)
    office.session.flush()
    assert refunds(office, dossier)[2:] == [("LH-0101", kind, 570_000)]


def test_postage_that_was_paid_never_goes_back_for_a_fee(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    fee, postage = line(1, kind, 650_000), line(1, "cuoc", 30_000)
    assert charged_again(office, dossier, now, fee, postage) == 30_000
    paid_now(office, dossier, now, "LH-0102")
    assert charged_again(office, dossier, now, line(1, kind, 600_000), postage, rule=RefundRule.FULL) == 0
    assert refunds(office, dossier) == [("LH-0101", kind, 50_000)]


@pytest.mark.parametrize("rule", RefundRule)
def test_what_was_waived_does_not_go_back_although_other_money_was_taken(office, moment, rule):
    now = moment(MORNING)
    dossier = paid_650_000(office, now, fee_exempt=True)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    dossier.fee_exempt = False
    postage = line(1, "cuoc", 30_000)
    assert charged_again(office, dossier, now, line(1, kind, 650_000), postage) == 30_000
    paid_now(office, dossier, now, "LH-0102")
    assert charged_again(office, dossier, now, line(1, kind, 600_000), postage, rule=rule) == 0
    assert (refunds(office, dossier), overpaid(office, dossier)) == ([], [])


def test_a_fee_that_was_paid_settles_no_charge_of_another_kind(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    other = "le_phi" if kind == "phi" else "phi"
    assert charged_again(office, dossier, now, line(10, other)) == 150_000
    assert overpaid(office, dossier) == [650_000]


def test_what_was_waived_is_neither_charged_again_nor_overpaid(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now, fee_exempt=True)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    assert charged_again(office, dossier, now, line(40, kind)) == 0
    assert overpaid(office, dossier) == []
    assert charged_again(office, dossier, now, line(50, kind)) == 0
    assert unpaid(office, dossier) == []


def test_money_that_went_back_counts_no_longer(office, moment):
    now = moment(MORNING)
    dossier = paid_650_000(office, now)
    (kind,) = office.session.scalars(select(Charge.kind).where(Charge.dossier_id == dossier.id))
    pay_back(lock(office.session, dossier.id, now))
    assert charged_again(office, dossier, now, line(40, kind)) == 600_000
    assert overpaid(office, dossier) == []
