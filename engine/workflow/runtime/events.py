"""Events: what waits for a timer, a message, a signal, a condition, and what throws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions import Reason
from engine.workflow.expressions.errors import ExpressionProblem
from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import outer_task
from engine.workflow.runtime.tree import cancel
from engine.workflow.step import SentMessage
from engine.workflow.timers import due_moment, parse_cycle


class CatchingEvent(Element):
    """An intermediate catching event or a receive task; its payload is local, only output parameters go on."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.event: Event = node.event
        self.text: Value | None = None
        """The timer's text or the condition."""

    def enter(self, task: Task) -> bool:
        self.read(task)
        if self.event.kind == "none":
            return True
        self.arm(task)
        return False

    def arm(self, task: Task) -> None:
        """Begin to wait."""
        task._set_state(TaskState.WAITING)
        self.top(task).waiting[task.id] = task
        if self.event.kind == "timer":
            self._set_timer(task)

    def _set_timer(self, task: Task) -> None:
        assert self.text is not None
        value, now = self.value(task, self.text), self.top(task).surroundings.now
        try:
            if self.event.timer != "timeCycle":
                task.internal_data["due"] = due_moment(value, now).isoformat()
                return
            cycle = parse_cycle(str(value), now)
            first = cycle.start or due_moment(cycle.period.after(now), now)
        except ExpressionProblem as problem:
            raise self.failed(problem.reason) from problem
        task.internal_data |= {"due": first.isoformat(), "cycle": str(value), "left": cycle.times}

    def finished(self, task: Task) -> None:
        """A receive task is an activity: what waits on its edge ends with it."""
        end_boundary_events(task)

    def due_at(self, task: Task) -> datetime | None:
        """When the timer goes off; nothing for other events."""
        text = task.internal_data.get("due")
        return None if text is None else datetime.fromisoformat(text)

    def fire(self, task: Task, payload: Mapping[str, Any] | None = None) -> None:
        """What was waited for has happened: end rival waits and let the token go on."""
        self.top(task).waiting.pop(task.id, None)
        task.data.update(payload or {})
        race = task.internal_data.get("race")
        for rival in [each for each in task.workflow.tasks.values() if each is not task]:
            if race is not None and rival.internal_data.get("race") == race and rival._state == TaskState.WAITING:
                cancel(rival)
        task._ready()


class BoundaryEvent(CatchingEvent):
    """An event on the edge of an activity: waits as long as the activity is open."""

    def fire(self, task: Task, payload: Mapping[str, Any] | None = None) -> None:
        if self.node.is_interrupting:
            self._stop_host(task)
        else:
            self._wait_again(task)
        super().fire(task, payload)

    def _stop_host(self, task: Task) -> None:
        """Everything inside stops before anything else can run there."""
        for other in neighbours(task):
            spec = other.task_spec
            if spec.node.id == self.node.attached_to or _waits_on(other, self.node.attached_to):
                cancel(other)

    def _wait_again(self, task: Task) -> None:
        again = task.parent._add_child(self, TaskState.FUTURE)
        again.internal_data["flow"] = ""
        if self.event.timer == "timeCycle":
            self._next_round(task, again)
        elif self.event.kind in ("message", "signal", "escalation"):
            self.arm(again)
        if again._state == TaskState.FUTURE:
            task.parent._children.remove(again.id)
            del task.workflow.tasks[again.id]

    def _next_round(self, task: Task, again: Task) -> None:
        left, due = task.internal_data["left"], self.due_at(task)
        assert due is not None
        text, now = task.internal_data["cycle"], self.top(task).surroundings.now
        following, rounds = parse_cycle(text, due).round_after(due, now)
        if left is not None and left <= rounds:
            return
        again._set_state(TaskState.WAITING)
        self.top(task).waiting[again.id] = again
        again.internal_data |= {
            "due": following.isoformat(),
            "cycle": text,
            "left": None if left is None else left - rounds,
        }

    def cancelled(self, task: Task) -> None:
        """That an event did not happen is not worth a line in the history."""


class BoundarySplit(Element):
    """Stands before an activity with boundary events and opens all of them together."""

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Not an element that anybody drew."""


def neighbours(task: Task) -> list[Task]:
    """The other children of a task's parent."""
    parent = task.parent
    if parent is None:
        return []
    return [task.workflow.tasks[each] for each in parent._children if each != task.id]


def _waits_on(task: Task, host: str | None) -> bool:
    return bool(task.task_spec.node.attached_to == host and task._state == TaskState.WAITING)


def end_boundary_events(task: Task) -> None:
    """The activity is done: its boundary events wait no longer."""
    node = task.task_spec.node
    if node.is_activity:
        for other in neighbours(task):
            if _waits_on(other, node.id):
                cancel(other)


class ThrowingEvent(Element):
    """A throwing or end event, or a send task."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.event: Event = node.event

    def execute(self, task: Task) -> None:
        if self.event.kind == "message":
            payload = {name: task.data[name] for name, _ in self.reads}
            self.top(task).sent.append(SentMessage(self.event.name or "", payload))

    def finished(self, task: Task) -> None:
        end_boundary_events(task)
        if self.event.kind == "signal":
            self._broadcast(task)
        elif self.event.kind == "terminate":
            for branch in [task.workflow.tasks[each] for each in task.workflow.task_tree._children]:
                cancel(branch)
        elif self.event.kind in ("error", "escalation"):
            self._throw(task)

    def _broadcast(self, task: Task) -> None:
        waiting = self.top(task).waiting
        for catcher in list(waiting.values()):
            event = catcher.task_spec.event
            if catcher.id in waiting and event.kind == "signal" and event.name == self.event.name:
                catcher.task_spec.fire(catcher)

    def _throw(self, task: Task) -> None:
        """Look for the nearest boundary event outwards that catches this code; an escalation may go unheard."""
        outer = outer_task(task.workflow)
        while outer is not None:
            catcher = self._catcher_on(outer)
            if catcher is not None:
                catcher.task_spec.fire(catcher)
                return
            outer = outer_task(outer.workflow)
        if self.event.kind == "error":
            code = self.event.name or ""
            raise self.failed(
                Reason(f"không có sự kiện biên nào bắt lỗi “{code}”", f"no boundary event catches the error “{code}”")
            )

    def _catcher_on(self, host: Task) -> Task | None:
        candidates = [each for each in (*neighbours(host), *_around_container(host)) if self._catches(each, host)]
        exact = [each for each in candidates if each.task_spec.event.name == self.event.name]
        return next(iter(exact or candidates), None)

    def _catches(self, task: Task, host: Task) -> bool:
        if not _waits_on(task, host.task_spec.node.id):
            return False
        event = task.task_spec.event
        return event.kind == self.event.kind and event.name in (None, self.event.name)


def _around_container(host: Task) -> list[Task]:
    """For one instance of a multi-instance activity: the boundary events stand around the whole of it."""
    parent = host.parent
    if parent is None or parent.task_spec.node is not host.task_spec.node:
        return []
    return neighbours(parent)
