"""Activities: user, script, service and business rule tasks, sub-processes, call activities, multi-instance."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.decisions import DecisionFailed, evaluate_decision, in_own_shape
from engine.workflow.errors import ServiceMissing
from engine.workflow.expressions import Assignment, Environment, ExpressionFailed, Reason
from engine.workflow.reading.model import Node
from engine.workflow.runtime.catching import throw_cancel
from engine.workflow.runtime.edge import leave_activity
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import set_variable, variables_of
from engine.workflow.runtime.tree import close_inner
from engine.workflow.runtime.undoing import INSIDE
from engine.workflow.step import ServiceCall
from engine.workflow.timers import due_moment


class Activity(Element):
    """Something that does work; its boundary events end with it."""

    def finished(self, task: Task) -> None:
        leave_activity(task)

    def take_results(self, task: Task, results: Mapping[str, Any]) -> None:
        """Results are local when output parameters choose among them; without any, all of them enter the process."""
        if self.writes:
            task.data.update(results)
            return
        for name, value in results.items():
            set_variable(task, name, value)


class PlainTask(Activity):
    """A task or manual task: nothing to do for the engine."""


PROPERTY = "property:"
"""Before the name of an extension property that holds an expression."""


class UserTask(Activity):
    """Waits for a person. Role, assignee and due date are evaluated once, when it is reached."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.manual = True
        self.offers: dict[str, Value] = {}
        """`role`, `assignee`, `due`, `form`, `property:<name>`: what is drawn as a text or an expression."""

    def enter(self, task: Task) -> bool:
        self.read(task)
        environment = self.environment(task)
        for name, expression in self.offers.items():
            value = self.value_in(environment, expression)
            if value is not None:
                task.internal_data[name] = self._due(task, value) if name == "due" else self._text(value)
        return True

    def _due(self, task: Task, value: Any) -> str:
        try:
            return due_moment(value, self.top(task).surroundings.now).isoformat()
        except ExpressionFailed as problem:
            raise self.failed(problem.reason) from problem

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        raise self.failed(
            Reason("vai trò, người nhận, biểu mẫu phải là chuỗi", "role, assignee and form must be texts")
        )


class ScriptTask(Activity):
    """Lines of `name = expression`; each line sees what the lines before it have set."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.lines: tuple[Assignment, ...] = ()

    def execute(self, task: Task) -> None:
        for line in self.lines:
            self.take_results(task, {line.name: self.value(task, line.expression.value)})


class ServiceTask(Activity):
    """Calls the surroundings' handler of its topic within the step."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.topic: Value | None = None

    def execute(self, task: Task) -> None:
        assert self.topic is not None
        topic = self.value(task, self.topic)
        if not isinstance(topic, str):
            raise self.failed(Reason("chủ đề dịch vụ phải là chuỗi", "the topic must be a text"))
        service = self.top(task).surroundings.services.get(topic)
        if service is None:
            name = self.node.name or self.node.id
            reason = Reason(f"chưa có dịch vụ “{topic}”", f"nobody serves the topic “{topic}”")
            raise ServiceMissing(element=name, element_id=self.node.id, reason=reason)
        call = ServiceCall(self.node.id, self.node.name, topic, dict(task.data), self.node.properties)
        self.take_results(task, service(call) or {})


class ExpressionTask(Activity):
    """A service task that is one expression with a result variable."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.expression: Value | None = None
        self.result: str | None = None

    def execute(self, task: Task) -> None:
        assert self.expression is not None
        value = self.value(task, self.expression)
        if self.result:
            self.take_results(task, {self.result: value})


ResultMapping = Literal["singleEntry", "singleResult", "collectEntries", "resultList", "ownShape"]


class BusinessRuleTask(Activity):
    """Evaluates a decision. `decisionResult`, the list of all rows, is visible to its output parameters."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.decision = ""
        self.result: str | None = None
        self.mapping: ResultMapping = "resultList"

    def execute(self, task: Task) -> None:
        instance = self.top(task)
        try:
            rows = evaluate_decision(instance.decisions, self.decision, self.environment(task))
        except DecisionFailed as failure:
            raise self.failed(failure.reason) from failure
        task.data["decisionResult"] = rows
        if self.result:
            is_single = instance.decisions[self.decision].is_single
            value = in_own_shape(rows, is_single=is_single) if self.mapping == "ownShape" else self._mapped(rows)
            self.take_results(task, {self.result: value})

    def _mapped(self, rows: list[dict[str, Any]]) -> Any:
        if self.mapping == "resultList":
            return rows
        if self.mapping == "collectEntries":
            return [self._entry(row) for row in rows]
        if len(rows) > 1:
            raise self.failed(
                Reason(
                    f"quyết định cho {len(rows)} kết quả, cần một", f"the decision gives {len(rows)} results, not one"
                )
            )
        if not rows:
            return None
        return self._entry(rows[0]) if self.mapping == "singleEntry" else rows[0]

    def _entry(self, row: dict[str, Any]) -> Any:
        if len(row) != 1:
            raise self.failed(
                Reason("quyết định có nhiều cột kết quả", "the decision has several outputs, one value was expected")
            )
        return next(iter(row.values()))


