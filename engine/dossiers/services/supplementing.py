"""Asking the applicant for papers after acceptance: once, in writing, with the clock standing still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from engine.dossiers.context import StepContext
from engine.dossiers.models import EventKind, Supplement, Task
from engine.dossiers.refusals import SupplementAlreadyAsked
from engine.dossiers.services.telling import tell_applicant
from engine.workflow import ServiceCall
from engine.worktime import Limit, SuspensionPolicy, resume_due


def open_supplement(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Ask the applicant for papers and stop the clock (domain 2.3: at most once after acceptance).

    What is asked for stands in the officer's draft, and the applicant is told of it. Raises SupplementAlreadyAsked the
    second time.
    """
    dossier, session = context.dossier, context.session
    asked = session.scalar(select(func.count()).where(Supplement.dossier_id == dossier.id))
    if asked:
        raise SupplementAlreadyAsked()
    draft = _draft(context)
    content = "\n".join(part for part in (_lines(draft.get("missing")), draft.get("reason") or "") if part)
    session.add(
        Supplement(
            dossier_id=dossier.id,
            ordinal=1,
            content=content,
            requested_by_id=context.actor.id if context.actor else None,
            requested_at=context.now,
            due_before=dossier.due_at,
        )
    )
    context.log(EventKind.SUPPLEMENT_REQUESTED, content=content)
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


def _lines(missing: object) -> str:
    if isinstance(missing, list):
        return "\n".join(f"- {part}" for part in missing)
    return str(missing or "")
