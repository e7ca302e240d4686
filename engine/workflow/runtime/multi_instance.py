"""An activity that is done once for each item of a collection, at once or one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions import Environment, Reason
from engine.workflow.reading.model import Node
from engine.workflow.runtime.activities import Activity
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import variables_of
from engine.workflow.runtime.tree import cancel

MAXIMUM_INSTANCES = 1000


class MultiInstance(Activity):
    """Stands for the whole of the instances; `each` is the activity that every instance does.

    Counters are kept here and not in the children, which leave the tree when they are done. The instances share the
    variables around them; what an instance writes is kept even if the rest is stopped later.
    """

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        assert node.loop is not None
        self.is_sequential = node.loop.is_sequential
        self.element_variable = node.loop.element_variable
        self.collection: Value | None = None
        self.cardinality: Value | None = None
        self.completion: Value | None = None
        self.each: Element

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Every instance has a line of its own in the history."""

    def enter(self, task: Task) -> bool:
        items = self._items(task)
        task.internal_data |= {"total": len(items), "done": 0, "left": []}
        if not items:
            return True
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
        others = [task.workflow.tasks[each] for each in task._children if each != instance.id]
        active = [each for each in others if not each._state & TaskState.FINISHED_MASK]
        if self._is_enough(task, instance, len(active)):
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

    def _is_enough(self, task: Task, instance: Task, active: int) -> bool:
        if self.completion is None:
            return False
        kept = task.internal_data
        counters = {
            "nrOfInstances": kept["total"],
            "nrOfCompletedInstances": kept["done"],
            "nrOfActiveInstances": active,
        }
        surroundings = self.top(task).surroundings
        variables = variables_of(instance).new_child(counters)
        return bool(self.value_in(Environment(variables, surroundings.functions, surroundings.now), self.completion))
