"""Sequence flows: what they connect, where they may carry a condition, and what may stand without them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.reading.standard.model import (
    Element,
    Model,
    child,
    children,
    has_foreign,
    is_event_sub_process,
    is_true,
    kind,
    text,
)
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import ACTIVITIES, EVENTS, FLOW_NODES


def has_condition(flow: Element) -> bool:
    """Whether a flow carries a condition; an empty one is what a tool left behind."""
    condition = child(flow, "conditionExpression")
    return condition is not None and bool(text(condition) or has_foreign(condition))


def is_link(model: Model, event: Element, name: str) -> bool:
    """Whether an event is a link of this kind of event."""
    return kind(event) == name and "link" in model.triggers(event)


def _is_apart(node: Element) -> bool:
    """Whether a node never takes part in the normal flow."""
    return is_event_sub_process(node) or is_true(node, "isForCompensation")


@rule(
    "sequence-flow-source",
    "Đường nối không được đi ra từ phần tử này: {detail}.",
    "No sequence flow may leave this element: {detail}.",
    "Vẽ lại điểm đầu của đường nối.",
    "Redraw where the flow begins.",
)
def sequence_flow_source(model: Model) -> Iterator[Violation]:
    """No flow leaves an end event, a throwing link, an event sub-process or a compensation activity."""
    for flow in model.of("sequenceFlow"):
        source = model.source(flow)
        if source is None:
            continue
        if kind(source) == "endEvent" or _is_apart(source) or is_link(model, source, "intermediateThrowEvent"):
            yield flow, source.get("id") or kind(source)


@rule(
    "sequence-flow-target",
    "Đường nối không được đi vào phần tử này: {detail}.",
    "No sequence flow may lead to this element: {detail}.",
    "Vẽ lại điểm cuối của đường nối.",
    "Redraw where the flow ends.",
)
def sequence_flow_target(model: Model) -> Iterator[Violation]:
    """No flow leads to a start or boundary event, a catching link, an event sub-process, a compensation activity."""
    for flow in model.of("sequenceFlow"):
        target = model.target(flow)
        if target is None:
            continue
        is_beginning = kind(target) in ("startEvent", "boundaryEvent")
        if is_beginning or _is_apart(target) or is_link(model, target, "intermediateCatchEvent"):
            yield flow, target.get("id") or kind(target)


@rule(
    "sequence-flow-boundary",
    "Đường nối vượt ra ngoài quy trình hoặc tiểu quy trình của nó.",
    "The sequence flow crosses the boundary of a process or sub-process.",
    "Nối trong cùng một quy trình hoặc tiểu quy trình; giữa các bên thì dùng đường thông điệp.",
    "Connect within one process or sub-process; between participants draw a message flow.",
)
def sequence_flow_boundary(model: Model) -> Iterator[Violation]:
    """Both ends of a flow stand directly in the same process or sub-process."""
    for flow in model.of("sequenceFlow"):
        source, target = model.source(flow), model.target(flow)
        if source is not None and target is not None and model.container(source) is not model.container(target):
            yield flow


@rule(
    "sequence-flow-place",
    "Đường nối được ghi ngoài phạm vi của hai đầu nó.",
    "The sequence flow is written outside the process or sub-process of its ends.",
    "Chuyển nó vào cùng phạm vi với hai đầu.",
    "Move it to where its ends are.",
    "warning",
)
def sequence_flow_place(model: Model) -> Iterator[Violation]:
    """A flow is written where its ends are."""
    for flow in model.of("sequenceFlow"):
        source = model.source(flow)
        if source is not None and model.container(source) is not model.container(flow):
            yield flow


@rule(
    "flow-children-agree",
    "incoming/outgoing không khớp với đường nối “{detail}”.",
    "incoming/outgoing does not agree with the sequence flow “{detail}”.",
    "Sửa incoming, outgoing cho khớp với sourceRef và targetRef.",
    "Make incoming and outgoing agree with sourceRef and targetRef.",
)
def flow_children_agree(model: Model) -> Iterator[Violation]:
    """What a node names as incoming leads to it, what it names as outgoing leaves it."""
    for name, end in (("incoming", model.target), ("outgoing", model.source)):
        for reference in model.of(name):
            node, flow = reference.getparent(), model.local(text(reference))
            if node is not None and flow is not None and kind(flow) == "sequenceFlow" and end(flow) is not node:
                yield node, text(reference)[:80]


@rule(
    "flow-children-complete",
    "Phần tử không ghi incoming/outgoing cho đường nối “{detail}”.",
    "The element does not list the sequence flow “{detail}” as incoming or outgoing.",
    "Thêm incoming hoặc outgoing, hoặc mở bằng công cụ vẽ rồi lưu lại.",
    "Add incoming or outgoing, or open the file in a modeler and save it again.",
)
def flow_children_complete(model: Model) -> Iterator[Violation]:
    """Where flows are listed at their nodes, all are; a file that lists none is left alone."""
    listed = {(each.getparent(), kind(each), model.local(text(each))) for each in model.of("incoming", "outgoing")}
    for flow in model.of("sequenceFlow") if listed else ():
        for node, name in ((model.source(flow), "outgoing"), (model.target(flow), "incoming")):
            if node is not None and (node, name, flow) not in listed:
                yield node, flow.get("id", "")[:80]


@rule(
    "condition-place",
    "Điều kiện không được đặt trên đường ra của phần tử này ({detail}).",
    "A condition may not stand on a flow that leaves this element ({detail}).",
    "Bỏ điều kiện, hoặc đặt một cổng loại trừ trước đường này.",
    "Remove the condition, or put an exclusive gateway in front of the flow.",
)
def condition_place(model: Model) -> Iterator[Violation]:
    """Flows that leave events, parallel and event-based gateways have no conditions."""
    for flow in model.of("sequenceFlow"):
        source = model.source(flow)
        if has_condition(flow) and kind(source) in EVENTS | {"parallelGateway", "eventBasedGateway"}:
            yield flow, kind(source)


@rule(
    "conditional-flow-alone",
    "Hoạt động chỉ có một đường ra mà đường đó có điều kiện.",
    "The only flow that leaves an activity has a condition.",
    "Thêm đường ra khác (mặc định), hoặc bỏ điều kiện.",
    "Add another flow (a default), or remove the condition.",
)
def conditional_flow_alone(model: Model) -> Iterator[Violation]:
    """A conditional flow from an activity has at least one other flow beside it."""
    for flow in model.of("sequenceFlow"):
        source = model.source(flow)
        is_conditional = kind(source) in ACTIVITIES and has_condition(flow)
        if source is not None and is_conditional and len(model.outgoing(source)) == 1:
            yield flow


@rule(
    "default-flow-own",
    "Đường mặc định không phải là đường ra của phần tử này.",
    "The default flow does not leave this element.",
    "Chọn một trong các đường ra của nó làm mặc định.",
    "Choose one of its own outgoing flows as the default.",
)
def default_flow_own(model: Model) -> Iterator[Violation]:
    """The default flow of an element is one of its outgoing flows."""
    for element in model.elements:
        flow = model.referred(element, "default") if element.get("default") else None
        if flow is not None and kind(flow) == "sequenceFlow" and model.source(flow) is not element:
            yield element


@rule(
    "default-flow-condition",
    "Đường mặc định không được có điều kiện.",
    "A default flow has no condition.",
    "Bỏ điều kiện của đường mặc định.",
    "Remove the condition of the default flow.",
)
def default_flow_condition(model: Model) -> Iterator[Violation]:
    """The default flow of an element has no condition."""
    for element in model.elements:
        flow = model.referred(element, "default") if element.get("default") else None
        if flow is not None and kind(flow) == "sequenceFlow" and has_condition(flow):
            yield flow


@rule(
    "flow-immediate",
    "isImmediate không được là false trong quy trình chạy được.",
    "isImmediate may not be false in an executable process.",
    "Bỏ thuộc tính isImmediate.",
    "Remove the attribute isImmediate.",
)
def flow_immediate(model: Model) -> Iterator[Violation]:
    """Flows of an executable process are immediate."""
    for flow in model.of("sequenceFlow"):
        if not is_true(flow, "isImmediate", default=True) and model.is_executable(flow):
            yield flow


# -- what stands without flows ----------------------------------------------------------------------------------------


def _levels(model: Model) -> Iterator[tuple[Element, list[Element]]]:
    """Each process, sub-process and choreography with its own nodes; not ad-hoc ones, which have no beginning."""
    for container in model.of("process", "subProcess", "transaction", "choreography", "subChoreography"):
        yield container, children(container, *FLOW_NODES)


def _instantiates(node: Element) -> bool:
    return kind(node) in ("receiveTask", "eventBasedGateway") and is_true(node, "instantiate")


@rule(
    "end-event-missing",
    "Có sự kiện bắt đầu nhưng không có sự kiện kết thúc.",
    "There is a start event but no end event.",
    "Thêm sự kiện kết thúc.",
    "Add an end event.",
)
def end_event_missing(model: Model) -> Iterator[Violation]:
    """Who uses a start event uses an end event."""
    for container, nodes in _levels(model):
        kinds = {kind(node) for node in nodes}
        if "startEvent" in kinds and "endEvent" not in kinds:
            yield container


@rule(
    "start-event-missing",
    "Có sự kiện kết thúc nhưng không có sự kiện bắt đầu.",
    "There is an end event but no start event.",
    "Thêm sự kiện bắt đầu.",
    "Add a start event.",
)
def start_event_missing(model: Model) -> Iterator[Violation]:
    """Who uses an end event uses a start event, unless a receive task or gateway starts the process."""
    for container, nodes in _levels(model):
        kinds = {kind(node) for node in nodes}
        if "endEvent" in kinds and "startEvent" not in kinds and not any(_instantiates(node) for node in nodes):
            yield container


@rule(
    "flow-node-without-incoming",
    "Có sự kiện bắt đầu, nên phần tử này phải có đường vào.",
    "There is a start event, so a sequence flow must lead to this element.",
    "Nối nó vào luồng, hoặc xóa đi.",
    "Connect it, or delete it.",
)
def flow_node_without_incoming(model: Model) -> Iterator[Violation]:
    """Beside a start event, nothing else begins by itself."""
    for _, nodes in _levels(model):
        if not any(kind(node) == "startEvent" for node in nodes):
            continue
        for node in nodes:
            begins = kind(node) in ("startEvent", "boundaryEvent") or is_link(model, node, "intermediateCatchEvent")
            if not begins and not _is_apart(node) and not _instantiates(node) and not model.incoming(node):
                yield node


@rule(
    "flow-node-without-outgoing",
    "Có sự kiện kết thúc, nên phần tử này phải có đường ra.",
    "There is an end event, so a sequence flow must leave this element.",
    "Nối nó tới phần tử tiếp theo hoặc sự kiện kết thúc.",
    "Connect it to what follows, or to an end event.",
)
def flow_node_without_outgoing(model: Model) -> Iterator[Violation]:
    """Beside an end event, nothing else ends by itself."""
    for _, nodes in _levels(model):
        if not any(kind(node) == "endEvent" for node in nodes):
            continue
        for node in nodes:
            ends = kind(node) in ("endEvent", "boundaryEvent") or is_link(model, node, "intermediateThrowEvent")
            has_own_rule = kind(node) in ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent")
            if not ends and not has_own_rule and not _is_apart(node) and not model.outgoing(node):
                yield node
