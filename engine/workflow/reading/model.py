"""A diagram as plain values: what its designer drew, before anything is made executable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

EventKind = Literal[
    "none",
    "timer",
    "message",
    "signal",
    "error",
    "escalation",
    "condition",
    "compensate",
    "cancel",
    "multiple",
    "terminate",
    "link",
    "unsupported",
]
Reach = Literal["scope", "process", "everything"]
Behavior = Literal["All", "One", "None", "Complex"]
TimerKind = Literal["timeDate", "timeDuration", "timeCycle"]
SUB_PROCESSES = ("subProcess", "transaction", "adHocSubProcess")


@dataclass(slots=True)
class Flow:
    """A sequence flow."""

    id: str
    line: int
    source: str
    target: str
    condition: str | None
    priority: int = 0
    """Of several exclusive flows the one with the lowest is tried first, then the first in the document."""


@dataclass(slots=True)
class Parameter:
    """A `camunda:inputParameter` or `camunda:outputParameter`: a text (a template), a list or a map of texts."""

    name: str
    line: int
    value: str | list[str] | dict[str, str] | None
    is_script: bool = False


@dataclass(slots=True)
class Association:
    """What a data association carries: a variable, or the value of an expression, to another variable."""

    line: int
    source: str
    target: str
    expression: str | None


@dataclass(slots=True)
class Event:
    """What an event node waits for or throws; `name` is that of its message, signal or link, or an error's code."""

    kind: EventKind
    element: str
    """The event definition's local name, for messages to the designer."""
    name: str | None = None
    reference: str | None = None
    """The id that the event refers to, even if there is nothing under that id."""
    is_any: bool = False
    """Whether it is an error or escalation without a code: what catches it catches any."""
    timer: TimerKind | None = None
    text: str = ""
    """The timer's text or the condition."""
    waits: bool = True
    """Whether a compensation event waits until everything is undone."""
    ends: Reach = "scope"
    """What a terminate event ends: its own scope, the process around it, or all that called that too."""
    definition: str | None = None
    """The id of a link's definition."""
    target: str | None = None
    """The id of the definition that a link leads to, if it does not go by its name."""


@dataclass(slots=True)
class Repeat:
    """A standard loop marker; an activity with one is done again as long as the condition holds."""

    line: int
    tests_before: bool
    maximum: str | None
    condition: str | None


@dataclass(slots=True)
class ComplexBehavior:
    """What a multi-instance activity throws when an instance is done and the condition holds."""

    condition: str
    event: Event | None


@dataclass(slots=True)
class Loop:
    """A multi-instance marker."""

    line: int
    is_sequential: bool
    collection: str | None
    element_variable: str | None
    cardinality: str | None
    completion_condition: str | None
    behavior: Behavior = "All"
    thrown: Event | None = None
    """What each instance throws when it is done (behavior "None"), or only the first (behavior "One")."""
    complex_behaviors: list[ComplexBehavior] = field(default_factory=list)
    gathered: str | None = None
    """The variable to which each instance adds its `result`."""
    result: str | None = None
    is_undone_once: bool = False
    """Whether a compensation handler undoes all instances together, and does not run for each."""


@dataclass(slots=True)
class Mapping:
    """A `camunda:in` or `camunda:out` of a call activity."""

    line: int
    source: str | None
    expression: str | None
    target: str | None
    is_everything: bool


@dataclass(slots=True)
class ScriptBeside:
    """What another engine would run just before or just after an activity."""

    line: int
    when: Literal["before", "after"]
    text: str
    language: str


