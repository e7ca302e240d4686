"""Several processes that run together in a trace: each is called by one outer process that nobody drew."""

from __future__ import annotations

from typing import Any, Literal

from SpiffWorkflow.task import Task

from engine.workflow.reading.model import Node
from engine.workflow.runtime.activities import CallActivity
from engine.workflow.runtime.element import Element
from engine.workflow.runtime.events import Listener, ListenerPart

RECEIVES = "receives"
"""The own value of a participant whose process begins by receiving: the element that has its message or signal."""


class Participant(CallActivity):
    """One process among those that run together. It begins with the variables of all, and with what began it."""

    def __init__(self, process: Any, node: Node, name: str) -> None:
        super().__init__(process, node, name)
        self.spec = node.id
        self.begins_at: str | None = None
        """Where its first token comes, if something from outside begins it."""
        self.receives: str | None = None

    def open(self, task: Task) -> Any:
        inner = super().open(task)
        task.data.update(task.parent.data)
        inner.data.update(task.workflow.data)
        inner.data.update(task.data)
        if self.receives is not None:
            task.internal_data[RECEIVES] = self.receives
        return inner

    def first_flows(self, root: Task, task: Task) -> list[tuple[str, Element]]:
        """From where it begins, or where the caller of the trace says; event sub-processes listen in any case."""
        flows, specs = super().first_flows(root, task), root.workflow.spec.task_specs
        begins_at = self.begins_at or self.top(task).begins_at
        if begins_at not in specs:
            return flows
        listening = [(flow, element) for flow, element in flows if element.is_listener]
        chosen = [(flow, element) for flow, element in flows if element.node.id == begins_at]
        return [*listening, *(chosen or [("", specs[begins_at])])]

    def execute(self, task: Task) -> None:
        """The variables of the main process are those of the whole."""
        if self.is_main:
            task.workflow.data.update(self.top(task).subprocesses[task.id].data)
        super().execute(task)

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Its elements tell what it did."""


class ParticipantStart(Listener):
    """Waits for what begins a process, as often as it comes; nothing ends by it."""

    begins_process = True


class ParticipantStartPart(ListenerPart):
    """One definition of a multiple start event that begins a process."""

    begins_process = True
