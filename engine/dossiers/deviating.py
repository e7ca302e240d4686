"""What goes off the ordinary way: decided by a person with the right to it, for a reason that the log keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import rules
from engine.dossiers.failures import Reason
from engine.dossiers.models import Dossier, EventKind
from engine.dossiers.queries import requests_left
from engine.dossiers.refusals import NoFurtherRequestNeeded, Required, UnknownDossier
from engine.dossiers.steps import lock
from engine.organisation.actors import Actor


def allow_further_request(session: Session, actor: Actor, now: datetime, dossier_id: int, reason: str) -> Dossier:
    """Let the agency ask the applicant for papers once more than the once that the law allows (domain 11.7).

    Raises UnknownDossier, AlreadyClosed, NotForLeaders unless a leader of the deciding unit asks, Required without a
    reason, NoFurtherRequestNeeded when a request may be made anyhow or the result is signed.
    """
    context = lock(session, dossier_id, now, actor)
    if not rules.may_see(actor, context.dossier):
        raise UnknownDossier(reference=dossier_id)
    rules.check_leads(actor, context.dossier)
    if not reason.strip():
        raise Required(field=Reason("lý do", "the reason"))
    if requests_left(session, dossier_id) or context.dossier.signed_at is not None:
        raise NoFurtherRequestNeeded()
    context.log(EventKind.REQUEST_ALLOWED, reason=reason.strip())
    return context.dossier
