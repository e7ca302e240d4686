"""GET /dossiers/{dossier}/events: what happened to a dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers.queries import dossier_by_number, english_papers
from engine.dossiers.requests import papers_by_event
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
    asked = papers_by_event(session, found.id, page)
    names = english_papers(session, found) if asked else {}
    return EventPage(
        items=[
            event_answer(event, within_agency=within_agency, papers=asked.get(event.id, ()), papers_en=names)
            for event in page
        ],
        next=page[-1].id if len(events) > query.size else None,
    )
