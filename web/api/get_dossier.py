"""GET /dossiers/{dossier}: one dossier as it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.dossiers.queries import (
    charges_of,
    dossier_by_number,
    dossier_for,
    english_papers,
    open_tasks,
    waits_of,
)
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
    return as_it_stands(session, actor, dossier_by_number(session, actor, dossier).id)


def as_it_stands(session: Session, actor: Actor, id: int) -> Dossier:
    """The dossier with this id as answered, after what the request has changed; raises UnknownDossier."""
    session.flush()
    found = dossier_for(session, actor, id)
    return dossier_answer(
        found,
        open_tasks(session, id),
        waits_of(session, id),
        charges_of(session, id),
        papers_en=english_papers(session, found),
        elements_en=definition_of(session, found.version_id).workflow.english_names,
    )
