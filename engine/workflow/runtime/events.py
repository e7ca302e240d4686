"""Events that wait: for a timer, a message, a signal, a condition, an error, in the flow or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions.errors import ExpressionProblem, VariableMissing
from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.edge import OPENED_WITH, leave_activity, opened_together, waits_on
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import set_variable
from engine.workflow.runtime.tree import cancel, children_of
from engine.workflow.timers import Duration, due_moment, parse_cycle


class CatchingEvent(Element):
    """An intermediate catching event or a receive task; its payload is local, only output parameters go on.

    A multiple event waits at its `parts`, one for each definition; one of them is enough, or all are needed
    (`parallelMultiple`).
    """

    def __init__(self, process: Any, node: Node, name: str | None = None, event: Event | None = None) -> None:
        super().__init__(process, node, name)
        self.event: Event = event or (node.event if len(node.events) < 2 else Event("multiple", ""))
        self.text: Value | None = None
        """The timer's text or the condition."""
        self.parts: list[Part] = []
        self.needs_all = node.attributes.get("parallelMultiple") == "true"

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
        for part in self.parts:
            child = task._add_child(part, TaskState.FUTURE)
            child.internal_data["flow"] = ""
            part.arm(child)

    def _set_timer(self, task: Task) -> None:
        assert self.text is not None
        value, now = self.value(task, self.text), self.top(task).surroundings.now
        try:
            if self.event.timer != "timeCycle":
                task.internal_data["due"] = due_moment(value, now).isoformat()
                return
            cycle = parse_cycle(str(value), now)
            anchor, number = cycle.first(now)
            due = cycle.round(anchor, number)
        except ExpressionProblem as problem:
            raise self.failed(problem.reason) from problem
        task.internal_data |= {"due": due.isoformat(), "cycle": str(value), "left": cycle.times}
        task.internal_data |= {ANCHOR: anchor.isoformat(), ROUND: number}

    def arm_for_change(self, task: Task) -> None:
        """Begin to wait until the condition, which is true now, has been false and is true again."""
        self.arm(task)
        task.internal_data[STILL_TRUE] = True

    def becomes_true(self, task: Task) -> bool:
        """Whether the condition is true and was not when it was last heard or asked."""
        holds = self.holds(task)
        if not holds:
            task.internal_data.pop(STILL_TRUE, None)
        return holds and STILL_TRUE not in task.internal_data

    def finished(self, task: Task) -> None:
        """A receive task is an activity: what waits on its edge ends with it."""
        leave_activity(task)

    def holds(self, task: Task) -> bool:
        """Whether the condition is true; with a variable that nobody has set yet it is not."""
        assert self.text is not None
        try:
            return bool(self.text(self.environment(task)))
        except VariableMissing:
            return False
        except ExpressionProblem as problem:
            raise self.failed(problem.reason) from problem

    def due_at(self, task: Task) -> datetime | None:
        """When the timer goes off; nothing for other events."""
        text = task.internal_data.get("due")
        return None if text is None else datetime.fromisoformat(text)

    def fire(self, task: Task, payload: Mapping[str, Any] | None = None) -> None:
        """What was waited for has happened: end rival waits and let the token go on."""
        self.top(task).waiting.pop(task.id, None)
        for part in list(task._children):
            cancel(task.workflow.tasks[part])
        self._take(task, payload or {})
        race = task.internal_data.get("race")
        for rival in [each for each in task.workflow.tasks.values() if each is not task]:
            if race is not None and rival.internal_data.get("race") == race and rival._state == TaskState.WAITING:
                cancel(rival)
        task._ready()

    def _take(self, task: Task, payload: Mapping[str, Any]) -> None:
        task.data.update(payload)
        if self.top(task).payloads_enter and not self.writes and not self.begins_process:
            for name, value in payload.items():
                set_variable(task, name, value)

    def part_happened(self, task: Task, part: Task, payload: Mapping[str, Any] | None) -> None:
        """One definition of a multiple event has happened."""
        if not self.needs_all or len(task._children) == 1:
            task.internal_data[HAPPENED] = part.id.hex
            self.fire(task, payload)
            return
        self._take(task, payload or {})
        cancel(part)


class Part(CatchingEvent):
    """One definition of a multiple event; what it waits for happens to the event that it is a part of."""

    def fire(self, task: Task, payload: Mapping[str, Any] | None = None) -> None:
        whole = task.parent
        whole.task_spec.part_happened(whole, task, payload)

    def cancelled(self, task: Task) -> None:
        """Not an element that anybody drew."""


HAPPENED = "by"
"""The own value of a multiple event that has happened: which of its parts it was."""
COME_AGAIN = ("message", "signal", "escalation")
"""What may come any number of times: beside the normal flow it is awaited again each time."""
STILL_TRUE = "held"
"""The own value of a condition that has been heard and has not been false since: it must become true anew."""
ANCHOR, ROUND = "from", "round"
"""The own values of a repeated timer: the moment from which its rounds are counted, and which of them is awaited."""


