"""From the checked model to executable specifications."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from engine.workflow.expressions import parse_condition, parse_expression, parse_script, parse_template
from engine.workflow.reading.model import SUB_PROCESSES, Loop, Node, Process, Repeat, Scope
from engine.workflow.reading.parameters import attach_parameters, gathering
from engine.workflow.reading.plain import AWAITED
from engine.workflow.reading.unsaid import UNSPECIFIED
from engine.workflow.runtime.activities import (
    PROPERTY,
    BusinessRuleTask,
    CallActivity,
    Crossing,
    ExpressionTask,
    PlainTask,
    ResultMapping,
    ScriptTask,
    ServiceTask,
    SubProcess,
    UndoneScope,
    UserTask,
)
from engine.workflow.runtime.ad_hoc import AdHocSubProcess
from engine.workflow.runtime.edge import BoundarySplit
from engine.workflow.runtime.element import Begin, Element, PassThrough, Value
from engine.workflow.runtime.events import (
    BoundaryEvent,
    CatchingEvent,
    Listener,
    ListenerPart,
    Part,
)
from engine.workflow.runtime.gateways import (
    ComplexGateway,
    EventBasedGateway,
    ExclusiveGateway,
    Gathering,
    InclusiveGateway,
    ParallelGateway,
)
from engine.workflow.runtime.instance import ProcessSpec
from engine.workflow.runtime.multi_instance import MultiInstance, RepeatedActivity
from engine.workflow.runtime.throwing import ThrowingEvent
from engine.workflow.runtime.undoing import Undoing

Specs = dict[str, ProcessSpec]


def build_processes(processes: Iterable[Process]) -> Specs:
    """The specification of every process, and of every embedded sub-process under `outer/id`."""
    specs: Specs = {}
    for process in processes:
        _build_scope(specs, process.id, process.file, None, process.scope)
    return specs


def begin_of(process: ProcessSpec) -> Begin:
    """The root of a specification, which gives the first tokens."""
    return Begin(process, Node("", "process", "", process.file or "", 0), "the start")


def _build_scope(specs: Specs, name: str, file: str, element_id: str | None, scope: Scope) -> None:
    process = ProcessSpec(name, file, element_id, begin_of)
    specs[name] = process
    elements: dict[str, Element] = {}
    for node in scope.nodes.values():
        elements[node.id] = _element(process, node)
        if node.scope is not None:
            _build_scope(specs, f"{name}/{node.id}", file, node.id, node.scope)
    events = scope.boundary_events()
    entrances = {node.id: _entrance(process, node, events.get(node.id, []), elements) for node in scope.nodes.values()}
    for node in scope.nodes.values():
        _connect(elements[node.id], scope, entrances)
    _prepare_undoing(specs, process, scope, elements)
    listeners = [
        _listener(process, start, elements[node.id])
        for node in scope.nodes.values()
        if (start := start_of_event_sub_process(node)) is not None
    ]
    firsts = [*listeners, *(entrances[node.id] for node in scope.entrances())]
    process.start.followers = [("", element) for element in firsts]


def _connect(element: Element, scope: Scope, entrances: dict[str, Element]) -> None:
    node = element.node
    element.followers = [(flow.id, entrances[flow.target]) for flow in node.outgoing]
    if not isinstance(element, ParallelGateway):
        element.default = node.attributes.get("default")
        element.conditions = {
            flow.id: parse_condition(flow.condition).value
            for flow in node.outgoing
            if flow.condition and flow.id != element.default
        }
    if node.is_activity and "completionQuantity" in node.attributes:
        element.tokens_out = int(node.attributes["completionQuantity"])
    if isinstance(element, InclusiveGateway):
        element.reaching = _reaching(scope, node)


def _entrance(process: ProcessSpec, node: Node, attached: list[Node], elements: dict[str, Element]) -> Element:
    """What a token comes to first: it may have to be gathered with others, and boundary events open with the host."""
    entrance = elements[node.id]
    events = [elements[event.id] for event in attached if event.event.kind != "compensate"]
    if events:
        host, entrance = entrance, BoundarySplit(process, node, f"{node.id} split")
        entrance.followers = [*(("", event) for event in events), ("", host)]
    if node.is_activity and node.attributes.get("startQuantity", "1") != "1":
        inner, entrance = entrance, Gathering(process, node, f"{node.id} gathering")
        entrance.followers = [("", inner)]
    return entrance


def start_of_event_sub_process(node: Node) -> Node | None:
    """The start event that the scope around an event sub-process listens for; none if it is for compensation."""
    start = _own_start(node)
    return None if start is None or start.event.kind == "compensate" else start


def _own_start(node: Node) -> Node | None:
    if not node.is_event_sub_process or node.scope is None:
        return None
    return next((each for each in node.scope.nodes.values() if each.type == "startEvent"), None)


def _listener(process: ProcessSpec, start: Node, sub_process: Element) -> Listener:
    listener = Listener(process, start, f"{start.id} listening")
    set_waits(process, listener, ListenerPart)
    attach_parameters(listener, start)
    listener.followers = [("", sub_process)]
    return listener


def _prepare_undoing(specs: Specs, process: ProcessSpec, scope: Scope, elements: dict[str, Element]) -> None:
    whole = Node("", "process", "", process.file or "", 0)
    process.undoing = process.first_undoer = Undoing(process, whole, "the undoing")
    for node in scope.nodes.values():
        start = _own_start(node)
        if start is not None and start.event.kind == "compensate":
            process.first_undoer = elements[node.id]
        elif node.type == "boundaryEvent" and node.event.kind == "compensate" and node.attached_to is not None:
            handler = scope.handler_of(node)
            if handler is not None:
                elements[handler.id].is_instance = True
                process.undoers[node.attached_to] = elements[handler.id]
                process.compensation_events[node.attached_to] = node
    for node in scope.nodes.values():
        if node.type in SUB_PROCESSES and not node.is_event_sub_process and node.id not in process.undoers:
            undone = UndoneScope(process, node, f"{node.id} undone")
            undone.spec = f"{process.name}/{node.id}"
            inner = specs[undone.spec]
            undone.needs_records = inner.first_undoer is inner.undoing
            process.undoers[node.id] = undone


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


def _work(process: ProcessSpec, node: Node, name: str | None) -> Element:
    if UNSPECIFIED in node.attributes:
        return PlainTask(process, node, name)
    if AWAITED in node.attributes:
        return _catching(process, node, name)
    return _BUILDERS[node.type](process, node, name)


def _element(process: ProcessSpec, node: Node) -> Element:
    element: Element
    if node.loop is not None:
        element = _multi_instance(process, node, node.loop)
    elif node.repeat is not None:
        element = _repeated(process, node, node.repeat)
    else:
        element = _work(process, node, None)
        attach_parameters(element, node)
    return element


def _multi_instance(process: ProcessSpec, node: Node, loop: Loop) -> MultiInstance:
    whole = MultiInstance(process, node)
    whole.collection = parse_expression(loop.collection).value if loop.collection else None
    whole.cardinality = parse_expression(loop.cardinality).value if loop.cardinality else None
    whole.completion = parse_condition(loop.completion_condition).value if loop.completion_condition else None
    whole.complex_conditions = [
        (parse_condition(each.condition).value, each.event) for each in loop.complex_behaviors if each.condition
    ]
    whole.each = _each(process, node)
    return whole


def _repeated(process: ProcessSpec, node: Node, repeat: Repeat) -> RepeatedActivity:
    whole = RepeatedActivity(process, node)
    whole.maximum = parse_expression(repeat.maximum).value if repeat.maximum else None
    whole.condition = parse_condition(repeat.condition).value if repeat.condition else None
    whole.each = _each(process, node)
    return whole


def _each(process: ProcessSpec, node: Node) -> Element:
    each = _work(process, node, f"{node.id} each")
    each.is_instance = True
    attach_parameters(each, node)
    if node.loop is not None and node.loop.gathered and node.loop.result:
        each.writes.append((node.loop.gathered, gathering(node.loop.gathered, node.loop.result)))
    return each


def _complex_gateway(process: ProcessSpec, node: Node, name: str | None) -> Element:
    gateway = ComplexGateway(process, node)
    text = node.attributes.get("activationCondition")
    gateway.activation = parse_condition(text).value if text else None
    return gateway


def _catching(process: ProcessSpec, node: Node, name: str | None) -> Element:
    if node.event.kind == "link":
        return PassThrough(process, node)
    kind = CatchingEvent if node.attached_to is None else BoundaryEvent
    event = kind(process, node, name)
    set_waits(process, event, Part)
    return event


def set_waits(process: ProcessSpec, catcher: CatchingEvent, part_of: type[Part]) -> None:
    """Give a catching event the text that it waits by, or its parts if it has several definitions."""
    if catcher.event.kind == "multiple":
        for number, event in enumerate(catcher.node.events):
            part = part_of(process, catcher.node, f"{catcher.name} {number}", event)
            set_waits(process, part, part_of)
            catcher.parts.append(part)
    elif catcher.event.kind == "timer":
        catcher.text = parse_template(catcher.event.text).value
    elif catcher.event.kind == "condition":
        catcher.text = parse_condition(catcher.event.text).value


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


def _ad_hoc(process: ProcessSpec, node: Node, name: str | None) -> Element:
    task = AdHocSubProcess(process, node, name)
    task.spec = f"{process.name}/{node.id}"
    text = node.attributes.get("completionCondition")
    task.completion = parse_condition(text).value if text else None
    return task


def _gateway(kind: Callable[[Any, Node], Element]) -> Callable[[ProcessSpec, Node, str | None], Element]:
    return lambda process, node, name: kind(process, node)


_BUILDERS: dict[str, Callable[[ProcessSpec, Node, str | None], Element]] = {
    "startEvent": _plain(PassThrough),
    "endEvent": _plain(ThrowingEvent),
    "intermediateThrowEvent": _plain(ThrowingEvent),
    "sendTask": _plain(ThrowingEvent),
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
    "transaction": _sub_process,
    "adHocSubProcess": _ad_hoc,
    "callActivity": _call_activity,
    "exclusiveGateway": _gateway(ExclusiveGateway),
    "inclusiveGateway": _gateway(InclusiveGateway),
    "parallelGateway": _gateway(ParallelGateway),
    "complexGateway": _complex_gateway,
    "eventBasedGateway": _gateway(EventBasedGateway),
}
EXECUTABLE_TYPES = frozenset(_BUILDERS)
"""Local names of the BPMN elements that can be run."""
