"""Ad-hoc sub-processes: activities that nothing connects, each done once, at once or one after the other."""

from __future__ import annotations

import json
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.reading.model import Node
from engine.workflow.runtime.activities import SubProcess
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import variables_of
from engine.workflow.runtime.tree import cancel


class AdHocSubProcess(SubProcess):
    """Offers all that no flow leads to; in sequence, the next begins when the one before has come to its end.

    The completion condition is asked after each activity. If it does not hold when everything was done, everything is
    offered again, provided that the last round has changed a variable; else nothing could ever make it true.
    """

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.completion: Value | None = None
        self.is_sequential = node.attributes.get("ordering") == "Sequential"
        self.stops_the_rest = node.attributes.get("cancelRemainingInstances") != "false"

    def first_flows(self, root: Task, task: Task) -> list[tuple[str, Element]]:
        flows = super().first_flows(root, task)
        task.internal_data |= {"next": 1 if self.is_sequential else len(flows), "seen": _look(task)}
        return flows[:1] if self.is_sequential else flows

    def activity_done(self, task: Task) -> None:
        if self.completion is None or not self.value(task, self.completion):
            return
        task.internal_data["enough"] = True
        inner = self.top(task).subprocesses[task.id]
        if self.stops_the_rest:
            for branch in [inner.tasks[each] for each in inner.task_tree._children]:
                if branch.id in inner.tasks:
                    cancel(branch)

    def inside_is_done(self, task: Task) -> None:
        kept, inner = task.internal_data, self.top(task).subprocesses[task.id]
        flows = super().first_flows(inner.task_tree, task)
        if "enough" not in kept and kept["next"] < len(flows):
            self._offer(inner, flows[kept["next"] :][:1])
            kept["next"] += 1
        elif "enough" in kept or self.completion is None:
            super().inside_is_done(task)
        elif kept["seen"] != _look(task):
            kept |= {"next": 1 if self.is_sequential else len(flows), "seen": _look(task)}
            self._offer(inner, flows[:1] if self.is_sequential else flows)

    def _offer(self, inner: Any, flows: list[tuple[str, Element]]) -> None:
        inner.completed = False
        root = inner.task_tree
        for flow, element in flows:
            child = root._add_child(element, TaskState.FUTURE)
            child.internal_data["flow"] = flow
            element._update(child)


def _look(task: Task) -> str:
    """What the variables are now, to see whether they change."""
    return json.dumps(dict(variables_of(task)), default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
