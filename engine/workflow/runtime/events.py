"""Events: what waits for a timer, a message, a signal, a condition, and what throws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.expressions.errors import ExpressionProblem, VariableMissing
from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.element import Element, Value
from engine.workflow.runtime.instance import Instance, outer_task
from engine.workflow.runtime.tree import cancel
from engine.workflow.runtime.undoing import remember
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
        task.data.update(payload or {})
        race = task.internal_data.get("race")
        for rival in [each for each in task.workflow.tasks.values() if each is not task]:
            if race is not None and rival.internal_data.get("race") == race and rival._state == TaskState.WAITING:
                cancel(rival)
        task._ready()

    def part_happened(self, task: Task, part: Task, payload: Mapping[str, Any] | None) -> None:
        """One definition of a multiple event has happened."""
        if not self.needs_all or len(task._children) == 1:
            task.internal_data[HAPPENED] = part.id.hex
            self.fire(task, payload)
            return
        task.data.update(payload or {})
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
        for part in _children(task):
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
            if spec.node.id == self.node.attached_to or _waits_on(other, self.node.attached_to):
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


class BoundarySplit(Element):
    """Stands before an activity with boundary events and opens all of them together."""

    def pass_token(self, task: Task, flow: str, follower: Element) -> None:
        super().pass_token(task, flow, follower)
        task.workflow.tasks[task._children[-1]].internal_data[OPENED_WITH] = task.id.hex

    def trace(self, task: Task, outcome: Literal["completed", "cancelled"]) -> None:
        """Not an element that anybody drew."""


OPENED_WITH = "with"
"""The own value of a task that says which opening of an activity it belongs to."""


def opened_together(task: Task) -> list[Task]:
    """An activity and its boundary events, without the task itself and without other openings of the same activity."""
    parent, opening = task.parent, task.internal_data.get(OPENED_WITH)
    if parent is None:
        return []
    others = [task.workflow.tasks[each] for each in parent._children if each != task.id]
    return [other for other in others if other.internal_data.get(OPENED_WITH) == opening]


def _waits_on(task: Task, host: str | None) -> bool:
    return bool(task.task_spec.node.attached_to == host and task._state == TaskState.WAITING)


def leave_activity(task: Task) -> None:
    """An activity is done: the one around it is told, or its boundary events wait no longer and it may be undone."""
    if task.task_spec.is_instance:
        task.parent.task_spec.instance_done(task.parent, task)
        return
    end_boundary_events(task)
    remember(task)
    outer = outer_task(task.workflow)
    if outer is not None and task.task_spec.node.is_activity:
        outer.task_spec.activity_done(outer)


def end_boundary_events(task: Task) -> None:
    """The activity is done: its boundary events wait no longer."""
    node = task.task_spec.node
    if node.is_activity:
        for other in opened_together(task):
            if _waits_on(other, node.id):
                cancel(other)


# -- who catches what -------------------------------------------------------------------------------------------------


def throw(task: Task, event: Event) -> bool:
    """Give an error or escalation to the nearest who catches it: in this scope, on its edge, and so on outwards."""
    workflow = task.workflow
    while True:
        root = workflow.task_tree
        listening = [each for each in _children(root) if each.task_spec.is_listener]
        outer = outer_task(workflow)
        if _give(listening, event) or (outer is not None and throw_on(outer, event)):
            return True
        if outer is None:
            return False
        workflow = outer.workflow


def throw_on(host: Task, event: Event) -> bool:
    """Give an event to a boundary event of this activity that catches it; say whether there was one."""
    around = (*opened_together(host), *_around_container(host))
    return _give([each for each in around if _waits_on(each, host.task_spec.node.id)], event)


def tell_boundary(host: Task, event: Event) -> bool:
    """Let the boundary events of this activity that catch an event go on beside it; say whether there were any."""
    around = [each for each in opened_together(host) if _waits_on(each, host.task_spec.node.id)]
    caught = [whole for whole in around if any(_catches(each, event) for each in (whole, *_children(whole)))]
    for whole in caught:
        whole.task_spec.happen_beside(whole)
    return bool(caught)


def throw_cancel(transaction: Task) -> bool:
    """Let the cancel boundary event of a transaction go on; say whether there was one."""
    return throw_on(transaction, Event("cancel", "cancelEventDefinition"))


def _give(candidates: list[Task], event: Event) -> bool:
    catchers = [each for whole in candidates for each in (whole, *_children(whole)) if _catches(each, event)]
    exact = [each for each in catchers if each.task_spec.event.name == event.name]
    catcher = next(iter(exact or catchers), None)
    if catcher is None:
        return False
    catcher.task_spec.fire(catcher)
    return True


def _catches(task: Task, thrown: Event) -> bool:
    if task._state != TaskState.WAITING or not isinstance(task.task_spec, CatchingEvent):
        return False
    event = task.task_spec.event
    return event.kind == thrown.kind and event.name in (None, thrown.name)


def _children(task: Task) -> list[Task]:
    return [task.workflow.tasks[each] for each in task._children]


def _around_container(host: Task) -> list[Task]:
    """For one instance of a repeated activity: the boundary events stand around the whole of it."""
    parent = host.parent
    if parent is None or parent.task_spec.node is not host.task_spec.node:
        return []
    return opened_together(parent)


def broadcast(instance: Instance, name: str | None, *, but_on: str | None = None) -> None:
    """Give a signal to everything in this workflow that waits for it, but not on the edge of the activity `but_on`."""
    waiting = instance.waiting
    for catcher in list(waiting.values()):
        event, host = catcher.task_spec.event, catcher.task_spec.node.attached_to
        told = but_on is not None and host == but_on
        if catcher.id in waiting and event.kind == "signal" and event.name == name and not told:
            catcher.task_spec.fire(catcher)


def waiting_for(instance: Instance, message: str) -> Task | None:
    """The first that waits for a message of this name; what the message would begin only if there is nobody else."""
    events = [(task, task.task_spec.event) for task in instance.waiting.values()]
    waiters = [task for task, event in events if event.kind == "message" and event.name == message]
    return min(waiters, key=lambda task: bool(task.task_spec.begins_process), default=None)
