"""Asking the applicant for papers after acceptance: once, in writing, with the clock standing still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.catalogue.rules import components_for
from engine.dossiers.context import StepContext
from engine.dossiers.models import DocumentKind, EventKind, RequestedPaper, Supplement, Task
from engine.dossiers.numbers import next_paper_number
from engine.dossiers.queries import requests_left, supplements_of
from engine.dossiers.refusals import SupplementAlreadyAsked
from engine.dossiers.requests import request_text
from engine.dossiers.services.telling import tell_applicant
from engine.workflow import ServiceCall
from engine.worktime import Limit, SuspensionPolicy, resume_due


def open_supplement(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Ask the applicant for papers and stop the clock (domain 2.3: at most once after acceptance).

    What is asked for stands in the officer's draft; it becomes the rows of the agency's request (form 02), which gets
    its number here. The applicant is told of it. Raises SupplementAlreadyAsked the second time,
    unless the agency's leader has allowed it.
    """
    dossier, session = context.dossier, context.session
    if not requests_left(session, dossier.id):
        raise SupplementAlreadyAsked()
    draft = _draft(context)
    papers = _requested(context, draft)
    reason = _joined(str(draft.get("missing") or ""), draft.get("reason") or "")
    content = request_text(papers, reason, names={})
    session.add_all(papers)
    session.add(
        Supplement(
            dossier_id=dossier.id,
            ordinal=1 + len(supplements_of(session, dossier.id)),
            content=content,
            requested_by_id=context.actor.id if context.actor else None,
            requested_at=context.now,
            due_before=dossier.due_at,
        )
    )
    number = next_paper_number(session, DocumentKind.SUPPLEMENT_REQUEST, dossier.deciding_unit, context.today, "HDHS")
    context.log(EventKind.SUPPLEMENT_REQUESTED, number=number, content=content, reason=reason)
    stop_clock(context)
    tell_applicant(context, "supplement_requested")
    return {}


def close_supplement(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The papers have come: the clock goes on, by the waiting time or anew, as the procedure's law says."""
    dossier = context.dossier
    row = context.session.scalars(
        select(Supplement).where(Supplement.dossier_id == dossier.id, Supplement.answered_at.is_(None))
    ).one()
    row.answered_at = context.now
    context.log(EventKind.SUPPLEMENT_RECEIVED, note=context.answers.get("note") or "")
    resume_clock(context)
    row.due_after = dossier.due_at
    return {}


def expire_supplement(context: StepContext) -> None:
    """The papers asked for after acceptance did not come in time; guidance at the counter has no such row."""
    unanswered = select(Supplement).where(
        Supplement.dossier_id == context.dossier.id, Supplement.answered_at.is_(None), Supplement.expired_at.is_(None)
    )
    for row in context.session.scalars(unanswered):
        row.expired_at = context.now
        context.log(EventKind.SUPPLEMENT_EXPIRED)


def stop_clock(context: StepContext) -> None:
    """Let the clock stand still from now on; where it does already, nothing changes."""
    dossier = context.dossier
    if dossier.suspended_at is not None:
        return
    dossier.suspended_at = context.now
    context.log(EventKind.CLOCK_STOPPED, due_at=dossier.due_at.isoformat() if dossier.due_at else None)


def resume_clock(context: StepContext) -> None:
    """Let the clock go on after a suspension and log the new due date beside the old one."""
    dossier = context.dossier
    before, suspended_at = dossier.due_at, dossier.suspended_at
    if suspended_at is None:
        return
    if before is not None and dossier.limit_amount and dossier.limit_unit:
        dossier.due_at = resume_due(
            context.calendar,
            before,
            suspended_at,
            context.now,
            SuspensionPolicy(context.definition.properties.supplement_policy),
            Limit.read(dossier.limit_amount, dossier.limit_unit),
        )
    dossier.suspended_at = None
    context.facts["due_at"] = dossier.due_at
    context.log(
        EventKind.CLOCK_RESUMED,
        due_before=before.isoformat() if before else None,
        due_at=dossier.due_at.isoformat() if dossier.due_at else None,
    )


def _draft(context: StepContext) -> Mapping[str, Any]:
    """The answers of the officer's latest draft of the request."""
    answers = context.session.scalars(
        select(Task.answers)
        .where(Task.dossier_id == context.dossier.id, Task.element_id == "draft_supplement", Task.answers.is_not(None))
        .order_by(Task.completed_at.desc())
        .limit(1)
    ).one_or_none()
    return answers or {}


def _requested(context: StepContext, draft: Mapping[str, Any]) -> list[RequestedPaper]:
    """The papers that the draft names; dossiers of versions whose form had one text only have none."""
    names = {one.code: one.name for one in components_for(context.definition, context.facts)}
    return [
        RequestedPaper(
            dossier_id=context.dossier.id,
            asked_at=context.now,
            code=row["component"],
            name=names[row["component"]],
            wanted=row["wanted"],
            originals=row.get("originals") or 0,
            certified_copies=row.get("certified_copies") or 0,
            copies=row.get("copies") or 0,
        )
        for row in draft.get("papers") or []
    ]


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
