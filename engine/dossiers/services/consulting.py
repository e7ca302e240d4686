"""Asking other agencies: each has its own limit, silence is written down, and a late answer is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.dossiers.context import StepContext
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
    row = _open_request(context, unit)
    row.verdict = context.answers.get("opinion")
    row.content = context.answers.get("content") or ""
    row.answered_by_id = context.actor.id if context.actor else None
    row.answered_at = context.now
    context.log(EventKind.OPINION_GIVEN, agency=unit.name, opinion=row.verdict)
    return {}


def record_silence(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The limit has passed without an answer; what silence means is the procedure's matter."""
    unit = _agency(context, call)
    _open_request(context, unit).verdict = "silence"
    context.log(EventKind.OPINION_SILENT, agency=unit.name)
    return {}


def _agency(context: StepContext, call: ServiceCall) -> Unit:
    code = str(call.inputs["agency"])
    return unit_on(context.session, code, context.today, context.definition.properties.code)


def _open_request(context: StepContext, unit: Unit) -> Opinion:
    return context.session.scalars(
        select(Opinion)
        .where(Opinion.dossier_id == context.dossier.id, Opinion.unit_id == unit.id, Opinion.verdict.is_(None))
        .order_by(Opinion.id.desc())
        .limit(1)
    ).one()