@dataclass(slots=True)
class Node:
    """One element that a token can reach."""

    id: str
    type: str
    """The BPMN element's local name, for example `userTask`."""
    name: str
    file: str
    line: int
    documentation: str = ""
    lane: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    reads: list[Parameter] = field(default_factory=list)
    writes: list[Parameter] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    """All `camunda:` attributes by local name, and those BPMN ones that change what an element does."""
    events: list[Event] = field(default_factory=list)
    loop: Loop | None = None
    repeat: Repeat | None = None
    script: str | None = None
    beside: list[ScriptBeside] = field(default_factory=list)
    before: str | None = None
    """The script that runs just before the activity, in our language; `after` likewise."""
    after: str | None = None
    attached_to: str | None = None
    is_interrupting: bool = True
    entries: list[Mapping] = field(default_factory=list)
    """`camunda:in`"""
    exits: list[Mapping] = field(default_factory=list)
    """`camunda:out`"""
    carried_in: list[Association] = field(default_factory=list)
    carried_out: list[Association] = field(default_factory=list)
    scope: Scope | None = None
    unsupported: list[str] = field(default_factory=list)
    """Local names of markers on this element that cannot be run."""
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)

    @property
    def event(self) -> Event:
        """The only event definition, or a "none" event."""
        return self.events[0] if self.events else Event("none", "")

    @property
    def is_activity(self) -> bool:
        """Whether it does work (a task, a sub-process, a call)."""
        return self.type.endswith("Task") or self.type in ("task", "callActivity", *SUB_PROCESSES)

    @property
    def is_event_sub_process(self) -> bool:
        """Whether it is a sub-process that no flow leads to, but its own start event opens."""
        return self.attributes.get("triggeredByEvent") == "true"

    @property
    def is_compensation_handler(self) -> bool:
        """Whether it only undoes another activity."""
        return self.attributes.get("isForCompensation") == "true"

    @property
    def is_entered_by_flows(self) -> bool:
        """Whether a token comes by sequence flows, and not by an event or to undo something."""
        return not (
            self.is_event_sub_process
            or self.is_compensation_handler
            or self.type == "boundaryEvent"
            or (self.type == "intermediateCatchEvent" and self.event.kind == "link")
        )

    @property
    def is_gateway(self) -> bool:
        """Whether it only directs tokens."""
        return self.type.endswith("Gateway")


@dataclass(slots=True)
class Scope:
    """The inside of a process or of an embedded sub-process, in the document's order."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    associations: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of ids that an association connects, in the direction in which it is drawn."""

    def all_nodes(self) -> Iterator[Node]:
        """Every node, those of embedded sub-processes too, however deep they stand."""
        waiting = [iter(self.nodes.values())]
        while waiting:
            node = next(waiting[-1], None)
            if node is None:
                waiting.pop()
                continue
            yield node
            if node.scope is not None:
                waiting.append(iter(node.scope.nodes.values()))

    def all_scopes(self) -> Iterator[Scope]:
        """This scope and those of all embedded sub-processes."""
        yield self
        for node in self.nodes.values():
            if node.scope is not None:
                yield from node.scope.all_scopes()

    def boundary_events(self) -> dict[str, list[Node]]:
        """The boundary events by the id of the activity on whose edge they are."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                found.setdefault(node.attached_to, []).append(node)
        return found

    def entrances(self) -> list[Node]:
        """Where the first tokens come: one start event, or else everything that no flow leads to.

        Of several start events it is the one without a trigger, else the first in the document.
        """
        starts = [node for node in self.nodes.values() if node.type == "startEvent"]
        if starts:
            return [next((node for node in starts if node.event.kind == "none"), starts[0])]
        return [node for node in self.nodes.values() if node.is_entered_by_flows and not node.incoming]

    def handler_of(self, boundary: Node) -> Node | None:
        """The activity that a compensation boundary event is associated with."""
        for source, target in self.associations:
            other = target if source == boundary.id else source if target == boundary.id else None
            if other in self.nodes and self.nodes[other].is_activity:
                return self.nodes[other]
        return None


@dataclass(slots=True)
class Process:
    """One process of a file."""

    id: str
    name: str
    file: str
    line: int
    is_executable: bool
    documentation: str
    properties: dict[str, str]
    scope: Scope
    is_global_task: bool = False
    """Whether it is a task that stands alone, to be called from anywhere."""
    data_names: frozenset[str] = frozenset()
    """The variables that the file declares as data objects and properties."""
    is_marked: bool = True
    """Whether the file says at all whether it is executable."""
    collaboration: str | None = None
    """The id of the collaboration in which it takes part."""
    changes_elsewhere: list[tuple[int, str]] = field(default_factory=list)
    """Line and name of each extension that may change variables in another engine and does nothing here."""
    message_flows: frozenset[tuple[str, str]] = frozenset()
    """Those of its file, by the ids of their ends."""
