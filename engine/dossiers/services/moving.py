"""The dossier changes hands between counter and agency: the rows of the control slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.dossiers.context import StepContext
from engine.dossiers.models import EventKind, HandOver
from engine.workflow import ServiceCall


def record_hand_over(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The counter gives the dossier to the agency; the row stays open until the agency has taken it."""
    assert context.actor is not None
    row = HandOver(
        dossier_id=context.dossier.id,
        from_unit_id=context.dossier.counter_id,
        to_unit_id=context.dossier.deciding_unit_id,
        given_by_id=context.actor.id,
        given_at=context.now,
        note=context.answers.get("note") or "",
    )
    context.session.add(row)
    context.log(EventKind.HANDED_OVER, to=context.dossier.deciding_unit.name, packets=context.answers.get("packets"))
    return {}


def record_take_over(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The agency takes the dossier, or sends it back with a reason, which counts as an error at the counter."""
    assert context.actor is not None
    row = context.session.scalars(
        select(HandOver)
        .where(HandOver.dossier_id == context.dossier.id, HandOver.taken_at.is_(None))
        .order_by(HandOver.id.desc())
        .limit(1)
    ).one()
    accepted = bool(context.answers.get("accepted"))
    row.taken_by_id, row.taken_at, row.accepted = context.actor.id, context.now, accepted
    if accepted:
        context.log(EventKind.TAKEN_OVER, unit=context.dossier.deciding_unit.name)
    else:
        row.note = context.answers.get("reason") or ""
        context.log(EventKind.SENT_BACK, unit=context.dossier.deciding_unit.name, reason=row.note)
    return {}
