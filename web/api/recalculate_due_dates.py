"""POST /due-dates/recalculate: due dates are counted again after the calendar has changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import recalculating
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.shapes.decisions import RecalculateDueDatesRequest, Recalculation


@operation(
    "recalculateDueDates",
    "POST",
    "/due-dates/recalculate",
    tag="Dossiers",
    answer=Recalculation,
    status=202,
    body=RecalculateDueDatesRequest,
    refuses={403: "The person is no administrator."},
    repeatable=True,
)
def recalculate_due_dates(
    session: Session, actor: Actor, now: datetime, body: RecalculateDueDatesRequest
) -> Recalculation:
    """Have the due date of every running dossier counted again by the calendar now in force.

    For administrators, after days off were announced late. The worker does it one dossier after the other; each that
    gets another date has the event `due_recalculated` with the reason.
    """
    return Recalculation(dossiers=recalculating.recalculate_due_dates(session, actor, now, body.reason))
