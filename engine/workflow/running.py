"""Start a workflow, take one step, look at a saved state. Each is a function from bytes to a Step; nothing is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.codec import dump_state, load_into, state_document
from engine.workflow.definition import Definition
from engine.workflow.driver import run_until_quiet
from engine.workflow.errors import MessageNotAwaited, TaskNotReady
from engine.workflow.picture import everything_in_order, picture_of
from engine.workflow.runtime.assigning import give_to
from engine.workflow.runtime.instance import Instance
from engine.workflow.runtime.tree import fold
from engine.workflow.step import Command, Complete, Deliver, FireDueTimers, Step, Surroundings, Variables


def start(definition: Definition, variables: Variables, surroundings: Surroundings) -> Step:
    """Begin a workflow with these process variables and run it until it waits. Raises StepFailed."""
    _check_time(surroundings)
    instance = Instance(
        definition.specs, definition.process_id, definition.decision_tables, surroundings, loading=False
    )
    instance.data.update(variables)
    run_until_quiet(instance)
    return _step(instance)


def advance(definition: Definition, state: bytes, command: Command, surroundings: Surroundings) -> Step:
    """Take one step from a saved state: first let what is due happen, then obey the command, then run until it waits.

    Raises TaskNotReady, MessageNotAwaited, StepFailed (then nothing has happened) and StateUnreadable.
    """
    _check_time(surroundings)
    instance = _loaded(definition, state, surroundings, command)
    obey(instance, command)
    return _step(instance)


def obey(instance: Instance, command: Command) -> None:
    """Let what is due happen, then do as commanded, then run until it waits. Raises as `advance` does."""
    run_until_quiet(instance)
    if isinstance(command, Complete):
        _complete(instance, command)
    elif isinstance(command, Deliver):
        _deliver(instance, command)
    run_until_quiet(instance)


def inspect(definition: Definition, state: bytes) -> Step:
    """The open tasks and waits of a saved state, without passages. Raises StateUnreadable."""
    if not state:
        return Step(b"", (), (), (), (), None, True, {})
    instance = _loaded(definition, state, _NOWHERE, FireDueTimers())
    return picture_of(instance, state)


def shift_timers(definition: Definition, state: bytes, by: timedelta, elements: Collection[str] | None = None) -> Step:
    """Move the waiting timers, or those of these elements, by a length of time (a suspension, a changed calendar)."""
    if not state:
        return inspect(definition, state)
    instance = _loaded(definition, state, _NOWHERE, FireDueTimers())
    for task in instance.waiting.values():
        due = task.task_spec.due_at(task)
        if due is not None and (elements is None or task.task_spec.node.id in elements):
            task.internal_data["due"] = (due + by).isoformat()
    return picture_of(instance, dump_state(instance))


def set_timers(definition: Definition, state: bytes, moments: Mapping[UUID, datetime]) -> Step:
    """Let the waiting timers with these ids (of `Step.waits`) go off at other moments; those not named stay."""
    if not state:
        return inspect(definition, state)
    instance = _loaded(definition, state, _NOWHERE, FireDueTimers())
    for id, moment in moments.items():
        task = instance.waiting.get(id)
        if task is not None and task.task_spec.due_at(task) is not None:
            task.internal_data["due"] = moment.astimezone(UTC).isoformat()
    return picture_of(instance, dump_state(instance))


def set_assignee(definition: Definition, state: bytes, task_id: UUID, assignee: str) -> Step:
    """Give a ready user task to somebody else, and with it the later tasks that are drawn for the same variable.

    An assignee that is more than one variable is noted on this task alone. Raises TaskNotReady and StateUnreadable.
    """
    instance = _loaded(definition, state, _NOWHERE, FireDueTimers())
    give_to(_ready_task(instance, task_id), assignee)
    return picture_of(instance, dump_state(instance))


_NOWHERE = Surroundings(now=datetime(1970, 1, 1, tzinfo=UTC))
"""For looking at a state, when nothing is evaluated and nothing is due."""


def _check_time(surroundings: Surroundings) -> None:
    if surroundings.now.tzinfo is None:
        raise ValueError("surroundings.now must be aware")


def _loaded(definition: Definition, state: bytes, surroundings: Surroundings, command: Command) -> Instance:
    if not state:
        raise _nothing_open(command)
    instance = Instance(definition.specs, definition.process_id, definition.decision_tables, surroundings, loading=True)
    load_into(instance, state_document(state))
    return instance


def _nothing_open(command: Command) -> Exception:
    return MessageNotAwaited(message=command.message) if isinstance(command, Deliver) else TaskNotReady()


def _step(instance: Instance) -> Step:
    return picture_of(instance, b"" if instance.completed else dump_state(instance))


def _complete(instance: Instance, command: Complete) -> None:
    task = _ready_task(instance, command.task_id)
    task.data.update(command.answers)
    task.run()
    fold(task)


def _ready_task(instance: Instance, task_id: UUID) -> Task:
    task = instance.find(task_id)
    if task is None or task._state != TaskState.READY or not task.task_spec.manual:
        raise TaskNotReady()
    return task


def _deliver(instance: Instance, command: Deliver) -> None:
    waiter = next((task for task, _ in everything_in_order(instance) if _awaits(instance, task, command)), None)
    if waiter is None:
        raise MessageNotAwaited(message=command.message)
    waiter.task_spec.fire(waiter, command.payload)


def _awaits(instance: Instance, task: Task, command: Deliver) -> bool:
    if task.id not in instance.waiting or command.to not in (None, task.id):
        return False
    event = task.task_spec.event
    return bool(event.kind == "message" and event.name == command.message)
