"""A task given to somebody else: the variable that named its holder follows, so that later work goes there too."""

from __future__ import annotations

import re
from typing import Any

from SpiffWorkflow.task import Task

from engine.workflow.reading.model import Mapping
from engine.workflow.runtime.instance import outer_task, variables_of

_ONE_VARIABLE = re.compile(r"\s*\$\{\s*(?P<name>[^\W\d]\w*)\s*\}\s*")


def give_to(task: Task, assignee: str) -> None:
    """Note the new holder on the task and in the variable that its `camunda:assignee` is, if it is one alone."""
    task.internal_data["assignee"] = assignee
    name = _only_variable(task.task_spec.node.attributes.get("assignee", ""))
    if name is not None:
        _set_where_it_came_from(task, name, assignee)


def _only_variable(text: str) -> str | None:
    match = _ONE_VARIABLE.fullmatch(text)
    return match["name"] if match else None


def _set_where_it_came_from(task: Task | None, name: str | None, value: str) -> None:
    """Set the variable in the scope where it is found; one that a call handed in is set in the calling process too."""
    while task is not None and name is not None:
        *scopes, process, _ = variables_of(task).maps
        nearest = next((scope for scope in scopes if name in scope), None)
        if nearest is not None:
            nearest[name] = value
            return
        if name not in process:
            return
        process[name] = value
        task = _caller(task.workflow)
        name = _handed_in_as(task.task_spec.node.entries, name) if task is not None else None


def _caller(workflow: Any) -> Task | None:
    """The call activity around the process within which a workflow stands; nothing at the top."""
    while not workflow.spec.has_own_variables:
        workflow = workflow.outer.workflow
    return outer_task(workflow)


def _handed_in_as(entries: list[Mapping], name: str) -> str | None:
    """What the caller names the variable that is `name` inside; nothing when it was reckoned or made inside."""
    for entry in reversed(entries):
        if entry.is_everything:
            return name
        if entry.target == name:
            return entry.source or _only_variable(entry.expression or "")
    return None
