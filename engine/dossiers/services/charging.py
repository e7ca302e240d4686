"""What a dossier costs and what was paid for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, select, update

from engine.catalogue.properties import RefundRule
from engine.dossiers.context import StepContext
from engine.dossiers.models import Charge, EventKind, Payment, PaymentMethod, Refund
from engine.dossiers.numbers import next_serial
from engine.dossiers.refusals import ReceiptNumberUsed
from engine.dossiers.services.telling import tell_applicant
from engine.organisation.actors import Actor
from engine.workflow import ServiceCall

Moneys = Counter[str]
"""Amounts in VND by kind of charge: the three moneys never mix."""


def record_charges(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Charge what `lines` (rows of the fees decision) come to beyond what is settled already, in place of what is not.

    Returns `fee_due` in VND, 0 when exempt. Money that was taken beyond what is due goes back where the procedure's
    rule says so (domain 8), and is logged for the counter where it does not.
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
    _deal_with_excess(context, settled)
    if total and dossier.fee_exempt:
        _settle(context, context.actor, PaymentMethod.EXEMPT, "", 0)
        return {"fee_due": 0}
    return {"fee_due": total}


def record_payment(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Take the money for every open charge; the method and the payer come from the payment task's answers.

    Without a task a message has said that the money came: it was paid online, and nobody has collected it.
    """
    amount = sum(context.session.scalars(select(Charge.amount).where(*_open_charges(context))))
    collector, usual = (context.actor, PaymentMethod.CASH) if context.task else (None, PaymentMethod.PORTAL)
    method = PaymentMethod(context.answers.get("method", usual))
    payer, taken = context.answers.get("payer") or "", 0 if method == PaymentMethod.EXEMPT else amount
    payment = _settle(context, collector, method, payer, taken)
    return {"paid": payment.amount}


def pay_back(context: StepContext) -> None:
    """Note that the money taken for this dossier goes back to the applicant, once; what was waived stays waived."""
    taken = _taken(context)
    _give_back(context, taken, sum(taken.values(), Counter()))


def _give_back(context: StepContext, taken: Mapping[Payment, Moneys], wanted: Moneys) -> None:
    """Give back what is `wanted` of what was `taken`, the newest payment first."""
    left = wanted.copy()
    for payment, kept in sorted(taken.items(), key=lambda pair: pair[0].id, reverse=True):
        back = kept & left
        left -= back
        rows = [
            Refund(payment_id=payment.id, kind=kind, amount=amount, refunded_at=context.now)
            for kind, amount in back.items()
        ]
        context.session.add_all(rows)
        if rows:
            context.log(EventKind.REFUNDED, amount=back.total(), receipt=payment.receipt_number)


def _settled(context: StepContext) -> Moneys:
    """What was charged and then paid or waived, less what went back."""
    charges = select(Charge.kind, Charge.amount).where(
        Charge.dossier_id == context.dossier.id, Charge.payment_id.is_not(None)
    )
    settled: Moneys = Counter()
    for kind, amount in context.session.execute(charges):
        settled[kind] += amount
    return settled - sum(_refunded(context).values(), Counter())


def _taken(context: StepContext) -> dict[Payment, Moneys]:
    """What was taken with each payment, less what went back; what was waived was not taken."""
    charges = (
        select(Payment, Charge.kind, Charge.amount)
        .join(Charge, Charge.payment_id == Payment.id)
        .where(Payment.dossier_id == context.dossier.id, Payment.method != PaymentMethod.EXEMPT)
    )
    taken: dict[Payment, Moneys] = defaultdict(Counter)
    for payment, kind, amount in context.session.execute(charges):
        taken[payment][kind] += amount
    refunded = _refunded(context)
    return {payment: moneys - refunded[payment.id] for payment, moneys in taken.items()}


def _refunded(context: StepContext) -> dict[int, Moneys]:
    """What went back, by payment."""
    rows = select(Refund).join(Payment).where(Payment.dossier_id == context.dossier.id)
    refunded: dict[int, Moneys] = defaultdict(Counter)
    for row in context.session.scalars(rows):
        refunded[row.payment_id][row.kind] += row.amount
    return refunded


def _beyond(charge: Charge, settled: Moneys) -> Charge | None:
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


def _deal_with_excess(context: StepContext, unused: Moneys) -> None:
    """Money was perhaps taken for more than is due now: give it back, or tell the counter."""
    if not unused.total():
        return
    taken = _taken(context)
    excess = unused & sum(taken.values(), Counter())
    if not excess:
        return
    if context.definition.properties.excess_refund is RefundRule.FULL:
        _give_back(context, taken, excess)
        tell_applicant(context, "excess_refunded")
    else:
        context.log(EventKind.OVERPAID, amount=excess.total())


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


def _settle(context: StepContext, collector: Actor | None, method: PaymentMethod, payer: str, amount: int) -> Payment:
    payment = Payment(
        dossier_id=context.dossier.id,
        method=method,
        amount=amount,
        receipt_number=_receipt_number(context),
        collected_by_id=collector.id if collector else None,
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
