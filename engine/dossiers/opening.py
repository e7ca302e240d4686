"""Which tasks are open and what the dossier waits for, kept in step with the workflow."""

from __future__ import annotations

from collections.abc import Iterable

from engine.database.direct import add, made, unread
from engine.dossiers import rules
from engine.dossiers.context import StepContext, local_date
from engine.dossiers.models import EventKind, Task, TaskState, Wait
from engine.organisation.models import Person, Role, Unit
from engine.organisation.queries import holder_called, person_by_username, unit_on
from engine.workflow import ReadyTask, Step, StepFailed
from engine.workflow import Wait as WorkflowWait


def write_open_places(context: StepContext, step: Step) -> None:
    """Open the tasks that became ready, cancel those that are gone, and replace the waits that changed."""
    ready = {place.id: place for place in step.ready}
    for task in context.open_tasks.values():
        if task.id not in ready:
            _cancel(context, task)
    kept = {id: task for id, task in context.open_tasks.items() if id in ready}
    opened = {id: _open(context, place) for id, place in ready.items() if id not in kept}
    context.open_tasks = kept | opened
    dossier = context.dossier
    limit = dossier.due_at if dossier.processing_ended_at is None else None
    for task in context.open_tasks.values():
        task.urgent_at = rules.urgent_at(task.due_at, limit)
    _write_waits(context, step.waits)


def _cancel(context: StepContext, task: Task) -> None:
    task.state = TaskState.CANCELLED
    context.log(EventKind.TASK_CANCELLED, element_id=task.element_id, path=task.path, task=str(task.id), name=task.name)


def _open(context: StepContext, place: ReadyTask) -> Task:
    role, unit = _role_of(place), _unit_of(context, place)
    holder = _assignee(context, place, role, unit)
    task = made(
        Task,
        {
            "id": place.id,
            "dossier_id": context.dossier.id,
            "dossier": context.dossier,
            "element_id": place.element_id,
            "path": "/".join(place.path),
            "name": place.name,
            "name_en": place.properties.get("name_en", ""),
            "kind": place.kind,
            "role": role,
            "unit_id": unit.id,
            "unit": unit,
            "form": place.form,
            "inputs": dict(place.inputs),
            "state": TaskState.OPEN,
            "opened_at": context.now,
            "due_at": place.due_at,
            "claimed_by_id": holder.id if holder else None,
            "claimed_by": holder,
            "claimed_at": context.now if holder else None,
        },
    )
    add(context.session, task)
    context.log(
        EventKind.TASK_OPENED,
        element_id=task.element_id,
        path=task.path,
        task=str(task.id),
        name=task.name,
        role=task.role,
        unit=unit.code,
        assignee=holder.full_name if holder else None,
    )
    if place.assignee and holder is None:
        _note_absence(context, task, place.assignee)
    return task


def _role_of(place: ReadyTask) -> Role:
    """Exactly one role holds a task, so that it is always clear whose queue it is in."""
    try:
        return Role(place.role or "")
    except ValueError:
        raise StepFailed(element=place.element_id, reason=f"candidateGroups “{place.role}” is not one role") from None


def _unit_of(context: StepContext, place: ReadyTask) -> Unit:
    """The unit whose people get the task: the element's `unit` property, else the counter for post clerks and the
    deciding unit for everybody else. Codes of units that have a successor mean the successor."""
    code = place.properties.get("unit")
    if code:
        return unit_on(context.session, code, local_date(context.now), context.definition.properties.code)
    return context.dossier.counter if place.role == Role.POST_CLERK else context.dossier.deciding_unit


def _assignee(context: StepContext, place: ReadyTask, role: Role, unit: Unit) -> Person | None:
    """Whom the diagram names, if they (still) hold the role in the unit; else the task waits in its role's queue."""
    if not place.assignee:
        return None
    return holder_called(context.session, place.assignee, role, unit.id, context.today)


def _note_absence(context: StepContext, task: Task, username: str) -> None:
    """Write down why the task is nobody's although the diagram names somebody."""
    named = person_by_username(context.session, username)
    context.log(
        EventKind.HOLDER_GONE,
        name=task.name,
        person=named.full_name if named else username,
        role=task.role,
        unit=task.unit.name,
    )


def _write_waits(context: StepContext, waits: Iterable[WorkflowWait]) -> None:
    current = {wait.id: wait for wait in waits}
    for gone in context.known_waits - current.keys():
        context.session.delete(unread(context.session, Wait, id=gone))
    context.session.add_all(_wait_row(context, wait) for id, wait in current.items() if id not in context.known_waits)
    context.known_waits = frozenset(current)


def _wait_row(context: StepContext, wait: WorkflowWait) -> Wait:
    return Wait(
        id=wait.id,
        dossier_id=context.dossier.id,
        element_id=wait.element_id,
        name=wait.name,
        path="/".join(wait.path),
        kind=wait.kind,
        message=wait.message,
        attached_to=wait.attached_to,
        since=context.now,
        due_at=wait.due_at,
    )
