"""POST /incidents/{incident}/resolve: an incident is settled by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import incidents
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.retry_incident import INCIDENT, INCIDENT_REFUSALS
from web.api.shapes.incidents import Incident, ResolveIncidentRequest, incident_answer


@operation(
    "resolveIncident",
    "POST",
    "/incidents/{incident}/resolve",
    tag="Incidents",
    answer=Incident,
    parameters=INCIDENT,
    body=ResolveIncidentRequest,
    refuses=INCIDENT_REFUSALS,
    repeatable=True,
)
def resolve_incident(
    session: Session, actor: Actor, now: datetime, incident: int, body: ResolveIncidentRequest
) -> Incident:
    """Settle an incident by hand, with a reason that is logged.

    A failing timer is put off, so that people can go on with the dossier until it goes off again; a failing message
    is refused, and whoever sent it may send another; one that could not be sent out is not sent any more.
    """
    return incident_answer(incidents.resolve_incident(session, actor, now, incident, body.reason, body.until))
