"""POST /dossiers: a dossier is received at the counter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.organisation.actors import Actor
from web.api.get_dossier import as_it_stands
from web.api.interface import operation
from web.api.shapes.dossiers import Dossier
from web.api.shapes.receptions import ReceiveDossierRequest


@operation(
    "receiveDossier",
    "POST",
    "/dossiers",
    tag="Dossiers",
    answer=Dossier,
    status=201,
    body=ReceiveDossierRequest,
    refuses={
        403: "The person serves no counter, or the counter does not receive for that unit.",
        404: "There is no such procedure, unit or receiving task.",
        409: "Somebody else completed or took the receiving task.",
    },
    repeatable=True,
)
def receive_dossier(session: Session, actor: Actor, now: datetime, body: ReceiveDossierRequest) -> Dossier:
    """Receive a dossier at the counter: accept it, ask for its completion, or refuse it.

    On acceptance it is numbered and its due date is fixed. With `task` an open receiving task is completed instead:
    that of a dossier filed online, or of one that was brought back complete.
    """
    reception = body.reception()
    if body.task:
        received = operations.complete_reception(session, actor, now, body.task, reception)
    else:
        received = operations.receive_dossier(session, actor, now, reception)
    return as_it_stands(session, actor, received.id)
