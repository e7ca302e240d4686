"""Gateways: exclusive, parallel, inclusive, event-based.

Tokens are counted per incoming flow, so a join works on every round of a loop, and surplus tokens stay where they are.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions import Reason
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import live_tasks
from engine.workflow.runtime.tree import remove


class Choosing(Element):
    """What exclusive and inclusive gateways share: conditions by flow, and a default flow."""

    def __init__(self, process: Any, node: Any) -> None:
        super().__init__(process, node)
        self.conditions: dict[str, Value] = {}
        self.default: str | None = None

    def _otherwise(self) -> list[tuple[str, Element]]:
        chosen = [(flow, follower) for flow, follower in self.followers if flow == self.default]
        if not chosen:
            raise self.failed(
                Reason(
                    "không nhánh nào có điều kiện đúng và không có nhánh mặc định",
                    "no condition is true and there is no default flow",
                )
            )
        return chosen


class ExclusiveGateway(Choosing):
    """Takes the first flow, in the document's order, whose condition is true."""

    def next_flows(self, task: Task) -> list[tuple[str, Element]]:
        if len(self.followers) == 1 and not self.conditions:
            return self.followers
        environment = self.environment(task)
        for flow, follower in self.followers:
            condition = self.conditions.get(flow)
            if flow != self.default and condition is not None and self.value_in(environment, condition):
                return [(flow, follower)]
        return self._otherwise()


class Join(Element):
    """Waits until tokens have come on the flows that matter, then goes on with one of them."""

    def __init__(self, process: Any, node: Any) -> None:
        super().__init__(process, node)
        self.arrivals = tuple(flow.id for flow in node.incoming)

    def enter(self, task: Task) -> bool:
        task._set_state(TaskState.WAITING)
        return len(self.arrivals) <= 1 or self.is_complete(task.workflow)

    def waiting_here(self, workflow: Any) -> dict[str, Task]:
        """The longest-waiting token on each incoming flow."""
        found: dict[str, Task] = {}
        for task in workflow.tasks.values():
            if task.task_spec is self and task._state == TaskState.WAITING:
                found.setdefault(task.internal_data["flow"], task)
        return found

    def is_complete(self, workflow: Any) -> bool:
        """Whether the join may go on."""
        return len(self.waiting_here(workflow)) == len(self.arrivals)

    def execute(self, task: Task) -> None:
        for flow, other in self.waiting_here(task.workflow).items():
            if other is not task and flow != task.internal_data["flow"]:
                remove(other)

    def cancelled(self, task: Task) -> None:
        """A token that waited at a gateway is not worth a line in the history."""


class ParallelGateway(Join):
    """Waits for one token on each incoming flow, and gives one to each outgoing flow."""


class InclusiveGateway(Join, Choosing):
    """Takes every flow whose condition is true; joining, waits only for tokens that can still come.

    `reaching` holds, for each incoming flow, the elements from which a token could still come along it.
    """

    def __init__(self, process: Any, node: Any) -> None:
        super().__init__(process, node)
        self.reaching: dict[str, frozenset[str]] = {}

    def enter(self, task: Task) -> bool:
        """Whether other tokens may still come is only known when everything else stands still."""
        task._set_state(TaskState.WAITING)
        return len(self.arrivals) <= 1

    def is_complete(self, workflow: Any) -> bool:
        arrived = self.waiting_here(workflow)
        missing = [flow for flow in self.arrivals if flow not in arrived]
        for task in live_tasks(workflow):
            place = task.task_spec.node.id
            if task.task_spec is self or any(place in self.reaching[flow] for flow in arrived):
                continue
            if any(place in self.reaching[flow] for flow in missing):
                return False
        return True

    def next_flows(self, task: Task) -> list[tuple[str, Element]]:
        if len(self.followers) == 1 and not self.conditions:
            return self.followers
        environment = self.environment(task)
        chosen = [
            (flow, follower)
            for flow, follower in self.followers
            if flow != self.default
            and (flow not in self.conditions or self.value_in(environment, self.conditions[flow]))
        ]
        return chosen or self._otherwise()


class EventBasedGateway(Element):
    """Waits at all following events at once; the first to happen ends the waiting at the others."""

    def pass_token(self, task: Task, flow: str, follower: Element) -> None:
        super().pass_token(task, flow, follower)
        task.workflow.tasks[task._children[-1]].internal_data["race"] = task.id.hex

    def cancelled(self, task: Task) -> None:
        """Never seen from outside: it is left as soon as it is reached."""
