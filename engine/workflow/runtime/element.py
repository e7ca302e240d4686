"""What all elements have in common: reading and writing variables, passing the token on, leaving a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import StepFailed
from engine.workflow.expressions import Assignment, Environment, Reason
from engine.workflow.expressions.errors import ExpressionProblem
from engine.workflow.reading.model import Node
from engine.workflow.runtime.instance import Instance, outer_task, path_of, set_variable, variables_of
from engine.workflow.step import Passage

Value = Callable[[Environment], Any]


class Element(BpmnTaskSpec):  # type: ignore[misc]
    """One element of a diagram; `followers` are the flows that leave it, in the document's order."""

    is_instance = False
    """Whether it is begun by the element around it (multi-instance, loop, compensation), which is told of its end."""
    is_repeated = False
    """Whether it stands for several instances of an activity."""
    broadcasts = False
    """Whether it throws a signal."""
    sends = False
    """Whether it sends a message."""
    needs_records = False
    """Whether undoing something with this element only makes sense if work inside it has been noted."""
    begins_process = False
    """Whether what it waits for begins a process, in a trace of several."""
    is_listener = False
    """Whether its waiting keeps nothing alive: the start of an event sub-process."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, name or node.id, lane=node.lane, documentation=node.documentation or None)
        self.node = node
        self.bpmn_id = node.id
        self.bpmn_name = node.name
        self.followers: list[tuple[str, Element]] = []
        self.conditions: dict[str, Value] = {}
        """Conditions of the flows that leave, by flow."""
        self.default: str | None = None
        self.tokens_out = 1
        """How many tokens each chosen flow gets (`completionQuantity`)."""
        self.reads: list[tuple[str, Value]] = []
        self.writes: list[tuple[str, Value]] = []
        self.before: tuple[Assignment, ...] = ()
        """What is set in the process before anything is read, and `after` what when everything is written."""
        self.after: tuple[Assignment, ...] = ()

    # -- what a kind of element says of itself ------------------------------------------------------------------

    def enter(self, task: Task) -> bool:
        """A token has come. True if the element can run at once, False if it waits for something."""
        self.read(task)
        return True

    def execute(self, task: Task) -> None:
        """Do the element's work."""

    def next_flows(self, task: Task) -> list[tuple[str, Element]]:
        """The flows that get a token: those without a condition, those whose condition is true, else the default."""
        if not self.conditions and self.default is None:
            return self.followers * self.tokens_out
        environment = self.environment(task)
        true = {flow for flow, condition in self.conditions.items() if self.value_in(environment, condition)}
        chosen = [
            (flow, follower)
            for flow, follower in self.followers
            if flow in true or (not true if flow == self.default else flow not in self.conditions)
        ]
        if not chosen:
            raise self.no_way()
        return chosen * self.tokens_out

    def no_way(self) -> StepFailed:
        """The failure where no flow may be taken."""
        vi = "không nhánh nào có điều kiện đúng và không có nhánh mặc định"
        return self.failed(Reason(vi, "no condition is true and there is no default flow"))

    def finished(self, task: Task) -> None:
        """The element is done, its followers have not begun."""

    def cancelled(self, task: Task) -> None:
        """The element was stopped before it was done."""
        self.trace(task, "cancelled")

    # -- SpiffWorkflow's hooks ----------------------------------------------------------------------------------

    def test(self) -> None:
        """Diagrams are checked before they are built, not at every task."""

    def _predict(self, my_task: Task, *arguments: Any, **named: Any) -> None:
        """Nothing is predicted: consecutive parallel blocks would multiply the tree."""

    def _update_hook(self, my_task: Task) -> bool:
        return self.enter(my_task)

    def _on_ready_hook(self, my_task: Task) -> None:
        if not self.manual:
            my_task.workflow.top_workflow.to_run.append(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        self.execute(my_task)
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        self.write(my_task)
        self.trace(my_task, "completed")
        self.finished(my_task)
        if my_task.id in my_task.workflow.tasks:
            for flow, follower in self.next_flows(my_task):
                self.pass_token(my_task, flow, follower)

    def _on_cancel(self, my_task: Task) -> None:
        self.cancelled(my_task)

    # -- help for the kinds -------------------------------------------------------------------------------------

    def pass_token(self, task: Task, flow: str, follower: Element) -> None:
        """Send a token along a flow; the follower is told by SpiffWorkflow once the element is complete."""
        child = task._add_child(follower, TaskState.FUTURE)
        child.internal_data["flow"] = flow

    def top(self, task: Task) -> Instance:
        """The whole workflow around a task."""
        instance: Instance = task.workflow.top_workflow
        return instance

    def environment(self, task: Task) -> Environment:
        """What an expression of this element sees."""
        surroundings = self.top(task).surroundings
        return Environment(variables_of(task), surroundings.functions, surroundings.now)

    def value(self, task: Task, expression: Value) -> Any:
        """The value of one expression. Raises StepFailed, which names the element."""
        return self.value_in(self.environment(task), expression)

    def value_in(self, environment: Environment, expression: Value) -> Any:
        """The value of one expression in a given environment. Raises StepFailed, which names the element."""
        try:
            return expression(environment)
        except ExpressionProblem as problem:
            raise self.failed(problem.reason) from problem

    def failed(self, reason: object) -> StepFailed:
        """The failure of the whole step at this element."""
        return StepFailed(element=self.node.name or self.node.id, element_id=self.node.id, reason=reason)

    def read(self, task: Task) -> None:
        """Evaluate the input parameters in their order; they are visible only here (and inside a sub-process)."""
        self._set(task, self.before)
        if self.reads:
            environment = self.environment(task)
            for name, expression in self.reads:
                task.data[name] = self.value_in(environment, expression)

    def write(self, task: Task) -> None:
        """Evaluate the output parameters and set them in the process."""
        if self.writes:
            environment = self.environment(task)
            for name, expression in self.writes:
                set_variable(task, name, self.value_in(environment, expression))
        self._set(task, self.after)

    def _set(self, task: Task, lines: tuple[Assignment, ...]) -> None:
        for line in lines:
            set_variable(task, line.name, self.value(task, line.expression.value))

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Write down that a token has left this element."""
        node = self.node
        passage = Passage(node.id, node.name, node.type, outcome, path_of(task.workflow), node.properties, task.id)
        self.top(task).journal.append(passage)


class Begin(Element):
    """The root of every tree: gives the first tokens to the start event, or to whatever no flow leads to."""

    def next_flows(self, task: Task) -> list[tuple[str, Element]]:
        """The sub-process around may have other wishes: an ad-hoc one, or one that is to be undone."""
        outer = outer_task(task.workflow)
        begins_at = task.workflow.top_workflow.begins_at
        if outer is not None:
            flows: list[tuple[str, Element]] = outer.task_spec.first_flows(task, outer)
            return flows
        if begins_at is None:
            return self.followers
        listening = [(flow, element) for flow, element in self.followers if element.is_listener]
        return [*listening, ("", task.workflow.spec.task_specs[begins_at])]

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Not an element that anybody drew."""


class PassThrough(Element):
    """An element at which nothing happens: a start event, a plain or manual task, a throwing event without effect."""
