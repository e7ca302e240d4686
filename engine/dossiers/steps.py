"""One step of a dossier: lock its row, move its workflow on, and write down everything that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.catalogue.definitions import definition_of
from engine.dossiers import rules
from engine.dossiers.context import StepContext, facts_of, local_date
from engine.dossiers.models import Dossier, DossierState, EventKind, WorkflowState
from engine.dossiers.opening import write_open_places
from engine.dossiers.refusals import AlreadyClosed, UnknownDossier
from engine.dossiers.services import SERVICES
from engine.organisation.actors import Actor
from engine.organisation.settings import work_calendar
from engine.workflow import Command, Service, ServiceCall, Step, Surroundings, advance, start
from engine.worktime import Limit, LimitUnit, WorkCalendar, due_at, hand_over_due
from engine.worktime.deadlines import closing_on_or_after

ROUTING_KINDS = frozenset({"gateway", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})


def lock(session: Session, dossier_id: int, now: datetime, actor: Actor | None = None) -> StepContext:
    """Lock the dossier until the transaction ends and read where its workflow stands.

    The state is read in a second statement, after the lock is held: READ COMMITTED then shows what the
    transaction that held the lock before has written. Raises UnknownDossier; AlreadyClosed when it has ended.
    """
    statement = (
        select(Dossier)
        .where(Dossier.id == dossier_id)
        .options(joinedload(Dossier.applicant), joinedload(Dossier.counter), joinedload(Dossier.deciding_unit))
        .with_for_update(of=Dossier)
        .execution_options(populate_existing=True)
    )
    dossier = session.scalars(statement).one_or_none()
    if dossier is None:
        raise UnknownDossier(reference=dossier_id)
    workflow = session.get(WorkflowState, dossier_id, populate_existing=True)
    if workflow is None:
        raise AlreadyClosed(state=DossierState(dossier.state))
    return context_for(session, dossier, workflow, now, actor)


def context_for(
    session: Session, dossier: Dossier, workflow: WorkflowState, now: datetime, actor: Actor | None
) -> StepContext:
    """The context of a step on a dossier that is locked or new."""
    return StepContext(
        session=session,
        dossier=dossier,
        workflow=workflow,
        definition=definition_of(session, dossier.version_id),
        calendar=work_calendar(session, dossier.deciding_unit.code),
        now=now,
        actor=actor,
        facts=facts_of(dossier),
    )


def begin(context: StepContext) -> Step:
    """Start the workflow of a new dossier."""
    with context.session.no_autoflush:
        step = start(context.definition.workflow, {}, surroundings_of(context))
    write(context, step)
    return step


def take(context: StepContext, command: Command) -> Step:
    """Move the workflow on by `command` and write down what follows.

    Whatever is raised leaves nothing behind, because the caller does not commit. What the services change is written
    at the end, in as few statements as it takes.
    """
    with context.session.no_autoflush:
        step = advance(context.definition.workflow, context.workflow.state, command, surroundings_of(context))
    write(context, step)
    return step


def surroundings_of(context: StepContext) -> Surroundings:
    """What the workflow may see and use of the dossier's world."""
    return Surroundings(
        now=context.now,
        facts=context.facts,
        functions=clock_functions(context.calendar, context.now),
        services={topic: _service(handler, context) for topic, handler in SERVICES.items()},
    )


def clock_functions(calendar: WorkCalendar, now: datetime) -> dict[str, Callable[..., Any]]:
    """The functions of the law's clock that expressions may call; each counts from `now` and returns a moment."""

    def limit(unit: LimitUnit, amount: int | float) -> datetime | None:
        return due_at(calendar, now, Limit.read(str(amount), unit))

    return {
        "working_days": partial(limit, LimitUnit.WORKING_DAYS),
        "working_hours": partial(limit, LimitUnit.WORKING_HOURS),
        "calendar_days": partial(limit, LimitUnit.CALENDAR_DAYS),
        "working_day_end": lambda: closing_on_or_after(calendar, local_date(now)),
        "hand_over_limit": lambda: hand_over_due(calendar, now),
    }


def write(context: StepContext, step: Step) -> None:
    """Write the step's outcome: state, tasks, waits, messages and the dossier's new state."""
    _log_passages(context, step)
    write_open_places(context, step)
    for message in step.sent:
        context.log(EventKind.MESSAGE_SENT, message=message.name, payload=dict(message.payload))
    _change_state(context, rules.state_after(step, context.dossier.state))
    if step.ended:
        context.dossier.closed_at = context.now
        context.log(EventKind.CLOSED, state=context.dossier.state)
        context.session.delete(context.workflow)
        return
    context.workflow.state = step.state
    context.workflow.next_due_at = step.next_due_at
    context.workflow.steps += 1


def _service(handler: Callable[[StepContext, ServiceCall], Mapping[str, Any]], context: StepContext) -> Service:
    return lambda call: handler(context, call)


def _log_passages(context: StepContext, step: Step) -> None:
    elements = [
        [passage.element_id, "/".join(passage.path), passage.outcome]
        for passage in step.passages
        if passage.kind not in ROUTING_KINDS
    ]
    if elements:
        context.log(EventKind.PASSED, elements=elements)


def _change_state(context: StepContext, state: str) -> None:
    before = context.dossier.state
    if state != before:
        context.dossier.state = state
        context.log(EventKind.STATE_CHANGED, before=before, after=state)