class SubProcess(Activity):
    """An embedded sub-process or transaction: its inside shares the variables around it."""

    process_of_its_own = False
    """Whether the inside is a process: what was done there is not undone from here."""
    is_main = False
    """Whether the inside is the main process of a trace of several."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.spec = ""

    def enter(self, task: Task) -> bool:
        self.read(task)
        task._set_state(TaskState.STARTED)
        self.open(task)
        return False

    def open(self, task: Task) -> Any:
        """Begin the inside."""
        return self.top(task).create_subprocess(task, self.spec)

    def first_flows(self, root: Task, task: Task) -> list[tuple[str, Element]]:
        """What gets the first tokens inside."""
        flows: list[tuple[str, Element]] = root.task_spec.followers
        return flows

    def activity_done(self, task: Task) -> None:
        """An activity inside is done."""

    def inside_is_done(self, task: Task) -> None:
        """The inside has no token left."""
        task._set_state(TaskState.READY)
        self.top(task).to_run.append(task)

    def transaction_cancelled(self, task: Task) -> None:
        """What the transaction had done is undone: its cancel boundary event goes on."""
        if not throw_cancel(task):
            reason = Reason("giao dịch không có sự kiện biên hủy", "the transaction has no cancel boundary event")
            raise self.failed(reason)

    def execute(self, task: Task) -> None:
        inside = self.top(task).subprocesses[task.id].task_tree.internal_data
        if not self.process_of_its_own and inside.get("done"):
            task.internal_data[INSIDE] = inside["done"]
        close_inner(task)


class UndoneScope(SubProcess):
    """Undoes what a completed sub-process has done, by its compensation event sub-process or activity by activity."""

    is_instance = True

    def __init__(self, process: Any, node: Node, name: str) -> None:
        super().__init__(process, node, name)
        self.needs_records = True
        """Whether there is only something to undo if activities inside have been noted."""

    def first_flows(self, root: Task, task: Task) -> list[tuple[str, Element]]:
        root.internal_data["done"] = task.internal_data["undo"]
        return [("", root.workflow.spec.first_undoer)]

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """The sub-process does not run again; what undoes its work is written down."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One `camunda:in` or `camunda:out`; without a target everything crosses."""

    target: str | None
    value: Value | None


class CallActivity(SubProcess):
    """Calls another process, which has variables of its own.

    As in Camunda 7, only what `camunda:in` and `camunda:out` name crosses (a variable that is not there as null), and
    nothing at all without them; the facts of the surroundings are seen everywhere.
    """

    process_of_its_own = True

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.entries: list[Crossing] = []
        self.exits: list[Crossing] = []

    def open(self, task: Task) -> Any:
        values: dict[str, Any] = {}
        environment = self.environment(task)
        for entry in self.entries:
            if entry.target is None or entry.value is None:
                values.update(_all_of(task))
            else:
                values[entry.target] = self.value_in(environment, entry.value)
        inner = super().open(task)
        inner.data.update(values)
        return inner

    def execute(self, task: Task) -> None:
        instance = self.top(task)
        inside = instance.subprocesses[task.id].data
        seen = instance.surroundings
        environment = Environment(ChainMap(inside, cast(Any, seen.facts)), seen.functions, seen.now)
        for leaving in self.exits:
            if leaving.target is None or leaving.value is None:
                self.take_results(task, inside)
            else:
                self.take_results(task, {leaving.target: self.value_in(environment, leaving.value)})
        super().execute(task)


def _all_of(task: Task) -> dict[str, Any]:
    scopes = variables_of(task).maps[:-1]
    return {name: value for scope in reversed(scopes) for name, value in scope.items()}
