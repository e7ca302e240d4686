"""Which timers move when the law's clock stops, goes on, or is counted again.

The clock is the dossier's due date. A timer whose text reads `due_at` runs on that clock: while the clock stands still
it cannot go off, and when the due date moves it moves with it. Every other timer runs on its own: the limit for
handing in papers, a limit for an opinion, a step's reminder keep the date that people were told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from engine.dossiers.context import StepContext
from engine.dossiers.models import Dossier
from engine.dossiers.models import Wait as WaitRow
from engine.workflow import Definition, Step, Wait, inspect, set_timers

PARKED = timedelta(days=365_250)
"""Added to a timer while the clock stands still: a thousand years, taken off again when it goes on."""

_READS_DUE_DATE = re.compile(r"\bdue_at\b")


@dataclass(frozen=True, slots=True)
class Clock:
    """The law's clock at one moment: the due date, and whether it stands still."""

    due_at: datetime | None
    stopped: bool


def clock_of(dossier: Dossier) -> Clock:
    """The dossier's clock as it is now."""
    return Clock(dossier.due_at, dossier.suspended_at is not None)


def follow_clock(context: StepContext, before: Clock, step: Step) -> Step:
    """The step with every timer that runs on the law's clock set to where the clock now is."""
    after = clock_of(context.dossier)
    if step.ended or (after == before and not after.stopped):
        return step
    return _with_moments(context, step, _moments(context, before, after, step.waits))


def clock_moved(context: StepContext, before: Clock) -> None:
    """The due date was changed outside a step: let the timers follow."""
    workflow = context.workflow
    _keep(context, follow_clock(context, before, inspect(context.definition.workflow, workflow.state)))


def put_off(context: StepContext, until: datetime) -> None:
    """Let every timer that is due now go off at `until` instead."""
    step = inspect(context.definition.workflow, context.workflow.state)
    due = {wait.id: until for wait in step.waits if wait.due_at and wait.due_at <= context.now}
    _keep(context, _with_moments(context, step, due))


def _keep(context: StepContext, step: Step) -> None:
    context.workflow.state, context.workflow.next_due_at = step.state, step.next_due_at


def _with_moments(context: StepContext, step: Step, moments: Mapping[UUID, datetime]) -> Step:
    """The step with these timers set; the waits' rows that are written already are kept true."""
    if moments:
        moved = set_timers(context.definition.workflow, step.state, moments)
        step = replace(step, state=moved.state, waits=moved.waits)
        _show_moments(context, moments)
    waits = tuple(_as_shown(wait) for wait in step.waits)
    return replace(step, waits=waits, next_due_at=min((wait.due_at for wait in waits if wait.due_at), default=None))


def follows_clock(workflow: Definition, wait: Wait) -> bool:
    """Whether this wait is a timer that runs on the law's clock."""
    return wait.kind == "timer" and bool(_READS_DUE_DATE.search(workflow.timers.get(wait.element_id, "")))


def _moments(context: StepContext, before: Clock, after: Clock, waits: tuple[Wait, ...]) -> dict[UUID, datetime]:
    """New moments of those timers that have to move."""
    workflow = context.definition.workflow
    moments = {}
    for wait in waits:
        if wait.due_at is None or not follows_clock(workflow, wait):
            continue
        due = wait.due_at - PARKED if _is_parked(wait.due_at) else wait.due_at
        if workflow.timers[wait.element_id].strip() == "${due_at}":
            due = after.due_at or due
        elif wait.id in context.known_waits and before.due_at and after.due_at:
            due += after.due_at - before.due_at
        moment = due + PARKED if after.stopped else due
        if moment != wait.due_at:
            moments[wait.id] = moment
    return moments


def _is_parked(moment: datetime) -> bool:
    return moment.year >= 2900  # noqa: PLR2004 - no office sets a timer so far ahead


def _as_shown(wait: Wait) -> Wait:
    """A timer that stands still has no date."""
    return replace(wait, due_at=None) if wait.due_at and _is_parked(wait.due_at) else wait


def _show_moments(context: StepContext, moments: Mapping[UUID, datetime]) -> None:
    """Waits that were written before have their dates changed; new ones are written with the step."""
    for id, moment in moments.items():
        if id in context.known_waits:
            shown = None if _is_parked(moment) else moment
            context.session.execute(update(WaitRow).where(WaitRow.id == id).values(due_at=shown))
