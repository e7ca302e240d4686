"""POST /dossiers/{dossier}/late-opinion: a consulted agency speaks after its limit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.queries import dossier_by_number
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER, UNKNOWN_DOSSIER, as_it_stands
from web.api.interface import operation
from web.api.shapes.decisions import GiveLateOpinionRequest
from web.api.shapes.dossiers import Dossier


@operation(
    "giveLateOpinion",
    "POST",
    "/dossiers/{dossier}/late-opinion",
    tag="Dossiers",
    answer=Dossier,
    parameters=DOSSIER,
    body=GiveLateOpinionRequest,
    refuses={
        **UNKNOWN_DOSSIER,
        409: "The dossier has ended, or the person's agency owes it no opinion.",
    },
    repeatable=True,
)
def give_late_opinion(
    session: Session, actor: Actor, now: datetime, dossier: str, body: GiveLateOpinionRequest
) -> Dossier:
    """Keep what a consulted agency says after its limit. Its silence has been counted; this is stored beside it.

    Done by an officer, head of division or leader of that agency, once.
    """
    found = dossier_by_number(session, actor, dossier)
    operations.give_late_opinion(session, actor, now, found.id, body.content)
    return as_it_stands(session, actor, found.id)
