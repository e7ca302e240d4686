"""What goes into one step of a workflow and what comes out of it: plain values, no runtime objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A service task (`camunda:type="external"`) that has been reached and asks the surroundings for its topic."""

    element_id: str
    name: str
    topic: str
    inputs: Variables
    """The element's `camunda:inputParameter`s, evaluated."""
    properties: Mapping[str, str]


Service = Callable[[ServiceCall], Mapping[str, Any]]
"""Runs inside the step and returns variables; only the element's `camunda:outputParameter`s (or, without any,
all that it returns) enter the process. An exception abandons the whole step."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a step may see of the world outside its own state."""

    now: datetime
    """Aware; every timer is set and judged by it. The room never reads a clock."""
    facts: Variables = field(default_factory=dict)
    """Read-only values that expressions and decisions see beneath the process variables; never stored in the state."""
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Extra functions for expressions, for example `working_days(n)`; each bounds its own arguments."""
    services: Mapping[str, Service] = field(default_factory=dict)
    """Handlers by topic. A topic without a handler abandons the step with `ServiceMissing`."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Complete the ready user task `task_id` with `answers` (already validated by the caller)."""

    task_id: UUID
    answers: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deliver:
    """Deliver a message to one of those that wait for it: the one with the id `to`, else the first of `Step.waits`.

    The payload is what a user task's answers are: only the catching element's output parameters enter the process.
    """

    message: str
    payload: Variables = field(default_factory=dict)
    to: UUID | None = None


@dataclass(frozen=True, slots=True)
class FireDueTimers:
    """Let every timer that is due at `surroundings.now` fire. (Every other command does this first.)"""


Command = Complete | Deliver | FireDueTimers


@dataclass(frozen=True, slots=True)
class ReadyTask:
    """A user task that somebody may complete now. `id` stays the same from step to step while it is open."""

    id: UUID
    element_id: str
    name: str
    kind: str
    """The element template (`camunda:modelerTemplate`), for example `motcua.receive`; empty without one."""
    role: str | None
    """`camunda:candidateGroups`, evaluated."""
    assignee: str | None
    """`camunda:assignee`, evaluated."""
    due_at: datetime | None
    """`camunda:dueDate`, evaluated once when the task became ready."""
    form: str | None
    """`camunda:formRef` or `camunda:formKey`."""
    lane: str | None
    path: tuple[str, ...]
    """Ids of the call activities and sub-processes around it, outermost first; empty at the top level."""
    inputs: Variables
    """Evaluated `camunda:inputParameter`s and, inside a multi-instance, its element variable."""
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wait:
    """A place where the workflow waits for something other than a person: a timer or a message."""

    id: UUID
    element_id: str
    name: str
    kind: Literal["timer", "message", "signal", "condition"]
    message: str | None
    due_at: datetime | None
    attached_to: str | None
    """The activity's id when this is a boundary event, for the start of an event sub-process that of the sub-process
    or process around it; such a wait does not by itself keep a dossier moving."""
    path: tuple[str, ...]
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """One element that was left, or cancelled, during the step, in order."""

    element_id: str
    name: str
    kind: str
    """The BPMN element's local name: `userTask`, `endEvent`, ..."""
    outcome: Literal["completed", "cancelled"]
    path: tuple[str, ...]
    properties: Mapping[str, str]
    task_id: UUID


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that a send task or a throwing event has sent out; its input parameters are the payload."""

    name: str
    payload: Variables


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one step: the new state and everything the caller has to write down."""

    state: bytes
    """Opaque and versioned; empty once `ended`."""
    ready: tuple[ReadyTask, ...]
    waits: tuple[Wait, ...]
    passages: tuple[Passage, ...]
    sent: tuple[SentMessage, ...]
    next_due_at: datetime | None
    """The earliest due timer of all `waits`."""
    ended: bool
    variables: Variables
    """The process variables at the top level, for the caller's information."""
