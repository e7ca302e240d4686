"""GET /dossiers/{dossier}/events: what happened to a dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers.queries import dossier_by_number
from engine.dossiers.visibility import sees_drafts, visible_events
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER, UNKNOWN_DOSSIER
from web.api.interface import operation
from web.api.shapes.events import EventPage, EventQuery, event_answer


@operation(
    "listEvents",
    "GET",
    "/dossiers/{dossier}/events",
    tag="Dossiers",
    answer=EventPage,
    parameters=DOSSIER,
    query=EventQuery,
    refuses=UNKNOWN_DOSSIER,
)
def list_events(session: Session, actor: Actor, now: datetime, dossier: str, query: EventQuery) -> EventPage:
    """List the dossier's event log, the oldest first; nothing in it is ever changed or removed.

    What the agency keeps to itself while it examines is left out for the counter.
    """
    found = dossier_by_number(session, actor, dossier)
    within_agency = sees_drafts(session, actor, found)
    events = visible_events(session, actor, found, query.after, query.size + 1)
    page = events[: query.size]
    return EventPage(
        items=[event_answer(event, within_agency=within_agency) for event in page],
        next=page[-1].id if len(events) > query.size else None,
    )
