"""The edge of an activity: what is opened together with it and waits there, and what its end means to all around."""

from __future__ import annotations

from typing import Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.runtime.element import Element
from engine.workflow.runtime.instance import outer_task
from engine.workflow.runtime.tree import cancel
from engine.workflow.runtime.undoing import remember


class BoundarySplit(Element):
    """Stands before an activity with boundary events and opens all of them together."""

    def pass_token(self, task: Task, flow: str, follower: Element) -> None:
        super().pass_token(task, flow, follower)
        task.workflow.tasks[task._children[-1]].internal_data[OPENED_WITH] = task.id.hex

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Not an element that anybody drew."""


OPENED_WITH = "with"
"""The own value of a task that says which opening of an activity it belongs to."""


def opened_together(task: Task) -> list[Task]:
    """An activity and its boundary events, without the task itself and without other openings of the same activity."""
    parent, opening = task.parent, task.internal_data.get(OPENED_WITH)
    if parent is None:
        return []
    others = [task.workflow.tasks[each] for each in parent._children if each != task.id]
    return [other for other in others if other.internal_data.get(OPENED_WITH) == opening]


def waits_on(task: Task, host: str | None) -> bool:
    """Whether a task is an event that waits on the edge of this activity."""
    return bool(task.task_spec.node.attached_to == host and task._state == TaskState.WAITING)


def leave_activity(task: Task) -> None:
    """An activity is done: the one around it is told, or its boundary events wait no longer and it may be undone."""
    if task.task_spec.is_instance:
        task.parent.task_spec.instance_done(task.parent, task)
        return
    end_boundary_events(task)
    remember(task)
    outer = outer_task(task.workflow)
    if outer is not None and task.task_spec.node.is_activity:
        outer.task_spec.activity_done(outer)


def end_boundary_events(task: Task) -> None:
    """The activity is done: its boundary events wait no longer."""
    node = task.task_spec.node
    if node.is_activity:
        for other in opened_together(task):
            if waits_on(other, node.id):
                cancel(other)
