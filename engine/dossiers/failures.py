"""Writing down that a step failed with nobody to tell, and that it went through after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.dossiers.models import (
    Event,
    EventKind,
    Incident,
    IncidentCause,
    IncidentState,
    Message,
    OutgoingMessage,
    WorkflowState,
)
from engine.organisation.actors import Actor
from engine.refusals import Refusal

PASSING = ("08", "40", "53", "57")
"""Classes of SQLSTATE that say nothing about the dossier: connection, deadlock, resources, shutdown."""

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step failed, in both languages, and where in the diagram when that is known."""

    vi: str
    en: str
    element_id: str | None = None


def is_passing(failure: BaseException) -> bool:
    """Whether the failure is the database's or the network's and will be gone by itself; then it is no incident."""
    if not isinstance(failure, DBAPIError):
        return False
    state = getattr(failure.orig, "sqlstate", None)
    return state is None or state[:2] in PASSING


def reason_of(failure: Exception) -> Reason:
    """What an administrator reads; a failure of the database is told without the values that were being written."""
    if isinstance(failure, Refusal):
        element = failure.parameters.get("element_id", failure.parameters.get("element"))
        return Reason(
            failure.message("vi")[:LONGEST_REASON],
            failure.message("en")[:LONGEST_REASON],
            str(element)[:80] if element else None,
        )
    said = str(failure.orig).partition("\n")[0] if isinstance(failure, DBAPIError) else str(failure)
    words = f"{type(failure).__name__}: {said}"[:LONGEST_REASON]
    return Reason(f"Lỗi hệ thống ({words})"[:LONGEST_REASON], words)


def open_incident(
    session: Session, now: datetime, workflow: WorkflowState, failure: Exception, message: Message | None = None
) -> Incident:
    """Write the failure down: a new incident, or one more attempt of the one that is open.

    A failed timer halts the dossier's timers, so that it cannot starve others. The dossier's row is locked.
    """
    cause = IncidentCause.MESSAGE if message else IncidentCause.TIMER
    incident = _open_one(session, workflow.dossier_id, cause, message)
    if incident is not None:
        return note_attempt(incident, now, failure)
    workflow.halted = workflow.halted or cause == IncidentCause.TIMER
    return _open(session, now, workflow.dossier_id, cause, failure, message_id=message.id if message else None)


def open_sending_incident(session: Session, now: datetime, message: OutgoingMessage, failure: Exception) -> Incident:
    """Write down that a message will not leave the house; the dossier, which may have ended, goes on without it."""
    return _open(session, now, message.dossier_id, IncidentCause.SENDING, failure, outgoing_message_id=message.id)


def _open(
    session: Session, now: datetime, dossier_id: int, cause: IncidentCause, failure: Exception, **subject: Any
) -> Incident:
    reason = reason_of(failure)
    incident = Incident(
        dossier_id=dossier_id,
        cause=cause,
        element_id=reason.element_id,
        reason_vi=reason.vi,
        reason_en=reason.en,
        first_at=now,
        last_at=now,
        **subject,
    )
    session.add(incident)
    log(session, now, dossier_id, EventKind.INCIDENT_OPENED, None, cause=cause, element=reason.element_id)
    return incident


def note_attempt(incident: Incident, now: datetime, failure: Exception) -> Incident:
    """One more attempt has failed."""
    reason = reason_of(failure)
    incident.reason_vi, incident.reason_en, incident.element_id = reason.vi, reason.en, reason.element_id
    incident.last_at, incident.attempts = now, incident.attempts + 1
    return incident


def timers_went_through(session: Session, now: datetime, workflow: WorkflowState) -> None:
    """A step of a halted dossier succeeded, and every step lets due timers go first: the incident is over."""
    workflow.halted = False
    incident = _open_one(session, workflow.dossier_id, IncidentCause.TIMER, None)
    if incident is not None:
        settle(session, now, incident, None, "")


def settle(session: Session, now: datetime, incident: Incident, actor: Actor | None, resolution: str) -> None:
    """Close the incident in the person's name, or in nobody's, and log it."""
    incident.state, incident.resolved_at = IncidentState.RESOLVED, now
    incident.resolved_by_id, incident.resolution = actor.id if actor else None, resolution
    log(session, now, incident.dossier_id, EventKind.INCIDENT_RESOLVED, actor, cause=incident.cause, reason=resolution)


def log(session: Session, now: datetime, dossier_id: int, kind: EventKind, actor: Actor | None, **details: Any) -> None:
    """Append to the event log outside a step."""
    session.add(
        Event(
            dossier_id=dossier_id,
            at=now,
            kind=kind,
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else "",
            details=details,
        )
    )


def _open_one(session: Session, dossier_id: int, cause: IncidentCause, message: Message | None) -> Incident | None:
    return session.scalars(
        select(Incident).where(
            Incident.dossier_id == dossier_id,
            Incident.cause == cause,
            Incident.message_id == (message.id if message else None),
            Incident.state == IncidentState.OPEN,
        )
    ).one_or_none()
