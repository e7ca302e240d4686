"""A diagram that has been read, checked and built: what callers keep and hand back at every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.workflow.decisions import Decision
from engine.workflow.errors import Finding


@dataclass(frozen=True, slots=True)
class UserTask:
    """A user task as it is drawn; role, assignee and form are the texts in the diagram, `${...}` included."""

    id: str
    name: str
    kind: str
    role: str | None
    assignee: str | None
    form: str | None
    lane: str | None
    documentation: str
    properties: Mapping[str, str]
    process_id: str
    outputs: Mapping[str, str]
    """What its answers become in the process: variable names with the texts of their `camunda:outputParameter`s."""


@dataclass(frozen=True, slots=True)
class DrawnElement:
    """An element of a diagram with what it asks of the house: who does it, which service, which properties."""

    id: str
    file: str
    line: int | None
    type: str
    """The element's name in BPMN, `userTask`."""
    kind: str
    """The element template of a task, `receive`."""
    role: str | None
    form: str | None
    topic: str | None
    messages: tuple[str, ...]
    """The names of the messages that it sends or waits for."""
    properties: Mapping[str, str]
    process_id: str


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """Where an expression of a diagram calls a function."""

    function: str
    constants: tuple[Any, ...] | None
    """What it is given, when all of it stands in the text."""
    file: str
    line: int | None
    element_id: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One executable process with everything that it calls. Immutable; may be shared between threads."""

    process_id: str
    name: str
    documentation: str
    properties: Mapping[str, str]
    user_tasks: Mapping[str, UserTask]
    """By element id; those of called processes too."""
    service_topics: frozenset[str]
    messages: Mapping[str, frozenset[str]]
    """The names that `Deliver` may use at some time, each with the ids of the elements that wait for it."""
    timers: Mapping[str, str]
    """The texts of the timers that are waited for, by element id."""
    data_names: frozenset[str]
    """The variables that the diagram declares as data objects and properties."""
    forms: frozenset[str]
    element_names: Mapping[str, str]
    english_names: Mapping[str, str]
    """By element id, where the diagram gives one (`name_en`)."""
    decisions: Mapping[str, str]
    """Names of the decisions by id."""
    elements: tuple[DrawnElement, ...]
    """Every node, in the order of the diagrams; the id may come again in a called process."""
    calls: tuple[FunctionCall, ...]
    """Every call of a function, in the order of the elements."""
    warnings: tuple[Finding, ...]
    """What should be mended but does not prevent publishing."""
    begins_with: str
    """The name of the specification that a run begins with: the process, or the outer one of several in a trace."""
    specs: Mapping[str, Any] = field(repr=False)
    """The executable specifications; of no use outside this room."""
    decision_tables: Mapping[str, Decision] = field(repr=False)
    """The decisions themselves; of no use outside this room."""
