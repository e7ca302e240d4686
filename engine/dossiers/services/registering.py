"""Reception: the number, the due date, the book; or the refusal, or the guidance to complete the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalogue.rules import components_for, limit_for
from engine.dossiers import rules
from engine.dossiers.context import StepContext
from engine.dossiers.models import Channel, DocumentKind, EventKind, RequestedPaper
from engine.dossiers.numbers import allot_dossier_number, next_paper_number, next_serial
from engine.dossiers.services.telling import tell_applicant
from engine.organisation.models import Unit
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
    centre = _centre(context)
    dossier.receipt_number = next_paper_number(context.session, DocumentKind.RECEIPT, centre, today, centre.code)
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
    """Write down, under a number, what the applicant was asked to complete before acceptance (form 02); no clock runs.

    The rows of the paper are the required components that were not handed in; what else is wrong is in the reason.
    """
    number = _numbered(context, DocumentKind.SUPPLEMENT_REQUEST, "HDHS")
    context.session.add_all(_lacking(context))
    context.log(EventKind.INCOMPLETE, number=number, reason=context.answers.get("reason", ""))
    _tell_who_is_not_there(context, "incomplete")
    return {}


def record_refusal(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Write down, under a number, why the dossier was not accepted (form 03)."""
    number = _numbered(context, DocumentKind.REFUSAL, "TCHS")
    context.log(EventKind.REJECTED, number=number, reason=context.answers.get("reason", ""))
    _tell_who_is_not_there(context, "rejected")
    return {}


def _tell_who_is_not_there(context: StepContext, template: str) -> None:
    """Who filed online or by post gets the clerk's answer by e-mail; at the counter it is handed over on paper."""
    if context.dossier.channel != Channel.COUNTER:
        tell_applicant(context, template)


def _centre(context: StepContext) -> Unit:
    """Whose papers these are: the counters of one centre share its series and print its name."""
    counter = context.dossier.counter
    return counter.parent or counter


def _numbered(context: StepContext, kind: DocumentKind, suffix: str) -> str:
    return next_paper_number(context.session, kind, _centre(context), context.today, suffix)


def _lacking(context: StepContext) -> list[RequestedPaper]:
    """What the list asks for and nobody handed in with this reception."""
    asked = components_for(context.definition, context.facts)
    handed = [
        (one.code, one.originals + one.copies) for one in context.dossier.components if one.handed_in_at == context.now
    ]
    missing = rules.missing_components([(one.code, one.required) for one in asked], handed)
    return [
        RequestedPaper(
            dossier_id=context.dossier.id,
            asked_at=context.now,
            code=one.code,
            name=one.name,
            originals=one.originals,
            copies=one.copies,
        )
        for one in asked
        if one.code in missing
    ]
