"""Reception: the number, the due date, the book; or the refusal, or the guidance to complete the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalogue.rules import limit_for
from engine.dossiers.context import StepContext
from engine.dossiers.models import EventKind
from engine.dossiers.numbers import allot_dossier_number, next_serial
from engine.workflow import ServiceCall
from engine.worktime import due_at


def register_dossier(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Accept the dossier: allot its number, fix its due date, enter it in the book (domain 2.2 step 3).

    The clock starts now, not at online filing, and the limit is the one of the version received under.
    """
    dossier, today = context.dossier, context.today
    context.facts["received_on"] = today
    legal = limit_for(context.definition, context.facts)
    dossier.received_at = context.now
    dossier.number = allot_dossier_number(context.session, dossier.deciding_unit_id, today)
    dossier.limit_amount, dossier.limit_unit = str(legal.limit.amount), legal.limit.unit
    dossier.limit_basis = legal.legal_basis
    dossier.original_due_at = dossier.due_at = due_at(context.calendar, context.now, legal.limit)
    dossier.book_entry = next_serial(context.session, f"book/{dossier.deciding_unit.code}/{today:%Y}")
    dossier.receipt_number = _receipt_number(context)
    context.facts["due_at"] = dossier.due_at
    context.log(
        EventKind.RECEIVED,
        number=dossier.number,
        due_at=dossier.due_at.isoformat() if dossier.due_at else None,
        limit=f"{dossier.limit_amount} {dossier.limit_unit}",
        calendar=context.calendar.version,
    )
    return {}


def record_incomplete(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Write down what the applicant was asked to complete before acceptance (form 02); no clock runs."""
    context.log(EventKind.INCOMPLETE, reason=context.answers.get("reason", ""))
    return {}


def record_refusal(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Write down why the dossier was not accepted (form 03)."""
    context.log(EventKind.REJECTED, reason=context.answers.get("reason", ""))
    return {}


def _receipt_number(context: StepContext) -> str:
    """The next number of the centre's receipts in the year: its counters share one series, and print its code."""
    counter = context.dossier.counter
    centre = counter.parent or counter
    serial = next_serial(context.session, f"receipt/{centre.code}/{context.today:%Y}")
    return f"{serial:02d}/{centre.code}"
