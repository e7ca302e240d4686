"""One step of a dossier: lock its row, move its workflow on, and write down everything that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.catalogue.limits import named_limit
from engine.database.direct import Prepared
from engine.database.writing import write_changes
from engine.dossiers import rules
from engine.dossiers.context import LOCAL_ZONE, StepContext, facts_of
from engine.dossiers.failures import timers_went_through
from engine.dossiers.messages import deliver_kept
from engine.dossiers.models import Dossier, DossierState, Event, EventKind, HandOver, TaskState, WorkflowState
from engine.dossiers.models.words import FINAL_STATES
from engine.dossiers.opening import write_open_places
from engine.dossiers.reading import Standing, planned_once, read_standing
from engine.dossiers.refusals import AlreadyClosed, UnknownDossier
from engine.dossiers.sending import write_outgoing
from engine.dossiers.services import SERVICES
from engine.dossiers.services.supplementing import resume_clock, stop_clock
from engine.dossiers.timers import clock_of, follow_clock
from engine.organisation.actors import Actor
from engine.workflow import Command, Service, ServiceCall, Step, Surroundings, advance, start
from engine.worktime import Limit, LimitUnit, due_at, hand_over_due
from engine.worktime.deadlines import closing_on_or_after

LEFT_BEHIND = (Event, HandOver)
"""Rows that nobody looks at again in the transaction that has written them."""

ROUTING_KINDS = frozenset({"gateway", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})


def lock(session: Session, dossier_id: int, now: datetime, actor: Actor | None = None) -> StepContext:
    """Lock the dossier until the transaction ends and read where it stands.

    Raises UnknownDossier; AlreadyClosed when it has ended.
    """
    if not _LOCK.rows(session, dossier=dossier_id):
        raise UnknownDossier(reference=dossier_id)
    standing = read_standing(session, dossier_id)
    if standing.workflow is None:
        raise AlreadyClosed(state=DossierState(standing.dossier.state))
    return context_for(session, standing.dossier, standing.workflow, now, actor, standing)


_LOCK = Prepared(
    lambda: (
        select(Dossier.id, planned_once()).where(Dossier.id == bindparam("dossier", type_=Integer)).with_for_update()
    )
)


def context_for(
    session: Session,
    dossier: Dossier,
    workflow: WorkflowState,
    now: datetime,
    actor: Actor | None,
    standing: Standing | None = None,
) -> StepContext:
    """The context of a step on a dossier that is locked (then `standing` says what it found) or new."""
    tasks = standing.tasks if standing else {}
    definition = definition_of(session, dossier.version_id)
    return StepContext(
        session=session,
        dossier=dossier,
        workflow=workflow,
        definition=definition,
        now=now,
        actor=actor,
        facts={**definition.forms[definition.properties.intake_form].unanswered(), **facts_of(dossier)},
        open_tasks={id: task for id, task in tasks.items() if task.state == TaskState.OPEN},
        known_waits=standing.waits if standing else frozenset(),
        calendars=standing.calendars if standing else None,
    )


def begin(context: StepContext) -> Step:
    """Start the workflow of a new dossier."""
    with context.session.no_autoflush:
        step = start(context.definition.workflow, {}, surroundings_of(context))
        write(context, step)
    context.session.flush()
    return step


def take(context: StepContext, command: Command) -> Step:
    """Move the workflow on by `command`, write down what follows, and try the messages that came early.

    Whatever is raised leaves nothing behind, because the caller does not commit.
    """
    step = move(context, command)
    return deliver_kept(context, step, move) if context.workflow.kept_messages else step


def move(context: StepContext, command: Command) -> Step:
    """One step by itself. What the services change is written at the end, in as few statements as it takes."""
    with context.session.no_autoflush:
        clock = clock_of(context.dossier)
        step = advance(context.definition.workflow, context.workflow.state, command, surroundings_of(context))
        _stand_still_for_withdrawal(context, step)
        step = follow_clock(context, clock, step)
        write(context, step)
        write_changes(context.session, forget=LEFT_BEHIND)
    if context.workflow.halted:
        timers_went_through(context.session, context.now, context.workflow)
    return step


def _stand_still_for_withdrawal(context: StepContext, step: Step) -> None:
    """The clock stops while the agency has a withdrawal to confirm (domain 2.4), and goes on if it is not confirmed."""
    before, after = context.dossier.state, rules.state_after(step, context.dossier.state)
    if after == DossierState.WITHDRAWAL_REQUESTED != before:
        stop_clock(context)
    elif before == DossierState.WITHDRAWAL_REQUESTED != after and after not in FINAL_STATES:
        resume_clock(context)


def surroundings_of(context: StepContext) -> Surroundings:
    """What the workflow may see and use of the dossier's world; its days and months are those of the office."""
    return Surroundings(
        now=context.now.astimezone(LOCAL_ZONE),
        facts=context.facts,
        functions=clock_functions(context),
        services={topic: _service(handler, context) for topic, handler in SERVICES.items()},
    )


def clock_functions(context: StepContext) -> dict[str, Callable[..., Any]]:
    """The functions of the law's clock that expressions may call; each counts from `now` and returns a moment."""
    now = context.now

    def counted(unit: LimitUnit, amount: int | float) -> datetime | None:
        return due_at(context.calendar, now, Limit.read(str(amount), unit))

    def limit(name: str) -> datetime | None:
        legal = named_limit(context.definition.workflow, name, context.facts)
        return due_at(context.calendar, now, legal.limit)

    return {
        "limit": limit,
        "working_days": partial(counted, LimitUnit.WORKING_DAYS),
        "working_hours": partial(counted, LimitUnit.WORKING_HOURS),
        "calendar_days": partial(counted, LimitUnit.CALENDAR_DAYS),
        "working_day_end": lambda: closing_on_or_after(context.calendar, context.today),
        "hand_over_limit": lambda: hand_over_due(context.calendar, now),
    }


def write(context: StepContext, step: Step) -> None:
    """Write the step's outcome: state, tasks, waits, messages and the dossier's new state."""
    _log_passages(context, step)
    write_open_places(context, step)
    for message in step.sent:
        write_outgoing(context, message)
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
