"""Activities that are done several times: once for each item of a collection, or as long as a condition holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions import Environment, Reason
from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.activities import Activity
from engine.workflow.runtime.catching import broadcast, tell_boundary, throw, throw_on
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import variables_of
from engine.workflow.runtime.tree import cancel
from engine.workflow.runtime.undoing import remember_instance

MAXIMUM_INSTANCES = 1000
MAXIMUM_OPEN_TASKS = 10_000
"""In the whole workflow when instances begin; a thousand instances of a thousand would be a million."""


class MultiInstance(Activity):
    """Stands for the whole of the instances; `each` is the activity that every instance does.

    Counters are kept here and not in the children, which leave the tree when they are done. The instances share the
    variables around them; what an instance writes is kept even if the rest is stopped later.
    """

    is_repeated = True

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        assert node.loop is not None
        self.is_sequential = node.loop.is_sequential
        self.element_variable = node.loop.element_variable
        self.collection: Value | None = None
        self.cardinality: Value | None = None
        self.completion: Value | None = None
        self.complex_conditions: list[tuple[Value, Event | None]] = []
        self.each: Element

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Every instance has a line of its own in the history."""

    def enter(self, task: Task) -> bool:
        items = self._items(task)
        task.internal_data |= {"total": len(items), "done": 0, "left": []}
        if not items:
            return True
        if len(items) + self.top(task).size > MAXIMUM_OPEN_TASKS:
            vi, en = f"quá {MAXIMUM_OPEN_TASKS} công việc cùng mở", f"more than {MAXIMUM_OPEN_TASKS} tasks at once"
            raise self.failed(Reason(vi, en))
        task._set_state(TaskState.STARTED)
        if self.is_sequential:
            task.internal_data["left"] = items[1:]
            items = items[:1]
        for number, item in enumerate(items):
            self._begin(task, number, item)
        return False

    def _items(self, task: Task) -> list[Any]:
        if self.collection is not None:
            found = self.value(task, self.collection)
            if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
                raise self.failed(Reason("tập hợp cần lặp không phải danh sách", "the collection is not a list"))
            items = list(found)
        else:
            assert self.cardinality is not None
            count = self.value(task, self.cardinality)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise self.failed(Reason("số lần lặp phải là số nguyên", "the loop cardinality must be a whole number"))
            items = list(range(min(count, MAXIMUM_INSTANCES + 1)))
        if len(items) > MAXIMUM_INSTANCES:
            raise self.failed(Reason(f"lặp quá {MAXIMUM_INSTANCES} lần", f"more than {MAXIMUM_INSTANCES} instances"))
        return items

    def _begin(self, task: Task, number: int, item: Any) -> None:
        child = task._add_child(self.each, TaskState.FUTURE)
        child.internal_data["flow"] = ""
        child.data["loopCounter"] = number
        if self.element_variable:
            child.data[self.element_variable] = item
        self.each._update(child)

    def instance_done(self, task: Task, instance: Task) -> None:
        """One instance is complete: end the whole, or begin the next."""
        kept = task.internal_data
        kept["done"] += 1
        remember_instance(task, instance)
        is_enough = self._throw_behavior(task, instance)
        if task.id not in task.workflow.tasks:
            return
        active = self._active(task, instance)
        if is_enough or self._is_enough(task, instance):
            for other in active:
                cancel(other)
        elif kept["left"]:
            item, kept["left"] = kept["left"][0], kept["left"][1:]
            self._begin(task, kept["done"], item)
            return
        elif active:
            return
        task._set_state(TaskState.READY)
        self.top(task).to_run.append(task)

    def _throw_behavior(self, task: Task, instance: Task) -> bool:
        """Throw what the marker's behavior says when an instance is done; say whether that ends the whole.

        By the standard "None" throws for each instance, so that what catches it on the boundary cannot stop the rest,
        and a complex behavior whose condition holds stops the rest and lets the activity end as it always does.
        """
        loop = self.node.loop
        assert loop is not None
        if loop.thrown is not None and (loop.behavior == "None" or task.internal_data["done"] == 1):
            self._throw(task, loop.thrown)
        is_enough = False
        for condition, event in self.complex_conditions:
            if task.id in task.workflow.tasks and self.value_in(self._counters(task, instance), condition):
                is_enough = True
                if event is not None:
                    self._throw(task, event)
        return is_enough

    def _throw(self, task: Task, event: Event) -> None:
        if event.kind == "error":
            if not (throw_on(task, event) or throw(task, event)):
                code = event.name
                raise self.failed(Reason(f"không ai bắt lỗi “{code}”", f"nothing catches the error “{code}”"))
            return
        if event.kind == "signal":
            broadcast(self.top(task), event.name, but_on=self.node.id)
        if not tell_boundary(task, event) and event.kind == "escalation":
            throw(task, event)

    def _active(self, task: Task, instance: Task) -> list[Task]:
        others = [task.workflow.tasks[each] for each in task._children if each != instance.id]
        return [each for each in others if not each._state & TaskState.FINISHED_MASK]

    def _is_enough(self, task: Task, instance: Task) -> bool:
        return self.completion is not None and bool(self.value_in(self._counters(task, instance), self.completion))

    def _counters(self, task: Task, instance: Task) -> Environment:
        """What the instance sees, and how many there are, are done and are open."""
        counters = {
            "nrOfInstances": task.internal_data["total"],
            "nrOfCompletedInstances": task.internal_data["done"],
            "nrOfActiveInstances": len(self._active(task, instance)),
        }
        # The standard's own names for the same numbers.
        counters |= {
            "numberOfInstances": counters["nrOfInstances"],
            "numberOfCompletedInstances": counters["nrOfCompletedInstances"],
            "numberOfActiveInstances": counters["nrOfActiveInstances"],
            "numberOfTerminatedInstances": 0,
        }
        surroundings = self.top(task).surroundings
        variables = variables_of(instance).new_child(counters)
        return Environment(variables, surroundings.functions, surroundings.now)


