"""POST /dossiers/{dossier}/further-request: papers may be asked for once more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.queries import dossier_by_number
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER, UNKNOWN_DOSSIER, as_it_stands
from web.api.interface import operation
from web.api.shapes.decisions import AllowFurtherRequestRequest
from web.api.shapes.dossiers import Dossier


@operation(
    "allowFurtherRequest",
    "POST",
    "/dossiers/{dossier}/further-request",
    tag="Dossiers",
    answer=Dossier,
    parameters=DOSSIER,
    body=AllowFurtherRequestRequest,
    refuses={
        403: "The person does not lead the deciding agency.",
        **UNKNOWN_DOSSIER,
        409: "The dossier has ended or its result is signed, or papers may be asked for anyhow.",
    },
    repeatable=True,
)
def allow_further_request(
    session: Session, actor: Actor, now: datetime, dossier: str, body: AllowFurtherRequestRequest
) -> Dossier:
    """Let the agency ask the applicant for papers once more than the once that the law allows.

    Done by a leader of the deciding agency; the log keeps who and why.
    """
    found = dossier_by_number(session, actor, dossier)
    operations.allow_further_request(session, actor, now, found.id, body.reason)
    return as_it_stands(session, actor, found.id)
