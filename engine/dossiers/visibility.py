"""Which files and events of a dossier a person may see: drafts of the agency are not for the counter (domain 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, cast, func, not_, or_, select, true
from sqlalchemy.orm import Session

from engine.dossiers.models import Attachment, Dossier, Event, EventKind, Task
from engine.dossiers.queries import dossier_for
from engine.dossiers.refusals import UnknownDossier, UnknownFile
from engine.dossiers.rules import AGENCY_ROLES
from engine.organisation.actors import Actor
from engine.organisation.models import Membership, Role
from engine.organisation.queries import during
from engine.worktime import TIME_ZONE

DRAFTING_ROLES = (Role.OFFICER, Role.DIVISION_HEAD, Role.LEADER)
"""The files that they attach are drafts; what a records clerk attaches has been issued."""

AGENCY_EVENTS = frozenset(
    {
        EventKind.OPINION_GIVEN,
        EventKind.OPINION_SILENT,
        EventKind.OPINION_LATE,
        EventKind.NOTED,
        EventKind.TASK_REASSIGNED,
        EventKind.HOLDER_GONE,
        EventKind.REQUEST_ALLOWED,
        EventKind.FILE_ADDED,
    }
)
"""What the agency keeps to itself while it examines (domain 2.5)."""


def sees_drafts(session: Session, actor: Actor, dossier: Dossier) -> bool:
    """Whether opinions, drafts and other inner matters of the dossier may be shown: to the people of the agencies that
    deal with it and to administrators. A role in another agency opens nothing to a clerk or a manager."""
    units = actor.units(*AGENCY_ROLES)
    if actor.holds(Role.ADMINISTRATOR) or dossier.deciding_unit_id in units:
        return True
    asked = select(Task.id).where(Task.dossier_id == dossier.id, Task.unit_id.in_(units)).limit(1)
    return bool(units) and session.scalar(asked) is not None


def visible_events(
    session: Session, actor: Actor, dossier: Dossier, after_id: int = 0, size: int = 200
) -> Sequence[Event]:
    """The part of the event log after `after_id` that this person may read, oldest first, at most `size` rows."""
    hidden = () if sees_drafts(session, actor, dossier) else AGENCY_EVENTS
    statement = select(Event).where(Event.dossier_id == dossier.id, Event.id > after_id, Event.kind.not_in(hidden))
    return session.scalars(statement.order_by(Event.id).limit(size)).all()


def visible_attachments(session: Session, actor: Actor, dossier: Dossier) -> Sequence[Attachment]:
    """The dossier's uploaded files that this person may open, oldest first, without their contents."""
    statement = select(Attachment).where(Attachment.dossier_id == dossier.id, _open_to(session, actor, dossier))
    return session.scalars(statement.order_by(Attachment.uploaded_at, Attachment.id)).all()


def readable_attachment(session: Session, actor: Actor, attachment_id: UUID) -> Attachment:
    """An uploaded file to be opened; raises UnknownFile where it is unknown or not for this person."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None:
        raise UnknownFile()
    try:
        dossier = dossier_for(session, actor, attachment.dossier_id)
    except UnknownDossier:
        raise UnknownFile() from None
    open_to_actor = _open_to(session, actor, dossier)
    if session.scalar(select(Attachment.id).where(Attachment.id == attachment.id, open_to_actor)) is None:
        raise UnknownFile()
    return attachment


def _open_to(session: Session, actor: Actor, dossier: Dossier) -> ColumnElement[bool]:
    """Files that officers and their heads attach in a task, or add beside the papers that were handed in, are drafts
    until they are published."""
    if sees_drafts(session, actor, dossier):
        return true()
    in_a_task = select(Task.id).where(Task.id == Attachment.task_id, Task.role.in_(DRAFTING_ROLES)).exists()
    loose = and_(Attachment.task_id.is_(None), Attachment.component_id.is_(None))
    day = cast(func.timezone(str(TIME_ZONE), Attachment.uploaded_at), Date)
    by_drafter = select(Membership.id).where(
        Membership.person_id == Attachment.uploaded_by_id,
        Membership.role.in_(DRAFTING_ROLES),
        during(day, Membership.valid_from, Membership.valid_to),
    )
    return or_(Attachment.published, not_(or_(in_a_task, and_(loose, by_drafter.exists()))))