class RepeatedActivity(Activity):
    """Stands for all rounds of an activity with a standard loop marker; `each` is one round.

    `loopCounter` is the number of the round, from 0; when the condition is asked, how many rounds are done.
    """

    is_repeated = True

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        assert node.repeat is not None
        self.tests_before = node.repeat.tests_before
        self.maximum: Value | None = None
        self.condition: Value | None = None
        self.each: Element

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Every round has a line of its own in the history."""

    def enter(self, task: Task) -> bool:
        task.data["loopCounter"] = 0
        if self.maximum is not None:
            maximum = self.value(task, self.maximum)
            if not isinstance(maximum, int) or isinstance(maximum, bool) or maximum < 1:
                raise self.failed(Reason("số lần lặp tối đa phải từ 1", "the maximum of a loop must be 1 or more"))
            task.internal_data["maximum"] = maximum
        if self.tests_before and not self._goes_on(task):
            return True
        task._set_state(TaskState.STARTED)
        self._begin(task)
        return False

    def _goes_on(self, task: Task) -> bool:
        maximum = task.internal_data.get("maximum")
        if maximum is not None and task.data["loopCounter"] >= maximum:
            return False
        return self.condition is None or bool(self.value(task, self.condition))

    def _begin(self, task: Task) -> None:
        child = task._add_child(self.each, TaskState.FUTURE)
        child.internal_data["flow"] = ""
        child.data["loopCounter"] = task.data["loopCounter"]
        self.each._update(child)

    def instance_done(self, task: Task, instance: Task) -> None:
        """One round is done: begin the next, or end the whole."""
        remember_instance(task, instance)
        task.data["loopCounter"] += 1
        if self._goes_on(task):
            self._begin(task)
            return
        task._set_state(TaskState.READY)
        self.top(task).to_run.append(task)
