"""Gateways: exclusive, parallel, inclusive, complex, event-based; and the gathering of tokens before an activity.

Tokens are counted per incoming flow, so a join works on every round of a loop, and surplus tokens stay where they are.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection
from typing import Any, Literal, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions import Environment
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import live_tasks
from engine.workflow.runtime.tree import remove


class ExclusiveGateway(Element):
    """Takes the first flow, in the document's order, whose condition is true."""

    def next_flows(self, task: Task) -> list[tuple[str, Element]]:
        if len(self.followers) == 1 and not self.conditions:
            return self.followers
        environment = self.environment(task)
        for flow, follower in self.followers:
            condition = self.conditions.get(flow)
            if flow != self.default and condition is not None and self.value_in(environment, condition):
                return [(flow, follower)]
        chosen = [(flow, follower) for flow, follower in self.followers if flow == self.default]
        if not chosen:
            raise self.no_way()
        return chosen


class Join(Element):
    """Waits until tokens have come on the flows that matter, then goes on with one of them."""

    def __init__(self, process: Any, node: Any) -> None:
        super().__init__(process, node)
        self.arrivals = tuple(flow.id for flow in node.incoming)

    def enter(self, task: Task) -> bool:
        task._set_state(TaskState.WAITING)
        if len(self.arrivals) > 1:
            if not self.is_complete(task.workflow):
                return False
            self.take_in(task)
        return True

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

    def take_in(self, task: Task) -> None:
        """Take the tokens that go on together with this one out of the tree, before another can count them."""
        for flow, other in self.waiting_here(task.workflow).items():
            if other is not task and flow != task.internal_data["flow"]:
                remove(other)

    def cancelled(self, task: Task) -> None:
        """A token that waited at a gateway is not worth a line in the history."""


class ParallelGateway(Join):
    """Waits for one token on each incoming flow, and gives one to each outgoing flow."""


class InclusiveGateway(Join):
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
        return not self.may_come(workflow, self.waiting_here(workflow))

    def may_come(self, workflow: Any, arrived: Collection[str]) -> bool:
        """Whether a token that can reach none of the flows it has arrived on can still reach another."""
        missing = [flow for flow in self.arrivals if flow not in arrived]
        for task in live_tasks(workflow):
            place = task.task_spec.node.id
            if task.task_spec is self or any(place in self.reaching[flow] for flow in arrived):
                continue
            if any(place in self.reaching[flow] for flow in missing):
                return True
        return False


class ComplexGateway(InclusiveGateway):
    """Goes on when its activation condition holds, then takes in, once each, the tokens that come late.

    The condition sees `activationCount`, the number of flows on which a token has come. The flows from which a late
    token is still to be taken in are kept in the root of the scope; when they are all in, or can no longer come, the
    gateway begins anew.
    """

    def __init__(self, process: Any, node: Any) -> None:
        super().__init__(process, node)
        self.activation: Value | None = None

    def enter(self, task: Task) -> bool:
        task._set_state(TaskState.WAITING)
        late, flow = self._late(task.workflow), task.internal_data["flow"]
        if flow in late:
            late.remove(flow)
            task.internal_data["late"] = True
            return True
        if late or not self._is_active(task):
            return False
        self.take_in(task)
        return True

    def is_complete(self, workflow: Any) -> bool:
        waiting, late = list(self.waiting_here(workflow).values()), self._late(workflow)
        if late and not self._can_reach(workflow, late):
            late.clear()
        return bool(waiting) and not late and self._is_active(waiting[0])

    def _late(self, workflow: Any) -> list[str]:
        late: list[str] = workflow.task_tree.internal_data.setdefault(f"late:{self.node.id}", [])
        return late

    def _can_reach(self, workflow: Any, flows: Collection[str]) -> bool:
        places = {task.task_spec.node.id for task in live_tasks(workflow) if task.task_spec is not self}
        return any(places & self.reaching[flow] for flow in flows)

    def _is_active(self, task: Task) -> bool:
        arrived = self.waiting_here(task.workflow)
        if self.activation is None:
            return len(arrived) >= len(self.arrivals)
        seen = self.environment(task)
        variables = ChainMap({"activationCount": len(arrived)}, cast(Any, seen.variables))
        return bool(self.value_in(Environment(variables, seen.functions, seen.now), self.activation))

    def take_in(self, task: Task) -> None:
        arrived = self.waiting_here(task.workflow).keys() | {task.internal_data["flow"]}
        self._late(task.workflow).extend(flow for flow in self.arrivals if flow not in arrived)
        super().take_in(task)

    def next_flows(self, task: Task) -> list[tuple[str, Element]]:
        return [] if "late" in task.internal_data else super().next_flows(task)

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """A token that comes late changes nothing."""
        if "late" not in task.internal_data:
            super().trace(task, outcome)


class Gathering(Element):
    """Stands before an activity that begins only with several tokens (`startQuantity`), whichever flows bring them."""

    def __init__(self, process: Any, node: Any, name: str) -> None:
        super().__init__(process, node, name)
        self.quantity = int(node.attributes["startQuantity"])

    def enter(self, task: Task) -> bool:
        task._set_state(TaskState.WAITING)
        tasks = task.workflow.tasks.values()
        gathered = [each for each in tasks if each.task_spec is self and each._state == TaskState.WAITING]
        if len(gathered) < self.quantity:
            return False
        for other in gathered:
            if other is not task:
                remove(other)
        return True

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Not an element that anybody drew."""


class EventBasedGateway(Element):
    """Waits at all following events at once; the first to happen ends the waiting at the others.

    A parallel one, which may only begin a process, needs all of them.
    """

    def pass_token(self, task: Task, flow: str, follower: Element) -> None:
        super().pass_token(task, flow, follower)
        if self.node.attributes.get("eventGatewayType") == "Parallel":
            return
        task.workflow.tasks[task._children[-1]].internal_data["race"] = task.id.hex

    def cancelled(self, task: Task) -> None:
        """Never seen from outside: it is left as soon as it is reached."""
