"""What a consulted agency says when its silence has been counted already: it is stored and counts for nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.dossiers.context import local_date
from engine.dossiers.models import Dossier, EventKind, Opinion
from engine.dossiers.queries import dossier_for
from engine.dossiers.refusals import NoOpinionOwed, Required
from engine.dossiers.steps import lock
from engine.forms.refusals import Bilingual
from engine.organisation.actors import Actor
from engine.organisation.models import Role, Unit
from engine.organisation.queries import unit_on
from engine.organisation.refusals import UnitEnded

SPEAKING_ROLES = (Role.OFFICER, Role.DIVISION_HEAD, Role.LEADER)
"""Who speaks for a consulted agency."""


def give_late_opinion(session: Session, actor: Actor, now: datetime, dossier_id: int, content: str) -> Dossier:
    """Keep an opinion that comes after the limit (domain 5, P13). What was counted stays: silence.

    Raises UnknownDossier, AlreadyClosed, NoOpinionOwed unless the person speaks for an agency whose silence was written
    down and that has not spoken since, and Required without a text.
    """
    dossier_for(session, actor, dossier_id)
    context = lock(session, dossier_id, now, actor)
    owed = owed_opinion(session, actor, context.dossier, now)
    if owed is None:
        raise NoOpinionOwed()
    if not content.strip():
        raise Required(field=Bilingual("nội dung ý kiến", "the opinion"))
    owed.content, owed.late = content.strip(), True
    owed.answered_by_id, owed.answered_at = actor.id, now
    context.log(EventKind.OPINION_LATE, agency=session.get_one(Unit, owed.unit_id).name)
    return context.dossier


def owed_opinion(session: Session, actor: Actor, dossier: Dossier, now: datetime) -> Opinion | None:
    """The last silence of an agency for which this person speaks, if nothing has been said since; a body that has ended
    speaks by its successor."""
    speaking = actor.units(*SPEAKING_ROLES)
    silent = select(Opinion).where(
        Opinion.dossier_id == dossier.id, Opinion.verdict == "silence", Opinion.late.is_(False)
    )
    silences = session.scalars(silent.order_by(Opinion.id.desc())).all() if speaking else ()
    return next((row for row in silences if _speaker(session, row, dossier, now) in speaking), None)


def _speaker(session: Session, silence: Opinion, dossier: Dossier, now: datetime) -> int | None:
    """The id of the unit that speaks for the silent agency today; None where nobody does any more."""
    asked, properties = session.get_one(Unit, silence.unit_id), definition_of(session, dossier.version_id).properties
    try:
        return unit_on(session, asked.code, local_date(now), properties.code).id
    except UnitEnded:
        return None
