"""Which uploaded files a person may open: what the agency drafts is not for the counter (domain 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from engine.dossiers.models import Attachment, Event, EventKind, Task
from engine.dossiers.queries import attachment_for
from engine.dossiers.refusals import UnknownDossier
from engine.dossiers.rules import AGENCY_ROLES
from engine.organisation.actors import Actor
from engine.organisation.models import Role

DRAFTING_ROLES = (Role.OFFICER, Role.DIVISION_HEAD, Role.LEADER)
"""Files attached in their tasks are drafts; what a records clerk attaches has been issued."""

AGENCY_EVENTS = frozenset(
    {
        EventKind.OPINION_GIVEN,
        EventKind.OPINION_SILENT,
        EventKind.NOTED,
        EventKind.TASK_REASSIGNED,
        EventKind.FILE_ADDED,
    }
)
"""What the agency keeps to itself while it examines (domain 2.5)."""


def sees_drafts(actor: Actor) -> bool:
    """Whether opinions, drafts and other inner matters may be shown: to agencies and administrators only."""
    return bool(actor.units(*AGENCY_ROLES)) or actor.holds(Role.ADMINISTRATOR)


def visible_events(
    session: Session, actor: Actor, dossier_id: int, after_id: int = 0, size: int = 200
) -> Sequence[Event]:
    """The part of the event log after `after_id` that this person may read, oldest first, at most `size` rows."""
    hidden = () if sees_drafts(actor) else AGENCY_EVENTS
    statement = select(Event).where(Event.dossier_id == dossier_id, Event.id > after_id, Event.kind.not_in(hidden))
    return session.scalars(statement.order_by(Event.id).limit(size)).all()


def visible_attachments(session: Session, actor: Actor, dossier_id: int) -> Sequence[Attachment]:
    """The dossier's uploaded files that this person may open, oldest first, without their contents."""
    statement = select(Attachment).where(Attachment.dossier_id == dossier_id, _open_to(actor))
    return session.scalars(statement.order_by(Attachment.uploaded_at, Attachment.id)).all()


def readable_attachment(session: Session, actor: Actor, attachment_id: UUID) -> Attachment:
    """An uploaded file to be opened; raises UnknownDossier where it is unknown or not for this person."""
    attachment = attachment_for(session, actor, attachment_id)
    found = session.scalar(select(Attachment.id).where(Attachment.id == attachment.id, _open_to(actor)))
    if found is None:
        raise UnknownDossier(reference="")
    return attachment


def _open_to(actor: Actor) -> ColumnElement[bool]:
    if sees_drafts(actor):
        return true()
    drafted = select(Task.id).where(Task.id == Attachment.task_id, Task.role.in_(DRAFTING_ROLES)).exists()
    return or_(~drafted, Attachment.published)
