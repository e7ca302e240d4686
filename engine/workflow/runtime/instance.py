"""One workflow in memory for the length of one step: its tasks, its scopes, and what happened in the step."""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.decisions import Decision
from engine.workflow.step import Passage, SentMessage, Surroundings

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The inside of a process or of an embedded sub-process, ready to be run."""

    def __init__(self, name: str, file: str, element_id: str | None, start: Callable[[ProcessSpec], Any]) -> None:
        """`element_id` is that of the embedded sub-process; a process of its own has none, but its own variables.

        SpiffWorkflow's own constructor would add its end-join, which never fires in a tree without predictions.
        """
        WorkflowSpec.__init__(self, name=name, filename=file)
        self.element_id = element_id
        self.data_objects: dict[str, Any] = {}
        self.io_specification = None
        self.bpmn_start_events: list[Any] = []
        self.start = start(self)
        self.undoers: dict[str, Any] = {}
        """By the id of an activity: the element that undoes it."""
        self.compensation_events: dict[str, Any] = {}
        """By the id of an activity: its compensation boundary event."""
        self.undoing: Any = None
        """Runs the undoers of what was done here."""
        self.first_undoer: Any = None
        """Where undoing the whole scope begins: at its compensation event sub-process, else at `undoing`."""

    def _add_notify(self, task_spec: Any) -> None:
        WorkflowSpec._add_notify(self, task_spec)

    @property
    def has_own_variables(self) -> bool:
        """Whether variables end here, or are looked up further out."""
        return self.element_id is None


class NoScripts:
    """Stands where SpiffWorkflow keeps its Python interpreter, so that nothing can ever reach it."""

    def evaluate(self, *arguments: Any, **named: Any) -> Any:
        """Refuse."""
        raise NotImplementedError("no Python is run by a diagram")

    execute = evaluate
    call_service = evaluate


class Inner(BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of a running sub-process or call activity, which is the task `outer`."""

    def __init__(self, spec: ProcessSpec, outer: Task, *, loading: bool) -> None:
        self.outer = outer
        super().__init__(spec, outer.id, outer.workflow.top_workflow, deserializing=loading)

    def _calculate_depth(self) -> int:
        """SpiffWorkflow would look for every workflow around it among all tasks."""
        return int(self.outer.workflow.depth) + 1

    def _task_completed_notify(self, task: Task) -> None:
        """Nothing waits for a notice here: the driver looks for what has become possible."""


class Instance(BpmnWorkflow):  # type: ignore[misc]
    """A workflow loaded for one step."""

    depth = 0
    """How many sub-processes and calls are around it; one more for each of them inside."""

    def __init__(
        self,
        specs: Mapping[str, ProcessSpec],
        process: str,
        decisions: Mapping[str, Decision],
        surroundings: Surroundings,
        *,
        loading: bool,
    ) -> None:
        self.surroundings = surroundings
        self.decisions = decisions
        self.to_run: deque[Task] = deque()
        self.waiting: dict[UUID, Task] = {}
        self.journal: list[Passage] = []
        self.sent: list[SentMessage] = []
        self.begins_at: str | None = None
        """The id of the start event that begins the process, if it is not the first."""
        self.hears_itself = False
        """Whether messages that it sends are delivered to its own waits."""
        self.payloads_enter = False
        """Whether what a message carries enters the process where no output parameters choose from it."""
        self.heard: list[SentMessage] = []
        """Those of `sent` that were delivered so."""
        self.terminated = False
        """Whether a terminate event has ended the whole."""
        super().__init__(specs[process], specs, script_engine=NoScripts(), deserializing=loading)

    def _task_completed_notify(self, task: Task) -> None:
        """Nothing waits for a notice here: the driver looks for what has become possible."""

    def create_subprocess(self, my_task: Task, spec_name: str) -> Inner:
        """Open the inside of a sub-process or call activity."""
        inner = Inner(self.subprocess_specs[spec_name], my_task, loading=False)
        self.subprocesses[my_task.id] = inner
        return inner

    @property
    def size(self) -> int:
        """How many tasks there are, in all scopes together."""
        return len(self.tasks) + sum(len(inner.tasks) for inner in self.subprocesses.values())

    def find(self, task_id: UUID) -> Task | None:
        """The task of this id, wherever it is."""
        for workflow in (self, *self.subprocesses.values()):
            if task_id in workflow.tasks:
                return workflow.tasks[task_id]
        return None


def outer_task(workflow: Any) -> Task | None:
    """The sub-process or call activity around a workflow; nothing at the top."""
    return workflow.outer if isinstance(workflow, Inner) else None


def path_of(workflow: Any) -> tuple[str, ...]:
    """Ids of the call activities and sub-processes around a workflow, outermost first."""
    path: list[str] = []
    while (outer := outer_task(workflow)) is not None:
        path.append(outer.task_spec.node.id)
        workflow = outer.workflow
    return tuple(reversed(path))


def live_tasks(workflow: Any) -> list[Task]:
    """The tasks of one workflow that are not finished; the starts of event sub-processes keep nothing alive."""
    return [task for task in workflow.tasks.values() if task._state & LIVE and not _only_listens(task)]


def _only_listens(task: Task) -> bool:
    return bool(task.task_spec.is_listener and task._state == TaskState.WAITING)


def tasks_in_order(workflow: Any) -> Iterator[Task]:
    """All tasks of one workflow, parents before children, in the order in which they stand in the tree."""
    stack = [workflow.task_tree]
    while stack:
        task = stack.pop()
        yield task
        stack.extend(workflow.tasks[child] for child in reversed(task._children))


# -- variables --------------------------------------------------------------------------------------------------------


def variables_of(task: Task) -> ChainMap[str, Any]:
    """What an expression at this task sees: its own values, those of the scopes around it, the facts beneath."""
    maps: list[Any] = [task.data]
    workflow = task.workflow
    while not workflow.spec.has_own_variables:
        outer = outer_task(workflow)
        assert outer is not None
        maps.append(outer.data)
        workflow = outer.workflow
    maps += [workflow.data, workflow.top_workflow.surroundings.facts]
    return ChainMap(*maps)


def set_variable(task: Task, name: str, value: Any) -> None:
    """Set a variable where it lives: in the nearest sub-process that has it as its own, else in the process."""
    workflow = task.workflow
    while not workflow.spec.has_own_variables:
        outer = outer_task(workflow)
        assert outer is not None
        if name in outer.data:
            outer.data[name] = value
            return
        workflow = outer.workflow
    workflow.data[name] = value
