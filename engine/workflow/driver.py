"""Run a loaded workflow until nothing more can happen by itself."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import NeverMovesOn, StepFailed
from engine.workflow.expressions import Reason
from engine.workflow.runtime.gateways import ComplexGateway, InclusiveGateway
from engine.workflow.runtime.instance import Instance, live_tasks, outer_task
from engine.workflow.runtime.tree import cancel, fold

MAXIMUM_RUNS = 10_000
"""Elements that may run in one step; a loop without a user task or a wait in it would go on for ever."""


def run_until_quiet(instance: Instance) -> None:
    """Run what is ready, close what is finished inside, let joins, conditions and due timers go, until none is left.

    Raises StepFailed, also when the workflow could never move again.
    """
    runs = 0
    while True:
        while instance.to_run:
            task = _take_next(instance)
            if task._state == TaskState.READY and task.id in task.workflow.tasks:
                runs += 1
                if runs > MAXIMUM_RUNS:
                    raise _endless(task)
                task.run()
                fold(task)
                _conditions(instance)
        if instance.completed or not _something_happens(instance):
            break
    if not instance.completed:
        _check_alive(instance)


def _take_next(instance: Instance) -> Task:
    """In the order in which they became ready, but a signal only when whoever may wait for it has begun to."""
    queue = instance.to_run
    for _ in range(len(queue)):
        spec = queue[0].task_spec
        if not (spec.broadcasts or (instance.hears_itself and spec.sends)):
            break
        queue.rotate(-1)
    return queue.popleft()


def _something_happens(instance: Instance) -> bool:
    return (
        _close_finished(instance)
        or _conditions(instance)
        or _joins(instance)
        or _next_due_timer(instance)
        or _stuck_join(instance)
    )


def _close_finished(instance: Instance) -> bool:
    """A process, sub-process or call without a living task is complete; innermost first."""
    for inner in sorted(instance.subprocesses.values(), key=lambda each: -each.depth):
        if not inner.completed and not live_tasks(inner):
            inner.completed = True
            outer = outer_task(inner)
            assert outer is not None
            outer.task_spec.inside_is_done(outer)
            return True
    if not live_tasks(instance):
        instance.completed = True
        for listener in list(instance.waiting.values()):
            cancel(listener)
    return False


def _conditions(instance: Instance) -> bool:
    for task in list(instance.waiting.values()):
        spec = task.task_spec
        if spec.event.kind == "condition" and spec.becomes_true(task):
            spec.fire(task)
            return True
    return False


def _waiting_joins(instance: Instance) -> list[tuple[Any, InclusiveGateway]]:
    found: list[tuple[Any, InclusiveGateway]] = []
    for workflow in (*instance.subprocesses.values(), instance):
        for task in workflow.tasks.values():
            spec = task.task_spec
            if (
                task._state == TaskState.WAITING
                and isinstance(spec, InclusiveGateway)
                and (workflow, spec) not in found
            ):
                found.append((workflow, spec))
    return found


def _joins(instance: Instance) -> bool:
    for workflow, gateway in _waiting_joins(instance):
        if gateway.is_complete(workflow):
            _let_go(workflow, gateway)
            return True
    return False


def _let_go(workflow: Any, gateway: InclusiveGateway) -> None:
    token = next(iter(gateway.waiting_here(workflow).values()))
    gateway.take_in(token)
    token._ready()


def _next_due_timer(instance: Instance) -> bool:
    """Only the earliest, so that an interrupting deadline ends the later ones within its scope."""
    due = [(moment, task) for task in instance.waiting.values() if (moment := task.task_spec.due_at(task)) is not None]
    if not due:
        return False
    moment, task = min(due, key=lambda each: (each[0], each[1].task_spec.name))
    if moment > instance.surroundings.now:
        return False
    task.task_spec.fire(task)
    return True


def _stuck_join(instance: Instance) -> bool:
    """Inclusive joins that wait only for each other: the first goes on, or none ever would."""
    if any(not task.task_spec.is_listener for task in instance.waiting.values()) or _open_user_tasks(instance):
        return False
    joins = [(workflow, join) for workflow, join in _waiting_joins(instance) if not isinstance(join, ComplexGateway)]
    if joins:
        _let_go(*joins[0])
    return bool(joins)


def _open_user_tasks(instance: Instance) -> bool:
    return any(
        task._state == TaskState.READY
        for workflow in (instance, *instance.subprocesses.values())
        for task in workflow.tasks.values()
    )


def _check_alive(instance: Instance) -> None:
    if any(not task.task_spec.begins_process for task in instance.waiting.values()) or _open_user_tasks(instance):
        return
    places = ", ".join(sorted({task.task_spec.node.id for task in live_tasks(instance)}))
    reason = Reason(
        "quy trình không thể đi tiếp: có nhánh không bao giờ tới điểm gộp",
        "the workflow can never move on: a branch never reaches the join",
    )
    raise NeverMovesOn(element=places, element_id=None, reason=reason)


def _endless(task: Task) -> StepFailed:
    node = task.task_spec.node
    reason = Reason(
        "vòng lặp vô tận, không có công việc nào dừng lại chờ", "an endless loop without anything that waits"
    )
    return StepFailed(element=node.name or node.id, element_id=node.id, reason=reason)
