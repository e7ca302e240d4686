"""Throwing events, end events and send tasks."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import ErrorUncaught
from engine.workflow.expressions import Reason
from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.catching import broadcast, throw, waiting_for
from engine.workflow.runtime.edge import leave_activity
from engine.workflow.runtime.element import Element
from engine.workflow.runtime.instance import outer_task
from engine.workflow.runtime.tree import cancel
from engine.workflow.runtime.undoing import begin_undoing, scope_of, take_open_records, take_records
from engine.workflow.step import SentMessage


class ThrowingEvent(Element):
    """Throws each of its event definitions, in the document's order."""

    def __init__(self, process: Any, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.events = node.events
        self.broadcasts = any(event.kind == "signal" for event in node.events)
        self.sends = any(event.kind == "message" for event in node.events)

    def enter(self, task: Task) -> bool:
        self.read(task)
        undone = [event for event in self.events if event.kind == "compensate"]
        scope = scope_of(task)
        records = [record for event in undone for record in take_records(scope, event.name)]
        if not records:
            return True
        if not all(event.waits for event in undone):
            begin_undoing(scope, records)
            return True
        task._set_state(TaskState.STARTED)
        begin_undoing(scope, records, reply=task)
        return False

    def execute(self, task: Task) -> None:
        for event in self.events:
            if event.kind == "message":
                payload = {name: task.data[name] for name, _ in self.reads}
                self.top(task).sent.append(SentMessage(event.name or "", payload))

    def finished(self, task: Task) -> None:
        leave_activity(task)
        for event in self.events:
            if task.id in task.workflow.tasks:
                _EFFECTS.get(event.kind, _nothing)(self, task, event)

    def be_heard_here(self, task: Task, event: Event) -> None:
        """In a trace, a message that this workflow itself waits for arrives at once."""
        instance = self.top(task)
        if instance.hears_itself:
            message = next(each for each in reversed(instance.sent) if each.name == (event.name or ""))
            waiter = waiting_for(instance, message.name)
            if waiter is not None:
                instance.heard.append(message)
                waiter.task_spec.fire(waiter, message.payload)

    def broadcast(self, task: Task, event: Event) -> None:
        """A signal goes to all who wait for it."""
        broadcast(self.top(task), event.name)

    def terminate(self, task: Task, event: Event) -> None:
        """Everything in this scope ends, or in one around it."""
        workflow, outer = task.workflow, outer_task(task.workflow)
        while outer is not None and not outer.task_spec.is_main and not _is_reached(outer, event):
            workflow, outer = outer.workflow, outer_task(outer.workflow)
        if outer is None or outer.task_spec.is_main:
            self.top(task).terminated = True
        _stop_everything(workflow)

    def throw(self, task: Task, event: Event) -> None:
        """An escalation may go unheard, an error may not."""
        if not throw(task, event) and event.kind == "error":
            code = event.name or ""
            reason = Reason(f"không có sự kiện biên nào bắt lỗi “{code}”", f"no event catches the error “{code}”")
            name = self.node.name or self.node.id
            raise ErrorUncaught(element=name, element_id=self.node.id, reason=reason, code=code)

    def cancel_transaction(self, task: Task, event: Event) -> None:
        """Stop the transaction around, undo what it has done, and let its boundary event know."""
        workflow: Any = task.workflow
        outer = outer_task(workflow)
        while outer is not None and outer.task_spec.node.type != "transaction":
            workflow = outer.workflow
            outer = outer_task(workflow)
        if outer is None:
            raise self.failed(Reason("không có giao dịch nào để hủy", "there is no transaction to cancel"))
        records = take_open_records(workflow)
        _stop_everything(workflow)
        begin_undoing(workflow, records, cancels=True)


def _is_reached(around: Task, event: Event) -> bool:
    """Whether a terminate event ends the inside of this sub-process or call, and nothing further out."""
    return event.ends == "scope" or (event.ends == "process" and around.task_spec.process_of_its_own)


def _stop_everything(workflow: Any) -> None:
    for branch in [workflow.tasks[each] for each in workflow.task_tree._children]:
        if branch.id in workflow.tasks:
            cancel(branch)


def _nothing(element: ThrowingEvent, task: Task, event: Event) -> None:
    """Compensation has had its effect before."""


_EFFECTS = {
    "message": ThrowingEvent.be_heard_here,
    "signal": ThrowingEvent.broadcast,
    "terminate": ThrowingEvent.terminate,
    "error": ThrowingEvent.throw,
    "escalation": ThrowingEvent.throw,
    "cancel": ThrowingEvent.cancel_transaction,
}
