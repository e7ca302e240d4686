"""Fees before the work: what is charged, how it is settled, and that no receipt number serves twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.dossiers.models import Charge, Payment, PaymentMethod
from engine.dossiers.operations import preview_reception
from engine.dossiers.queries import open_tasks
from engine.dossiers.reception import PartyDetails, Reception
from engine.dossiers.refusals import ReceiptNumberUsed

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
