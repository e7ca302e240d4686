"""POST /dossiers/{dossier}/withdrawal: the applicant asks for the dossier back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.queries import dossier_by_number
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER, UNKNOWN_DOSSIER, as_it_stands
from web.api.interface import operation
from web.api.shapes.decisions import RequestWithdrawalRequest
from web.api.shapes.dossiers import Dossier


@operation(
    "requestWithdrawal",
    "POST",
    "/dossiers/{dossier}/withdrawal",
    tag="Dossiers",
    answer=Dossier,
    parameters=DOSSIER,
    body=RequestWithdrawalRequest,
    refuses={
        403: "The person neither serves the dossier's counter nor manages the centre.",
        **UNKNOWN_DOSSIER,
        409: "The dossier has ended, was not accepted yet, or its result is signed; says when.",
    },
    repeatable=True,
)
def request_withdrawal(
    session: Session, actor: Actor, now: datetime, dossier: str, body: RequestWithdrawalRequest
) -> Dossier:
    """Write down that the applicant asks for the dossier back, which is possible until the result is signed.

    The clock stands still until the agency has confirmed. Done by a clerk of the dossier's counter or the centre's
    manager.
    """
    found = dossier_by_number(session, actor, dossier)
    operations.request_withdrawal(session, actor, now, found.id, body.reason)
    return as_it_stands(session, actor, found.id)
