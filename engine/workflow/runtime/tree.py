"""Keep the tree of tasks small and stop whole branches of it."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


def fold(task: Task) -> None:
    """Take a finished task out of the tree as soon as nobody needs it.

    A finished task without children goes, and perhaps its parent with it; one with a single child hands it to its
    parent. Where a task has several children (an open choice between events, a host and its boundary events) it stays.
    """
    tasks = task.workflow.tasks
    while task is not None and task.id in tasks and task._parent is not None:
        if not task._state & TaskState.FINISHED_MASK or len(task._children) > 1:
            return
        parent = tasks[task._parent]
        place = parent._children.index(task.id)
        parent._children[place : place + 1] = task._children
        for child in task._children:
            tasks[child]._parent = parent.id
        del tasks[task.id]
        task = parent


def remove(task: Task) -> None:
    """Take a task without children out of the tree, whatever its state."""
    tasks = task.workflow.tasks
    if task.id in tasks and task._parent is not None:
        parent = tasks[task._parent]
        parent._children.remove(task.id)
        del tasks[task.id]
        fold(parent)


def cancel(task: Task) -> None:
    """Stop a task and everything below it, innermost first, and take them out of the tree."""
    for branch in _lowest_first(task):
        _stop(branch)
    remove(task)


def children_of(task: Task) -> list[Task]:
    """What hangs below a task in the tree."""
    return [task.workflow.tasks[each] for each in task._children]


def _lowest_first(task: Task) -> list[Task]:
    found: list[Task] = []
    stack = [task]
    while stack:
        each = stack.pop()
        found.append(each)
        stack.extend(each.workflow.tasks[child] for child in each._children)
    return found[::-1]


def _stop(task: Task) -> None:
    if task.id not in task.workflow.tasks:
        return
    top = task.workflow.top_workflow
    top.waiting.pop(task.id, None)
    if not task._state & TaskState.FINISHED_MASK:
        close_inner(task)
        task._set_state(TaskState.CANCELLED)
        task.task_spec._on_cancel(task)
    if not task._children:
        remove(task)


def close_inner(task: Task) -> None:
    """Stop everything inside a sub-process or call activity and forget it."""
    inner: Any = task.workflow.top_workflow.subprocesses.get(task.id)
    if inner is None:
        return
    for child in [inner.tasks[each] for each in inner.task_tree._children]:
        cancel(child)
    if inner.task_tree._state & ~TaskState.FINISHED_MASK:
        inner.task_tree._set_state(TaskState.CANCELLED)
    inner.completed = True
    del task.workflow.top_workflow.subprocesses[task.id]
