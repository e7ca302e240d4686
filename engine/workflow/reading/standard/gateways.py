"""Gateways split or merge, in the direction they claim; event-based gateways are followed by events."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.reading.standard.model import Element, Model, child, is_true, kind
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import CHOREOGRAPHY_ACTIVITIES, GATEWAYS

_WAITS = frozenset({"message", "timer", "signal", "conditional", "elsewhere"})


def _targets(model: Model, gateway: Element) -> list[Element]:
    found = [model.target(flow) for flow in model.outgoing(gateway)]
    return [target for target in found if target is not None]


@rule(
    "gateway-direction",
    "Số đường vào, đường ra không khớp với hướng “{detail}” của cổng.",
    "The numbers of incoming and outgoing flows do not agree with the direction “{detail}”.",
    "Sửa gatewayDirection hoặc các đường nối.",
    "Correct gatewayDirection or the flows.",
)
def gateway_direction(model: Model) -> Iterator[Violation]:
    """Converging: many in, not many out; diverging: the reverse; mixed: many of both."""
    for gateway in model.of(*sorted(GATEWAYS)):
        many_in, many_out = len(model.incoming(gateway)) > 1, len(model.outgoing(gateway)) > 1
        direction = gateway.get("gatewayDirection", "Unspecified")
        expected = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}.get(direction)
        if expected is not None and expected != (many_in, many_out):
            yield gateway, direction


@rule(
    "gateway-without-purpose",
    "Cổng không rẽ nhánh cũng không gộp nhánh.",
    "The gateway neither splits nor merges.",
    "Thêm đường vào hoặc đường ra, hoặc bỏ cổng.",
    "Add flows, or remove the gateway.",
)
def gateway_without_purpose(model: Model) -> Iterator[Violation]:
    """A gateway has several incoming or several outgoing flows."""
    for gateway in model.of(*sorted(GATEWAYS - {"eventBasedGateway"})):
        if len(model.incoming(gateway)) < 2 and len(model.outgoing(gateway)) < 2:
            yield gateway


@rule(
    "event-gateway-outgoing",
    "Cổng sự kiện cần ít nhất hai đường ra.",
    "An event-based gateway needs at least two outgoing flows.",
    "Thêm sự kiện chờ sau cổng.",
    "Add catching events behind the gateway.",
)
def event_gateway_outgoing(model: Model) -> Iterator[Violation]:
    """An event-based gateway has two or more flows out."""
    return (gateway for gateway in model.of("eventBasedGateway") if len(model.outgoing(gateway)) < 2)


@rule(
    "event-gateway-targets",
    "Sau cổng sự kiện chỉ được có sự kiện chờ (thông điệp, hẹn giờ, tín hiệu, điều kiện) hoặc công việc nhận.",
    "An event-based gateway leads only to catching message, timer, signal or conditional events and to receive tasks.",
    "Đặt sự kiện chờ hoặc công việc nhận ngay sau cổng.",
    "Put a catching event or a receive task directly behind the gateway.",
)
def event_gateway_targets(model: Model) -> Iterator[Violation]:
    """Everything behind an event-based gateway waits for something."""
    for gateway in model.of("eventBasedGateway"):
        for target in _targets(model, gateway):
            waits = kind(target) == "intermediateCatchEvent" and set(model.triggers(target)) <= _WAITS
            if not waits and kind(target) not in CHOREOGRAPHY_ACTIVITIES | {"receiveTask"}:
                yield target


@rule(
    "event-gateway-mixed",
    "Sau một cổng sự kiện không được vừa có sự kiện thông điệp vừa có công việc nhận.",
    "Message events and receive tasks may not stand behind the same event-based gateway.",
    "Chỉ dùng một trong hai loại.",
    "Use only one of the two.",
)
def event_gateway_mixed(model: Model) -> Iterator[Violation]:
    """Message events and receive tasks are not mixed."""
    for gateway in model.of("eventBasedGateway"):
        targets = _targets(model, gateway)
        receives = any(kind(target) == "receiveTask" for target in targets)
        if receives and any("message" in model.triggers(target) for target in targets):
            yield gateway


@rule(
    "event-gateway-receive-boundary",
    "Công việc nhận sau cổng sự kiện không được có sự kiện biên.",
    "A receive task behind an event-based gateway may not have boundary events.",
    "Bỏ sự kiện biên, hoặc đặt sự kiện chờ sau cổng.",
    "Remove the boundary event, or put another catching event behind the gateway.",
)
def event_gateway_receive_boundary(model: Model) -> Iterator[Violation]:
    """A receive task behind an event-based gateway is bare."""
    for gateway in model.of("eventBasedGateway"):
        for target in _targets(model, gateway):
            if kind(target) == "receiveTask" and model.boundary_events(target):
                yield target


@rule(
    "event-gateway-target-incoming",
    "Phần tử sau cổng sự kiện chỉ được có đường vào từ cổng đó.",
    "What stands behind an event-based gateway may have no other incoming flow.",
    "Bỏ các đường vào khác.",
    "Remove the other incoming flows.",
)
def event_gateway_target_incoming(model: Model) -> Iterator[Violation]:
    """Only the gateway leads to what stands behind it."""
    for gateway in model.of("eventBasedGateway"):
        for target in _targets(model, gateway):
            if any(model.source(flow) is not gateway for flow in model.incoming(target)):
                yield target


@rule(
    "event-gateway-instantiate",
    "Cổng sự kiện khởi tạo quy trình chỉ được có đường vào từ sự kiện bắt đầu không điều kiện.",
    "An event-based gateway that starts the process may be reached from a plain start event only.",
    "Bỏ đường vào, hoặc bỏ instantiate.",
    "Remove the incoming flow, or remove instantiate.",
)
def event_gateway_instantiate(model: Model) -> Iterator[Violation]:
    """An instantiating gateway stands at the beginning."""
    return (gateway for gateway in model.of("eventBasedGateway") if not _begins(model, gateway))


def _begins(model: Model, gateway: Element) -> bool:
    if not is_true(gateway, "instantiate"):
        return True
    sources = [model.source(flow) for flow in model.incoming(gateway)]
    place = model.container(gateway)
    if not sources:
        return place is None or child(place, "startEvent") is None
    return len(sources) < 2 and all(
        source is not None and kind(source) == "startEvent" and not model.triggers(source) for source in sources
    )


@rule(
    "event-gateway-parallel",
    "Cổng sự kiện song song chỉ dùng để khởi tạo quy trình.",
    "A parallel event-based gateway can only start a process.",
    'Đặt instantiate="true" hoặc dùng loại Exclusive.',
    'Set instantiate="true", or use the type Exclusive.',
)
def event_gateway_parallel(model: Model) -> Iterator[Violation]:
    """The type Parallel goes with instantiate."""
    for gateway in model.of("eventBasedGateway"):
        if gateway.get("eventGatewayType") == "Parallel" and not is_true(gateway, "instantiate"):
            yield gateway


@rule(
    "event-gateway-start",
    "Cổng sự kiện không có đường vào thì phải khởi tạo quy trình.",
    "An event-based gateway without incoming flow must start the process.",
    'Nối vào luồng, hoặc đặt instantiate="true".',
    'Connect it, or set instantiate="true".',
)
def event_gateway_start(model: Model) -> Iterator[Violation]:
    """An event-based gateway that nothing leads to says that it starts the process."""
    for gateway in model.of("eventBasedGateway"):
        if not model.incoming(gateway) and not is_true(gateway, "instantiate"):
            yield gateway
