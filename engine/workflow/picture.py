"""Describe a quiet workflow to the caller: what is ready, what waits, what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.runtime.activities import PROPERTY
from engine.workflow.runtime.instance import Instance, outer_task, tasks_in_order
from engine.workflow.step import ReadyTask, Step, Wait

WaitKind = Literal["timer", "message", "signal", "condition"]
_SEEN_KINDS = ("timer", "message", "signal", "condition")


def picture_of(instance: Instance, state: bytes) -> Step:
    """The step as the caller sees it."""
    ready: list[ReadyTask] = []
    waits: list[Wait] = []
    for task, path in everything_in_order(instance):
        if task._state == TaskState.READY:
            ready.append(_ready_task(task, path))
        elif task.id in instance.waiting and task.task_spec.event.kind in _SEEN_KINDS:
            waits.append(_wait(task, path))
    dues = [wait.due_at for wait in waits if wait.due_at is not None]
    return Step(
        state=state,
        ready=tuple(ready),
        waits=tuple(waits),
        passages=tuple(instance.journal),
        sent=tuple(instance.sent),
        next_due_at=min(dues, default=None),
        ended=bool(instance.completed),
        variables=instance.data,
    )


def everything_in_order(workflow: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Task, tuple[str, ...]]]:
    """All tasks with their paths, in the order in which they stand in the tree, insides after their outsides."""
    for task in tasks_in_order(workflow):
        yield task, path
        inner = workflow.top_workflow.subprocesses.get(task.id)
        if inner is not None:
            yield from everything_in_order(inner, (*path, task.task_spec.node.id))


def _ready_task(task: Task, path: tuple[str, ...]) -> ReadyTask:
    node, kept = task.task_spec.node, task.internal_data
    return ReadyTask(
        id=task.id,
        element_id=node.id,
        name=node.name,
        kind=node.attributes.get("modelerTemplate", ""),
        role=kept.get("role"),
        assignee=kept.get("assignee"),
        due_at=datetime.fromisoformat(kept["due"]) if "due" in kept else None,
        form=kept.get("form"),
        lane=node.lane,
        path=path,
        inputs=_inputs(task),
        properties=_properties(task),
    )


def _properties(task: Task) -> dict[str, str]:
    """The element's properties with their expressions evaluated; one that gave nothing is empty."""
    kept = task.internal_data
    return {
        name: kept.get(PROPERTY + name, "") if "${" in text else text
        for name, text in task.task_spec.node.properties.items()
    }


def _inputs(task: Task) -> dict[str, Any]:
    """The task's own values, and beneath them the element variables of the multi-instances around it."""
    inputs: dict[str, Any] = {}
    around: Task | None = task
    while around is not None:
        loop = around.task_spec.node.loop
        if loop is not None and loop.element_variable:
            inputs.setdefault(loop.element_variable, around.data.get(loop.element_variable))
        around = outer_task(around.workflow)
    inputs.update({name: value for name, value in task.data.items() if name != "loopCounter"})
    return inputs


def _place_of(task: Task) -> str:
    """The sub-process, call activity or process within which a listener stands."""
    outer = outer_task(task.workflow)
    return str(outer.task_spec.node.id if outer is not None else task.workflow.spec.name)


def _wait(task: Task, path: tuple[str, ...]) -> Wait:
    spec = task.task_spec
    node = spec.node
    return Wait(
        id=task.id,
        element_id=node.id,
        name=node.name,
        kind=cast(WaitKind, spec.event.kind),
        message=spec.event.name if spec.event.kind == "message" else None,
        due_at=spec.due_at(task),
        attached_to=_place_of(task) if spec.is_listener else node.attached_to,
        path=path,
        properties=node.properties,
    )
