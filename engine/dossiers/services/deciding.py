"""Signing, issuing, returning and stopping: the moments that a dossier's statistics are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalogue.properties import RefundRule
from engine.dossiers.context import StepContext
from engine.dossiers.models import EventKind, ReturnMethod
from engine.dossiers.services.charging import pay_back
from engine.dossiers.services.moving import give
from engine.dossiers.services.supplementing import expire_supplement
from engine.dossiers.services.telling import tell_applicant
from engine.workflow import ServiceCall


def record_signature(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The result is signed; from now on the dossier can no longer be withdrawn (domain 2.3)."""
    context.dossier.signed_at = context.now
    context.dossier.result_kind = _result_kind(call)
    context.log(EventKind.SIGNED, result=context.dossier.result_kind)
    return {}


def record_issue(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The result has its number and date and leaves for the counter: processing ends here, and lateness is judged by
    this moment (domain 9)."""
    dossier = context.dossier
    dossier.processing_ended_at = context.now
    dossier.result_number = context.answers.get("document_number")
    dossier.result_kind = _result_kind(call)
    give(context, context.task.unit_id if context.task else dossier.deciding_unit_id, dossier.counter_id)
    context.log(
        EventKind.ISSUED,
        number=dossier.result_number,
        date=context.answers.get("document_date"),
        result=dossier.result_kind,
    )
    return {}


def record_return(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The result is in the applicant's hands, on its way by post, or published online."""
    dossier, answers = context.dossier, context.answers
    dossier.returned_at = context.now
    method = ReturnMethod(answers.get("method") or dossier.return_method)
    context.log(
        EventKind.RETURNED,
        method=method,
        recipient=answers.get("recipient_name") or "",
        tracking_number=answers.get("tracking_number") or "",
    )
    return {}


def stop_dossier(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Processing is stopped: withdrawn, or the papers asked for did not come in time (input `reason`).

    The applicant is told. What a withdrawal gives back of the fees is the procedure's matter (domain 2.3).
    """
    dossier, reason = context.dossier, str(call.inputs.get("reason") or "")
    dossier.processing_ended_at = dossier.processing_ended_at or (context.now if dossier.received_at else None)
    dossier.suspended_at = None
    if reason == "supplement_expired":
        expire_supplement(context)
    context.log(EventKind.STOPPED, reason=reason)
    if reason == "withdrawn" and context.definition.properties.withdrawal_refund is RefundRule.FULL:
        pay_back(context)
    tell_applicant(context, reason)
    return {}


def record_fact(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Write the inputs into the event log as a note."""
    context.log(EventKind.NOTED, **{name: value for name, value in call.inputs.items()})
    return {}


def _result_kind(call: ServiceCall) -> str:
    return "refusal" if call.inputs.get("outcome") == "refuse" else "approval"
