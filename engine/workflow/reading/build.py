"""From the checked model to executable specifications."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from engine.workflow.expressions import Environment, parse_condition, parse_expression, parse_script, parse_template
from engine.workflow.reading.model import Node, Parameter, Process, Scope
from engine.workflow.runtime.activities import (
    PROPERTY,
    Activity,
    BusinessRuleTask,
    CallActivity,
    Crossing,
    ExpressionTask,
    PlainTask,
    ResultMapping,
    ScriptTask,
    ServiceTask,
    SubProcess,
    UserTask,
)
from engine.workflow.runtime.element import Begin, Element, PassThrough, Value
from engine.workflow.runtime.events import BoundaryEvent, BoundarySplit, CatchingEvent, ThrowingEvent
from engine.workflow.runtime.gateways import (
    Choosing,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from engine.workflow.runtime.instance import ProcessSpec
from engine.workflow.runtime.multi_instance import MultiInstance

Specs = dict[str, ProcessSpec]


def build_processes(processes: Iterable[Process]) -> Specs:
    """The specification of every process, and of every embedded sub-process under `outer/id`."""
    specs: Specs = {}
    for process in processes:
        _build_scope(specs, process.id, process.file, None, process.scope)
    return specs


def _begin(process: ProcessSpec) -> Begin:
    return Begin(process, Node("", "process", "", process.file or "", 0), "the start")


def _build_scope(specs: Specs, name: str, file: str, element_id: str | None, scope: Scope) -> None:
    process = ProcessSpec(name, file, element_id, _begin)
    specs[name] = process
    entrances: dict[str, Element] = {}
    elements: dict[str, Element] = {}
    for node in scope.nodes.values():
        element = _element(process, node)
        elements[node.id] = entrances[node.id] = element
        if node.scope is not None:
            _build_scope(specs, f"{name}/{node.id}", file, node.id, node.scope)
    for node in scope.nodes.values():
        if events := scope.attached_to(node.id):
            entrances[node.id] = _split(process, node, [elements[event.id] for event in events], elements[node.id])
    for node in scope.nodes.values():
        elements[node.id].followers = [(flow.id, entrances[flow.target]) for flow in node.outgoing]
        if isinstance(elements[node.id], InclusiveGateway):
            cast(InclusiveGateway, elements[node.id]).reaching = _reaching(scope, node)
    process.start.followers = [("", entrances[start_node(scope).id])]


def start_node(scope: Scope) -> Node:
    """Where a scope begins: its start event without a trigger, else its first start event."""
    starts = [node for node in scope.nodes.values() if node.type == "startEvent"]
    return next((node for node in starts if node.event.kind == "none"), starts[0])


def _split(process: ProcessSpec, node: Node, events: list[Element], host: Element) -> BoundarySplit:
    split = BoundarySplit(process, node, f"{node.id} split")
    split.followers = [*(("", event) for event in events), ("", host)]
    return split


def _reaching(scope: Scope, gateway: Node) -> dict[str, frozenset[str]]:
    """For each flow into the gateway: the nodes from which a token can come along it without passing the gateway."""
    reaching: dict[str, frozenset[str]] = {}
    for flow in gateway.incoming:
        seen: set[str] = set()
        stack = [flow.source]
        while stack:
            place = stack.pop()
            if place in seen or place == gateway.id:
                continue
            seen.add(place)
            node = scope.nodes[place]
            stack += [before.source for before in node.incoming]
            if node.attached_to is not None:
                stack.append(node.attached_to)
        reaching[flow.id] = frozenset(seen)
    return reaching


# -- elements ---------------------------------------------------------------------------------------------------------


def _element(process: ProcessSpec, node: Node) -> Element:
    element: Element
    if node.loop is not None:
        element = _multi_instance(process, node)
    else:
        element = _BUILDERS[node.type](process, node, None)
        _attach_parameters(element, node)
    return element


def _multi_instance(process: ProcessSpec, node: Node) -> MultiInstance:
    loop = node.loop
    assert loop is not None
    whole = MultiInstance(process, node)
    whole.collection = parse_expression(loop.collection).value if loop.collection else None
    whole.cardinality = parse_expression(loop.cardinality).value if loop.cardinality else None
    whole.completion = parse_condition(loop.completion_condition).value if loop.completion_condition else None
    each = _BUILDERS[node.type](process, node, f"{node.id} each")
    assert isinstance(each, Activity)
    each.is_instance = True
    _attach_parameters(each, node)
    whole.each = each
    return whole


def _attach_parameters(element: Element, node: Node) -> None:
    element.reads = [(parameter.name, parameter_value(parameter)) for parameter in node.reads]
    element.writes = [(parameter.name, parameter_value(parameter)) for parameter in node.writes]


def parameter_value(parameter: Parameter) -> Value:
    """How to get the value of an input or output parameter."""
    content = parameter.value
    if isinstance(content, list):
        items = [parse_template(text).value for text in content]
        return lambda environment: [item(environment) for item in items]
    if isinstance(content, dict):
        entries = [(key, parse_template(text).value) for key, text in content.items()]
        return lambda environment: {key: entry(environment) for key, entry in entries}
    if content is None:
        return _nothing
    return parse_template(content).value


def _nothing(environment: Environment) -> None:
    return None


def _gateway(kind: Callable[[Any, Node], Element]) -> Callable[[ProcessSpec, Node, str | None], Element]:
    def build(process: ProcessSpec, node: Node, name: str | None) -> Element:
        gateway = kind(process, node)
        if isinstance(gateway, Choosing):
            gateway.default = node.attributes.get("default")
            gateway.conditions = {
                flow.id: parse_condition(flow.condition).value
                for flow in node.outgoing
                if flow.condition and flow.id != gateway.default
            }
        return gateway

    return build


def _catching(process: ProcessSpec, node: Node, name: str | None) -> Element:
    if node.event.kind == "link":
        return PassThrough(process, node)
    event = CatchingEvent(process, node) if node.attached_to is None else BoundaryEvent(process, node)
    if node.event.kind == "timer":
        event.text = parse_template(node.event.text).value
    elif node.event.kind == "condition":
        event.text = parse_condition(node.event.text).value
    return event


def _user_task(process: ProcessSpec, node: Node, name: str | None) -> Element:
    task = UserTask(process, node, name)
    for offer, attribute in OFFERS.items():
        text = next((node.attributes[each] for each in attribute if each in node.attributes), None)
        if text is not None:
            task.offers[offer] = parse_template(text).value
    for property_name, text in node.properties.items():
        if "${" in text:
            task.offers[PROPERTY + property_name] = parse_template(text).value
    return task


OFFERS = {
    "role": ("candidateGroups",),
    "assignee": ("assignee",),
    "due": ("dueDate",),
    "form": ("formRef", "formKey"),
}
"""What a user task keeps for its people, and the `camunda:` attributes that say it."""


def _script_task(process: ProcessSpec, node: Node, name: str | None) -> Element:
    result = node.attributes.get("resultVariable")
    if result:
        return _expression_task(process, node, name, node.script or "", result)
    task = ScriptTask(process, node, name)
    task.lines = parse_script(node.script or "")
    return task


def _expression_task(process: ProcessSpec, node: Node, name: str | None, text: str, result: str | None) -> Element:
    task = ExpressionTask(process, node, name)
    task.expression, task.result = parse_expression(text).value, result
    return task


def _service_task(process: ProcessSpec, node: Node, name: str | None) -> Element:
    if "topic" not in node.attributes and "expression" in node.attributes:
        result = node.attributes.get("resultVariable")
        return _expression_task(process, node, name, node.attributes["expression"], result)
    task = ServiceTask(process, node, name)
    task.topic = parse_template(node.attributes["topic"]).value
    return task


def _business_rule_task(process: ProcessSpec, node: Node, name: str | None) -> Element:
    if "decisionRef" not in node.attributes:
        return _service_task(process, node, name)
    task = BusinessRuleTask(process, node, name)
    task.decision = node.attributes["decisionRef"]
    task.result = node.attributes.get("resultVariable")
    task.mapping = cast(ResultMapping, node.attributes.get("mapDecisionResult", "resultList"))
    return task


def _sub_process(process: ProcessSpec, node: Node, name: str | None) -> Element:
    task = SubProcess(process, node, name)
    task.spec = f"{process.name}/{node.id}"
    return task


def _call_activity(process: ProcessSpec, node: Node, name: str | None) -> Element:
    task = CallActivity(process, node, name)
    task.spec = node.attributes["calledElement"]
    task.entries = [_crossing(each) for each in node.entries]
    task.exits = [_crossing(each) for each in node.exits]
    return task


def _crossing(mapping: Any) -> Crossing:
    if mapping.is_everything:
        return Crossing(None, None)
    if mapping.expression:
        return Crossing(mapping.target, parse_expression(mapping.expression).value)
    return Crossing(mapping.target, _named(mapping.source))


def _named(source: str) -> Value:
    """A variable that is not there crosses as null, as in Camunda; only an expression insists on it."""
    return lambda environment: environment.variables.get(source)


def _plain(kind: Callable[..., Element]) -> Callable[[ProcessSpec, Node, str | None], Element]:
    return lambda process, node, name: kind(process, node, name)


def _throwing(process: ProcessSpec, node: Node, name: str | None) -> Element:
    return ThrowingEvent(process, node)


_BUILDERS: dict[str, Callable[[ProcessSpec, Node, str | None], Element]] = {
    "startEvent": _plain(PassThrough),
    "endEvent": _throwing,
    "intermediateThrowEvent": _throwing,
    "sendTask": _throwing,
    "intermediateCatchEvent": _catching,
    "receiveTask": _catching,
    "boundaryEvent": _catching,
    "task": _plain(PlainTask),
    "manualTask": _plain(PlainTask),
    "userTask": _user_task,
    "scriptTask": _script_task,
    "serviceTask": _service_task,
    "businessRuleTask": _business_rule_task,
    "subProcess": _sub_process,
    "callActivity": _call_activity,
    "exclusiveGateway": _gateway(ExclusiveGateway),
    "inclusiveGateway": _gateway(InclusiveGateway),
    "parallelGateway": _gateway(ParallelGateway),
    "eventBasedGateway": _gateway(EventBasedGateway),
}
EXECUTABLE_TYPES = frozenset(_BUILDERS)
"""Local names of the BPMN elements that can be run."""
