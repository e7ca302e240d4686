"""GET /dossiers/{dossier}: one dossier as it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers.queries import charges_of, dossier_by_number, open_tasks, waits_of
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.shapes.dossiers import Dossier, dossier_answer

DOSSIER = {"dossier": "The dossier's number, or its reference before acceptance."}
UNKNOWN_DOSSIER = {404: "There is no such dossier, or not one that this person may know of."}


@operation(
    "getDossier",
    "GET",
    "/dossiers/{dossier}",
    tag="Dossiers",
    answer=Dossier,
    parameters=DOSSIER,
    refuses=UNKNOWN_DOSSIER,
)
def get_dossier(session: Session, actor: Actor, now: datetime, dossier: str) -> Dossier:
    """Read a dossier: its applicant, state, dates, open tasks, waits and charges."""
    found = dossier_by_number(session, actor, dossier)
    return dossier_answer(
        found, open_tasks(session, found.id), waits_of(session, found.id), charges_of(session, found.id)
    )
