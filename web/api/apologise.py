"""POST /dossiers/{dossier}/apology: a late result is promised for another day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.queries import dossier_by_number
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER, UNKNOWN_DOSSIER, as_it_stands
from web.api.interface import operation
from web.api.shapes.decisions import ApologiseRequest
from web.api.shapes.dossiers import Dossier


@operation(
    "apologise",
    "POST",
    "/dossiers/{dossier}/apology",
    tag="Dossiers",
    answer=Dossier,
    parameters=DOSSIER,
    body=ApologiseRequest,
    refuses={
        403: "The person does not lead the deciding agency.",
        **UNKNOWN_DOSSIER,
        409: "The dossier has ended, no due date runs, or another day was promised before.",
    },
    repeatable=True,
)
def apologise(session: Session, actor: Actor, now: datetime, dossier: str, body: ApologiseRequest) -> Dossier:
    """Apologise for a result that does not come in time and promise it for another working day, once.

    The due date stays, so that a late dossier stays late. Done by a leader of the deciding agency; the letter is
    numbered and the applicant is told.
    """
    found = dossier_by_number(session, actor, dossier)
    operations.apologise(session, actor, now, found.id, body.reason, body.promised_on)
    return as_it_stands(session, actor, found.id)
