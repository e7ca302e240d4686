"""Incidents: seen by administrators, tried again after a fix, or settled by hand with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.dossiers import failures, timers
from engine.dossiers.failures import Reason, is_passing, open_incident
from engine.dossiers.messages import Words, refuse_kept, retry_message
from engine.dossiers.models import (
    Dossier,
    EventKind,
    Incident,
    IncidentCause,
    IncidentState,
    OutgoingState,
    WorkflowState,
)
from engine.dossiers.refusals import (
    AlreadyClosed,
    IncidentSettled,
    NotForIncidents,
    UnknownIncident,
    WrongValue,
)
from engine.dossiers.rules import given_reason
from engine.dossiers.sending import send_again
from engine.dossiers.steps import lock, take
from engine.organisation.actors import Actor
from engine.organisation.models import Role
from engine.workflow import DiagramRefused, FireDueTimers, StateUnreadable, inspect

PAUSE = timedelta(days=1)
"""How long timers stay out of the way that were settled by hand without saying until when."""
LONGEST_PAUSE = timedelta(days=366)
"""A timer that is put off for longer is as good as forgotten."""
PUT_OFF_TO = Reason("thời điểm hoãn đến", "the moment to put it off to")


def incidents(session: Session, actor: Actor, *, after: int = 0, size: int | None = None) -> list[Incident]:
    """Open incidents, oldest first; `size` of them beyond the one with the id `after`. Raises NotForIncidents."""
    _check_may_settle(actor)
    return open_incidents(session, after=after, size=size)


def open_incidents(session: Session, *, after: int = 0, size: int | None = None) -> list[Incident]:
    """The same for the command line, where nobody is asked for a right."""
    statement = select(Incident).where(Incident.state == IncidentState.OPEN, Incident.id > after)
    loaded = statement.options(
        joinedload(Incident.dossier), joinedload(Incident.message), joinedload(Incident.outgoing_message)
    )
    return list(session.scalars(loaded.order_by(Incident.id).limit(size)))


def note_failed_timer(session: Session, now: datetime, dossier_id: int, failure: Exception) -> Incident | None:
    """Write down that a due timer failed, after its own transaction was rolled back.

    None when the timer is not due any more, because somebody else was luckier in between.
    """
    session.execute(select(Dossier.id).where(Dossier.id == dossier_id).with_for_update())
    workflow = session.get(WorkflowState, dossier_id)
    if workflow is None or workflow.next_due_at is None or workflow.next_due_at > now:
        return None
    return open_incident(session, now, workflow, failure)


def retry_incident(session: Session, actor: Actor, now: datetime, incident_id: int) -> Incident:
    """Take the failed step again; the answer is settled, or still open with the reason why it failed this time.

    A message that could not be sent out is given to the workers again; if that fails too, it is a new incident.
    Raises NotForIncidents, UnknownIncident, IncidentSettled.
    """
    incident = _locked(session, actor, incident_id)
    try:
        with session.begin_nested():
            _take_again(session, now, incident)
    except AlreadyClosed:
        failures.settle(session, now, incident, actor, "")
    except Exception as failure:
        if is_passing(failure):
            raise
        failures.note_attempt(incident, now, failure)
    else:
        failures.settle(session, now, incident, actor, "")
    done = incident.state == IncidentState.RESOLVED
    failures.log(session, now, incident.dossier_id, EventKind.INCIDENT_RETRIED, actor, cause=incident.cause, done=done)
    return incident


def resolve_incident(
    session: Session, actor: Actor, now: datetime, incident_id: int, reason: str, until: datetime | None = None
) -> Incident:
    """Settle an incident by hand, with a reason that is logged.

    A failing timer is put off until `until` (a day, when not said): until then people can go on with the dossier, which
    they could not while the due timer failed before every step; then it goes off again, so that the dossier is never
    forgotten. A failing message is refused: whoever sent it may send another. One that could not be sent out stays
    unsent: its receiver has been told in another way. Raises Required, WrongValue (a moment
    in the past, or further than LONGEST_PAUSE), NotForIncidents, UnknownIncident, IncidentSettled.
    """
    given = given_reason(reason)
    if until is not None and not now < until <= now + LONGEST_PAUSE:
        raise WrongValue(field=PUT_OFF_TO, value=until)
    incident = _locked(session, actor, incident_id)
    if incident.cause == IncidentCause.TIMER:
        _put_off(session, now, incident.dossier_id, until or now + PAUSE)
    elif incident.cause == IncidentCause.MESSAGE:
        _refuse(session, now, incident, given)
    failures.settle(session, now, incident, actor, given)
    return incident


def _check_may_settle(actor: Actor) -> None:
    if not (actor.holds(Role.ADMINISTRATOR) or actor.holds(Role.CENTRE_MANAGER)):
        raise NotForIncidents()


def _locked(session: Session, actor: Actor, incident_id: int) -> Incident:
    """The open incident, its dossier locked first, as always."""
    _check_may_settle(actor)
    of_the_incident = select(Dossier.id).join(Incident, Incident.dossier_id == Dossier.id)
    session.execute(of_the_incident.where(Incident.id == incident_id).with_for_update(of=Dossier))
    incident = session.get(Incident, incident_id, populate_existing=True)
    if incident is None:
        raise UnknownIncident()
    if incident.state != IncidentState.OPEN:
        raise IncidentSettled(at=incident.resolved_at)
    return incident


def _take_again(session: Session, now: datetime, incident: Incident) -> None:
    if incident.outgoing_message is not None:
        if incident.outgoing_message.state == OutgoingState.FAILED:
            send_again(session, incident.outgoing_message)
        return
    context = lock(session, incident.dossier_id, now)
    if incident.message is not None:
        step = inspect(context.definition.workflow, context.workflow.state)
        retry_message(context, incident.message, step, take)
        return
    due = context.workflow.next_due_at
    context.workflow.halted = False
    if due is not None and due <= now:
        context.log(EventKind.TIMER_FIRED, due_at=due.isoformat())
        take(context, FireDueTimers())


def _put_off(session: Session, now: datetime, dossier_id: int, until: datetime) -> None:
    """Set every due timer to `until`; where not even the state can be read, at least the workers leave it alone."""
    workflow = session.get(WorkflowState, dossier_id, populate_existing=True)
    if workflow is None:
        return
    try:
        timers.put_off(lock(session, dossier_id, now), until)
    except (DiagramRefused, StateUnreadable):
        workflow.next_due_at = until
    workflow.halted = False


def _refuse(session: Session, now: datetime, incident: Incident, reason: str) -> None:
    assert incident.message is not None
    try:
        refuse_kept(lock(session, incident.dossier_id, now), incident.message, Words(reason, reason))
    except AlreadyClosed:
        return
