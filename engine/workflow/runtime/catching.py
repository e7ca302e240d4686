"""Who catches what is thrown: the nearest for errors and escalations, everybody for signals, one for a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.edge import opened_together, waits_on
from engine.workflow.runtime.events import CatchingEvent
from engine.workflow.runtime.instance import Instance, outer_task
from engine.workflow.runtime.tree import children_of


def throw(task: Task, event: Event) -> bool:
    """Give an error or escalation to the nearest who catches it: in this scope, on its edge, and so on outwards.

    What an event sub-process throws itself does not open it once more.
    """
    workflow, left = task.workflow, None
    while True:
        listening = [each for each in _listening(workflow) if left is None or not _opens(each, left)]
        outer = outer_task(workflow)
        if _give(listening, event) or (outer is not None and throw_on(outer, event)):
            return True
        if outer is None:
            return False
        workflow, left = outer.workflow, outer.task_spec.node


def _listening(workflow: Any) -> list[Task]:
    return [each for each in children_of(workflow.task_tree) if each.task_spec.is_listener]


def _opens(listener: Task, node: Node) -> bool:
    """Say whether this is the start event of this sub-process."""
    return node.scope is not None and listener.task_spec.node.id in node.scope.nodes


def throw_on(host: Task, event: Event) -> bool:
    """Give an event to a boundary event of this activity that catches it; say whether there was one."""
    around = (*opened_together(host), *_around_container(host))
    return _give([each for each in around if waits_on(each, host.task_spec.node.id)], event)


def tell_boundary(host: Task, event: Event) -> bool:
    """Let the boundary events of this activity that catch an event go on beside it; say whether there were any."""
    around = [each for each in opened_together(host) if waits_on(each, host.task_spec.node.id)]
    caught = [whole for whole in around if any(_catches(each, event) for each in (whole, *children_of(whole)))]
    for whole in caught:
        whole.task_spec.happen_beside(whole)
    return bool(caught)


def throw_cancel(transaction: Task) -> bool:
    """Let the cancel boundary event of a transaction go on; say whether there was one."""
    return throw_on(transaction, Event("cancel", "cancelEventDefinition"))


def _give(candidates: list[Task], event: Event) -> bool:
    catchers = [each for whole in candidates for each in (whole, *children_of(whole)) if _catches(each, event)]
    exact = [each for each in catchers if each.task_spec.event.name == event.name]
    catcher = next(iter(exact or catchers), None)
    if catcher is None:
        return False
    catcher.task_spec.fire(catcher)
    return True


def _catches(task: Task, thrown: Event) -> bool:
    if task._state != TaskState.WAITING or not isinstance(task.task_spec, CatchingEvent):
        return False
    event = task.task_spec.event
    return event.kind == thrown.kind and (event.is_any or event.name in (None, thrown.name))


def _around_container(host: Task) -> list[Task]:
    """For one instance of a repeated activity: the boundary events stand around the whole of it."""
    parent = host.parent
    if parent is None or parent.task_spec.node is not host.task_spec.node:
        return []
    return opened_together(parent)


def broadcast(
    instance: Instance,
    name: str | None,
    *,
    but_on: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Give a signal to everything in this workflow that waits for it, but not on the edge of the activity `but_on`."""
    waiting = instance.waiting
    for catcher in list(waiting.values()):
        event, host = catcher.task_spec.event, catcher.task_spec.node.attached_to
        told = but_on is not None and host == but_on
        if catcher.id in waiting and event.kind == "signal" and event.name == name and not told:
            catcher.task_spec.fire(catcher, payload)


def waiting_for(instance: Instance, message: str) -> Task | None:
    """The first that waits for a message of this name; what the message would begin only if there is nobody else."""
    events = [(task, task.task_spec.event) for task in instance.waiting.values()]
    waiters = [task for task, event in events if event.kind == "message" and event.name == message]
    return min(waiters, key=lambda task: bool(task.task_spec.begins_process), default=None)
