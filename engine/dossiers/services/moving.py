"""The dossier changes hands between counter and agency: the rows of the control slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, bindparam, select

from engine.database.direct import Prepared, columns_of, placed
from engine.dossiers.context import StepContext
from engine.dossiers.models import EventKind, HandOver
from engine.organisation.models import Unit
from engine.workflow import ServiceCall


def record_hand_over(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The counter gives the dossier to the agency; the row stays open until the agency has taken it."""
    dossier = context.dossier
    give(context, dossier.counter_id, dossier.deciding_unit_id, note=context.answers.get("note") or "")
    context.log(EventKind.HANDED_OVER, to=dossier.deciding_unit.name, packets=context.answers.get("packets"))
    return {}


def give(context: StepContext, from_unit_id: int, to_unit_id: int, note: str = "") -> None:
    """Open a row of the control slip: who gives, from where to where, and when."""
    assert context.actor is not None
    context.session.add(
        HandOver(
            dossier_id=context.dossier.id,
            from_unit_id=from_unit_id,
            to_unit_id=to_unit_id,
            given_by_id=context.actor.id,
            given_at=context.now,
            note=note,
        )
    )


def record_take_over(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """The receiver takes what was given, or (answer `accepted` false) sends it back with a reason.

    What an agency sends back counts as an error at the counter.
    """
    assert context.actor is not None
    row = _open_row(context)
    accepted = bool(context.answers.get("accepted", True))
    row.taken_by_id, row.taken_at, row.accepted = context.actor.id, context.now, accepted
    unit = context.session.get_one(Unit, row.to_unit_id).name
    if accepted:
        context.log(EventKind.TAKEN_OVER, unit=unit)
    else:
        row.note = context.answers.get("reason") or ""
        context.log(EventKind.SENT_BACK, unit=unit, reason=row.note)
    return {}


def _open_row(context: StepContext) -> HandOver:
    (row,) = _OPEN_ROW.rows(context.session, dossier=context.dossier.id)
    return placed(context.session, HandOver, row)


_OPEN_ROW = Prepared(
    lambda: (
        select(*columns_of(HandOver))
        .where(HandOver.dossier_id == bindparam("dossier", type_=Integer), HandOver.taken_at.is_(None))
        .order_by(HandOver.id.desc())
        .limit(1)
    )
)
