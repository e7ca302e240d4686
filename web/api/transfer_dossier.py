"""POST /dossiers/{dossier}/transfer: a dossier goes to the competent agency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.queries import dossier_by_number
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER, UNKNOWN_DOSSIER, as_it_stands
from web.api.interface import operation
from web.api.shapes.decisions import TransferDossierRequest
from web.api.shapes.dossiers import Dossier


@operation(
    "transferDossier",
    "POST",
    "/dossiers/{dossier}/transfer",
    tag="Dossiers",
    answer=Dossier,
    parameters=DOSSIER,
    body=TransferDossierRequest,
    refuses={
        403: "The person does not manage the centre.",
        **UNKNOWN_DOSSIER,
        409: "The dossier has ended, or lies no longer at the counter.",
    },
    repeatable=True,
)
def transfer_dossier(
    session: Session, actor: Actor, now: datetime, dossier: str, body: TransferDossierRequest
) -> Dossier:
    """Pass an accepted dossier that was received for the wrong agency to a competent one.

    It must be at the counter: an agency that has it sends it back first. Number, receipt and due date stay, and the
    applicant is told. Done by the centre's manager.
    """
    found = dossier_by_number(session, actor, dossier)
    operations.transfer_dossier(session, actor, now, found.id, body.unit, body.reason)
    return as_it_stands(session, actor, found.id)
