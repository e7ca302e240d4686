"""Compensation: what has been done in a scope, and undoing it in the reverse order.

Whatever can be undone is noted, when it is done, in the root of its scope: `[element's id, what was done inside it]`.
An activity that is done several times is undone as often (BPMN 2.0, 13.5.5): its instances are noted one by one, but
not before the whole is done.
Undoing runs in the scope where the work was done, under the root, so that whatever stops the scope stops it too.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.runtime.element import Element
from engine.workflow.runtime.instance import outer_task, path_of
from engine.workflow.step import Passage

Record = list[Any]
INSIDE = "inside"
"""The own value of a completed activity that holds what was done inside it."""


INSTANCES = "instances"
"""The own value of an activity that is done several times: records of the instances that are done, oldest first."""


def remember(task: Task) -> None:
    """Note that an activity is done and can be undone."""
    records = task.internal_data.pop(INSTANCES, [])
    if not task.task_spec.is_repeated or INSIDE in task.internal_data:
        # A repeated activity has an inside of its own only in states saved before its instances had records.
        records = [*_records_of(task), *records]
    if records:
        task.workflow.task_tree.internal_data.setdefault("done", []).extend(records)


def remember_instance(whole: Task, instance: Task) -> None:
    """Note that one instance is done and can be undone together with the whole."""
    records, loop = _records_of(instance), whole.task_spec.node.loop
    if not records:
        return
    if loop is not None and loop.is_undone_once and whole.task_spec.node.id in whole.workflow.spec.compensation_events:
        whole.internal_data[INSTANCES] = records
    else:
        whole.internal_data.setdefault(INSTANCES, []).extend(records)


def _records_of(task: Task) -> list[Record]:
    node = task.task_spec.node
    undoer = task.workflow.spec.undoers.get(node.id)
    inside = task.internal_data.pop(INSIDE, [])
    is_undoable = undoer is not None and node.is_activity and (inside or not undoer.needs_records)
    return [[node.id, inside]] if is_undoable else []


def scope_of(task: Task) -> Any:
    """The scope whose work an event throws compensation for; an event sub-process speaks for the one around it."""
    workflow = task.workflow
    outer = outer_task(workflow)
    while outer is not None and outer.task_spec.node.is_event_sub_process:
        workflow = outer.workflow
        outer = outer_task(workflow)
    return workflow


def take_records(workflow: Any, activity: str | None) -> list[Record]:
    """What has been done in a scope (by this activity, if one is named), oldest first; it is not undone twice."""
    root = workflow.task_tree.internal_data
    done: list[Record] = root.get("done", [])
    taken = [record for record in done if activity in (None, record[0])]
    root["done"] = [record for record in done if activity not in (None, record[0])]
    return taken


def take_open_records(workflow: Any) -> list[Record]:
    """What has been done in a scope and in what is still open in it: sub-processes, activities done several times."""
    records = take_records(workflow, None)
    for task in workflow.tasks.values():
        records += task.internal_data.pop(INSTANCES, [])
    for task_id, inner in workflow.top_workflow.subprocesses.items():
        task = workflow.tasks.get(task_id)
        if task is not None and not inner.spec.has_own_variables and task.task_spec.node.id in workflow.spec.undoers:
            inside = take_open_records(inner)
            if inside and task.task_spec.node.id not in workflow.spec.compensation_events:
                records.append([task.task_spec.node.id, inside])
    return records


def begin_undoing(workflow: Any, records: list[Record], *, reply: Task | None = None, cancels: bool = False) -> None:
    """Undo these in the reverse order; then let `reply` go on, or let the transaction around know."""
    undoing = workflow.task_tree._add_child(workflow.spec.undoing, TaskState.FUTURE)
    undoing.internal_data |= {"flow": "", "left": records, "cancels": cancels}
    if reply is not None:
        undoing.internal_data["reply"] = reply.id.hex
    undoing.task_spec._update(undoing)


class Undoing(Element):
    """Runs the handlers of what was done in its scope, one after the other."""

    def enter(self, task: Task) -> bool:
        if "left" not in task.internal_data:
            task.internal_data["left"] = take_records(task.workflow, None)
        if not task.internal_data["left"]:
            return True
        task._set_state(TaskState.STARTED)
        self._undo_next(task)
        return False

    def _undo_next(self, task: Task) -> None:
        left = task.internal_data["left"]
        (element_id, inside), task.internal_data["left"] = left[-1], left[:-1]
        process = task.workflow.spec
        boundary = process.compensation_events.get(element_id)
        if boundary is not None:
            path = path_of(task.workflow)
            passage = Passage(
                boundary.id, boundary.name, boundary.type, "completed", path, boundary.properties, task.id
            )
            self.top(task).journal.append(passage)
        child = task._add_child(process.undoers[element_id], TaskState.FUTURE)
        child.internal_data |= {"flow": "", "undo": inside}
        child.task_spec._update(child)

    def instance_done(self, task: Task, handler: Task) -> None:
        """One handler is done."""
        if task.internal_data["left"]:
            self._undo_next(task)
            return
        task._set_state(TaskState.READY)
        self.top(task).to_run.append(task)

    def finished(self, task: Task) -> None:
        kept = task.internal_data
        if kept.get("cancels"):
            outer = outer_task(task.workflow)
            assert outer is not None
            outer.task_spec.transaction_cancelled(outer)
        elif "reply" in kept:
            waiting = self.top(task).find(UUID(hex=kept["reply"]))
            if waiting is not None:
                waiting._set_state(TaskState.READY)
                self.top(task).to_run.append(waiting)

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Not an element that anybody drew."""
