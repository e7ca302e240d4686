"""Money that came without a clerk: the portal says so by a message, or the fee is waived with nobody acting."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.dossiers.models import Charge, EventKind, MessageState, Payment, PaymentMethod
from engine.dossiers.queries import events_of
from engine.dossiers.services.charging import record_charges
from engine.dossiers.steps import lock
from engine.workflow import ServiceCall
from tests.engine.dossiers.test_messages import Trial

PAID_ON_THE_PORTAL = """
<bpmn:boundaryEvent id="portal" name="Đã nộp trên Cổng" attachedToRef="work" cancelActivity="false">
  <bpmn:messageEventDefinition messageRef="m_decision"/>
</bpmn:boundaryEvent>
<bpmn:serviceTask id="book" name="Ghi thu" camunda:type="external" camunda:topic="record_payment"/>
<bpmn:endEvent id="booked"/>
<bpmn:sequenceFlow id="p1" sourceRef="portal" targetRef="book"/>
<bpmn:sequenceFlow id="p2" sourceRef="book" targetRef="booked"/>
"""

LINE = {"code": "fee", "kind": "phi", "name": "Phí thẩm định", "unit_amount": 650_000, "quantity": 1}


@pytest.fixture
def trial(office, tmp_path, moment):
    """A dossier with an open charge that waits for the message that it was paid."""
    trial = Trial(office, tmp_path, moment("2026-03-10 09:00"), PAID_ON_THE_PORTAL)
    trial.session.add(Charge(dossier_id=trial.dossier.id, amount=650_000, **LINE))
    trial.session.flush()
    return trial


def payment(trial):
    return trial.session.scalars(select(Payment).where(Payment.dossier_id == trial.dossier.id)).one()


@pytest.mark.parametrize("sender", [None, "quantri"])
def test_what_a_message_says_was_paid_came_from_the_portal_and_was_collected_by_nobody(trial, office, sender):
    actor = office.actor(sender, trial.now) if sender else None
    assert trial.send("decision_made", actor=actor).state == MessageState.DELIVERED
    trial.session.flush()
    paid = payment(trial)
    assert (paid.method, paid.amount, paid.collected_by_id) == (PaymentMethod.PORTAL, 650_000, None)
    assert paid.receipt_number
    charge = trial.session.scalars(select(Charge).where(Charge.dossier_id == trial.dossier.id)).one()
    assert charge.payment_id == paid.id
    (logged,) = [event for event in events_of(trial.session, trial.dossier.id) if event.kind == EventKind.PAID]
    assert logged.details["method"] == "portal"


def test_what_is_waived_with_nobody_acting_is_waived(trial):
    trial.dossier.fee_exempt = True
    context = lock(trial.session, trial.dossier.id, trial.now)
    charged = record_charges(context, ServiceCall("x", "x", "record_charges", {"lines": [LINE]}, {}))
    assert charged == {"fee_due": 0}
    waived = payment(trial)
    assert (waived.method, waived.amount, waived.collected_by_id) == (PaymentMethod.EXEMPT, 0, None)
