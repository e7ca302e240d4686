"""POST /incidents/{incident}/retry: a failed step is taken again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import incidents
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.list_incidents import NOT_FOR_INCIDENTS
from web.api.shapes.incidents import Incident, incident_answer

INCIDENT = {"incident": "The incident's id."}
INCIDENT_REFUSALS = {
    **NOT_FOR_INCIDENTS,
    404: "There is no such incident.",
    409: "The incident was settled before; says when.",
}


@operation(
    "retryIncident",
    "POST",
    "/incidents/{incident}/retry",
    tag="Incidents",
    answer=Incident,
    parameters=INCIDENT,
    refuses=INCIDENT_REFUSALS,
    repeatable=True,
)
def retry_incident(session: Session, actor: Actor, now: datetime, incident: int) -> Incident:
    """Take the failed step again, after its cause was mended.

    The answer is `resolved`, or still `open` with the reason why it failed this time and one attempt more. A message
    that could not be sent out is given to the workers; if they fail again, that is a new incident.
    """
    return incident_answer(incidents.retry_incident(session, actor, now, incident))
