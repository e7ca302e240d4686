"""Asking other agencies: each has its own limit, silence is written down, and a late answer is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.dossiers.context import StepContext, local_date
from engine.dossiers.models import EventKind, Opinion
from engine.organisation.models import Unit
from engine.organisation.queries import unit_on
from engine.workflow import ServiceCall


def record_opinion_request(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """One agency is asked; input `agency` is its unit code."""
    unit = _agency(context, call)
    context.session.add(Opinion(dossier_id=context.dossier.id, unit_id=unit.id, asked_at=context.now))
    context.log(EventKind.OPINION_REQUESTED, agency=unit.name, code=unit.code)
    return {}


def record_opinion(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The agency of the task just completed has answered."""
    unit = _agency(context, call)
    row = _open_request(context, call)
    row.verdict = context.answers.get("opinion")
    row.content = context.answers.get("content") or ""
    row.answered_by_id = context.actor.id if context.actor else None
    row.answered_at = context.now
    context.log(EventKind.OPINION_GIVEN, agency=unit.name, opinion=row.verdict)
    return {}


def record_silence(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The limit has passed without an answer; what silence means is the procedure's matter."""
    unit = _agency(context, call)
    _open_request(context, call).verdict = "silence"
    context.log(EventKind.OPINION_SILENT, agency=unit.name)
    return {}


def _agency(context: StepContext, call: ServiceCall, on: date | None = None) -> Unit:
    """The unit that `agency` names today, or named `on` an earlier day."""
    code = str(call.inputs["agency"])
    return unit_on(context.session, code, on or context.today, context.definition.properties.code)


def _open_request(context: StepContext, call: ServiceCall) -> Opinion:
    """The newest request to the agency without an answer: to the body that it was when it was asked, which may have
    ended since."""
    unanswered = select(Opinion).where(Opinion.dossier_id == context.dossier.id, Opinion.verdict.is_(None))
    requests = context.session.scalars(unanswered.order_by(Opinion.id.desc())).all()
    return next(row for row in requests if row.unit_id == _agency(context, call, local_date(row.asked_at)).id)
