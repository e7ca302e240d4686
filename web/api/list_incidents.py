"""GET /incidents: automatic steps that failed and wait for somebody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers.incidents import incidents
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.shapes.incidents import IncidentPage, IncidentQuery, incident_answer

NOT_FOR_INCIDENTS = {403: "The person neither manages the centre nor is an administrator."}


@operation(
    "listIncidents",
    "GET",
    "/incidents",
    tag="Incidents",
    answer=IncidentPage,
    query=IncidentQuery,
    refuses=NOT_FOR_INCIDENTS,
)
def list_incidents(session: Session, actor: Actor, now: datetime, query: IncidentQuery) -> IncidentPage:
    """List the open incidents, the oldest first: due timers and early messages whose step failed, messages not sent.

    Each dossier stands where it was before a failed step. For the centre's manager and administrators.
    """
    found = incidents(session, actor, after=query.after, size=query.size + 1)
    page = found[: query.size]
    return IncidentPage(
        items=[incident_answer(incident) for incident in page],
        next=page[-1].id if len(found) > query.size else None,
    )
