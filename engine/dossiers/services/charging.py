"""What a dossier costs and what was paid for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from engine.dossiers.context import StepContext
from engine.dossiers.models import Charge, EventKind, Payment, PaymentMethod
from engine.dossiers.numbers import next_serial
from engine.dossiers.refusals import ReceiptNumberUsed
from engine.workflow import ServiceCall


def record_charges(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Charge what `lines` (rows of the fees decision) come to beyond what is settled already, in place of what is not.

    Returns `fee_due` in VND, 0 when exempt. Money that was taken beyond what is due is logged for the counter: what is
    paid back is for a rule to say, and there is one for withdrawals only (domain 8).
    """
    dossier, session = context.dossier, context.session
    session.execute(delete(Charge).where(Charge.dossier_id == dossier.id, Charge.payment_id.is_(None)))
    settled = _settled(context)
    due = [_charge(dossier.id, line) for line in call.inputs.get("lines") or []]
    charges = [rest for charge in due if (rest := _beyond(charge, settled))]
    session.add_all(charges)
    total = sum(charge.amount for charge in charges)
    if charges:
        context.log(EventKind.CHARGED, total=total, lines=[[charge.name, charge.amount] for charge in charges])
    _note_overpaid(context, settled)
    if total and dossier.fee_exempt:
        _settle(context, PaymentMethod.EXEMPT, "", 0)
        return {"fee_due": 0}
    return {"fee_due": total}


def record_payment(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Take the money for every open charge; the method and the payer come from the payment task's answers."""
    amount = sum(context.session.scalars(select(Charge.amount).where(*_open_charges(context))))
    method = PaymentMethod(context.answers.get("method", PaymentMethod.CASH))
    payment = _settle(context, method, context.answers.get("payer") or "", 0 if method == "exempt" else amount)
    return {"paid": payment.amount}


def pay_back(context: StepContext) -> None:
    """Note that the money taken for this dossier goes back to the applicant, once; what was waived stays waived."""
    paid = [
        payment
        for payment in context.session.scalars(select(Payment).where(Payment.dossier_id == context.dossier.id))
        if payment.amount and payment.refunded_at is None
    ]
    for payment in paid:
        payment.refunded_at = context.now
        context.log(EventKind.REFUNDED, amount=payment.amount, receipt=payment.receipt_number)


def _settled(context: StepContext) -> Counter[str]:
    """What was charged and then paid or waived, by kind: the moneys never mix."""
    statement = (
        select(Charge.kind, Charge.amount)
        .join(Payment, Payment.id == Charge.payment_id)
        .where(Charge.dossier_id == context.dossier.id, Payment.refunded_at.is_(None))
    )
    settled: Counter[str] = Counter()
    for kind, amount in context.session.execute(statement):
        settled[kind] += amount
    return settled


def _beyond(charge: Charge, settled: Counter[str]) -> Charge | None:
    """What is left to charge of this line, whose settled part is taken off `settled`; None when it is settled whole.

    A rest that is no whole number of units is one amount.
    """
    covered = min(charge.amount, settled[charge.kind])
    settled[charge.kind] -= covered
    if not covered:
        return charge
    rest = charge.amount - covered
    if rest % charge.unit_amount:
        charge.unit_amount, charge.quantity = rest, 1
    else:
        charge.quantity = rest // charge.unit_amount
    charge.amount = rest
    return charge if rest else None


def _note_overpaid(context: StepContext, unused: Counter[str]) -> None:
    """Tell the counter when money was taken for more than is due now; what was waived was not taken."""
    taken = select(func.sum(Payment.amount)).where(
        Payment.dossier_id == context.dossier.id, Payment.refunded_at.is_(None)
    )
    excess = min(unused.total(), context.session.scalar(taken) or 0)
    if excess:
        context.log(EventKind.OVERPAID, amount=excess)


def _charge(dossier_id: int, line: Mapping[str, Any]) -> Charge:
    unit_amount, quantity = int(line["unit_amount"]), int(line["quantity"])
    return Charge(
        dossier_id=dossier_id,
        code=line["code"],
        kind=line["kind"],
        name=line["name"],
        name_en=line.get("name_en") or "",
        unit_amount=unit_amount,
        quantity=quantity,
        amount=unit_amount * quantity,
        legal_basis=line.get("legal_basis") or "",
    )


def _settle(context: StepContext, method: PaymentMethod, payer: str, amount: int) -> Payment:
    payment = Payment(
        dossier_id=context.dossier.id,
        method=method,
        amount=amount,
        receipt_number=_receipt_number(context),
        collected_by_id=context.actor.id if context.actor else None,
        collected_at=context.now,
    )
    context.session.add(payment)
    context.session.flush()
    context.session.execute(update(Charge).where(*_open_charges(context)).values(payment_id=payment.id))
    context.log(EventKind.PAID, method=method, amount=amount, receipt=payment.receipt_number, payer=payer)
    return payment


def _receipt_number(context: StepContext) -> str:
    """The number on the receipt that was handed out, or the counter's next one; a number is never used twice."""
    given = str(context.answers.get("receipt_number") or "").strip()
    if not given:
        serial = next_serial(context.session, f"payment/{context.dossier.counter.code}/{context.today:%Y}")
        return f"{context.dossier.counter.code}/{context.today:%y}-{serial:06d}"
    if context.session.scalar(select(exists().where(Payment.receipt_number == given))):
        raise ReceiptNumberUsed(number=given)
    return given


def _open_charges(context: StepContext) -> tuple[Any, ...]:
    return (Charge.dossier_id == context.dossier.id, Charge.payment_id.is_(None))