def _counted_from(task: Task, due: datetime) -> tuple[datetime, int]:
    """Saved states of earlier times did not say: there, the rounds are counted from the one that is awaited."""
    kept = task.internal_data
    return (datetime.fromisoformat(kept[ANCHOR]), kept[ROUND]) if ANCHOR in kept else (due, 0)


class AttachedEvent(CatchingEvent):
    """What waits beside the normal flow: it may stop that, or come again and again."""

    def fire(self, task: Task, payload: Mapping[str, Any] | None = None) -> None:
        if self.node.is_interrupting:
            self.interrupt(task)
        else:
            self._wait_again(task)
        super().fire(task, payload)

    def happen_beside(self, task: Task) -> None:
        """Go on without stopping anything: the activity has thrown this itself, and says what becomes of it."""
        self._wait_again(task)
        super().fire(task)

    def interrupt(self, task: Task) -> None:
        """Stop everything that this event interrupts, before anything else can run there."""
        raise NotImplementedError

    def _wait_again(self, task: Task) -> None:
        again = task.parent._add_child(self, TaskState.FUTURE)
        again.internal_data["flow"] = ""
        if OPENED_WITH in task.internal_data:
            again.internal_data[OPENED_WITH] = task.internal_data[OPENED_WITH]
        if self.event.timer == "timeCycle":
            self._next_round(task, again)
        elif self.event.kind == "multiple" and not self.needs_all:
            self._keep_parts(task, again)
        elif self.event.kind == "condition":
            self.arm_for_change(again)
        elif any(event.kind in COME_AGAIN for event in (self.event, *(part.event for part in self.parts))):
            self.arm(again)
        if again._state == TaskState.FUTURE:
            task.parent._children.remove(again.id)
            del task.workflow.tasks[again.id]

    def _keep_parts(self, task: Task, again: Task) -> None:
        """What has not happened goes on waiting as it was; what has happened only waits again if it may come again."""
        for part in children_of(task):
            if part.id.hex != task.internal_data.get(HAPPENED):
                task._children.remove(part.id)
                part._parent = again.id
                again._children.append(part.id)
                continue
            renewed = again._add_child(part.task_spec, TaskState.FUTURE)
            renewed.internal_data["flow"] = ""
            if part.task_spec.event.timer == "timeCycle":
                self._next_round(part, renewed)
            elif part.task_spec.event.kind == "condition":
                part.task_spec.arm_for_change(renewed)
            elif part.task_spec.event.kind in COME_AGAIN:
                part.task_spec.arm(renewed)
            if renewed._state == TaskState.FUTURE:
                again._children.remove(renewed.id)
                del task.workflow.tasks[renewed.id]
        if again._children:
            again._set_state(TaskState.WAITING)
            self.top(task).waiting[again.id] = again

    def _next_round(self, task: Task, again: Task) -> None:
        left, due = task.internal_data["left"], self.due_at(task)
        assert due is not None
        text, now = task.internal_data["cycle"], self.top(task).surroundings.now
        anchor, number = _counted_from(task, due)
        try:
            cycle = parse_cycle(text, due)
            moved = due - cycle.round(anchor, number)
            later = cycle.round_after(anchor, number, Duration(0, -moved).after(now))
            following, rounds = Duration(0, moved).after(cycle.round(anchor, later)), later - number
        except ExpressionProblem as problem:
            raise self.failed(problem.reason) from problem
        if left is not None and left <= rounds:
            return
        again._set_state(TaskState.WAITING)
        self.top(task).waiting[again.id] = again
        again.internal_data |= {
            "due": following.isoformat(),
            "cycle": text,
            "left": None if left is None else left - rounds,
            ANCHOR: anchor.isoformat(),
            ROUND: later,
        }

    def cancelled(self, task: Task) -> None:
        """That an event did not happen is not worth a line in the history."""


class BoundaryEvent(AttachedEvent):
    """An event on the edge of an activity: waits as long as the activity is open."""

    def interrupt(self, task: Task) -> None:
        for other in opened_together(task):
            spec = other.task_spec
            if spec.node.id == self.node.attached_to or waits_on(other, self.node.attached_to):
                cancel(other)


class Listener(AttachedEvent):
    """The start event of an event sub-process: waits as long as the scope around it is open."""

    is_listener = True

    def interrupt(self, task: Task) -> None:
        for branch in [task.workflow.tasks[each] for each in task.workflow.task_tree._children]:
            if branch is not task:
                cancel(branch)

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """The start event stands inside the sub-process and is written down there."""


class ListenerPart(Part):
    """One definition of the multiple start event of an event sub-process."""

    is_listener = True
