"""The shape of a scope: what may stand in it, how it is connected, and that every token finds a way out."""

from __future__ import annotations

from collections.abc import Callable

from engine.workflow.reading.build import EXECUTABLE_TYPES
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Process, Scope

_CATCHES = ("timer", "message", "signal", "condition")
_ALLOWED_EVENTS: dict[str, tuple[str, ...]] = {
    "startEvent": ("none", "timer", "message", "signal", "condition"),
    "endEvent": ("none", "message", "signal", "error", "escalation", "terminate"),
    "intermediateCatchEvent": (*_CATCHES, "link"),
    "intermediateThrowEvent": ("none", "message", "signal", "escalation", "link"),
    "boundaryEvent": (*_CATCHES, "error", "escalation"),
}
_DIVERGING = ("exclusiveGateway", "inclusiveGateway")


def check_structure(process: Process, findings: Findings) -> None:
    """Check a process and all its embedded sub-processes."""
    _check_scope(process.scope, process, findings, is_process=True)
    for node in process.scope.all_nodes():
        if node.scope is not None and node.type == "subProcess":
            _check_scope(node.scope, node, findings, is_process=False)


def _check_scope(scope: Scope, owner: Process | Node, findings: Findings, *, is_process: bool) -> None:
    for node in scope.nodes.values():
        for check in _NODE_CHECKS:
            check(node, findings)
    _check_ends_of_flows(scope, owner, findings)
    _check_start(scope, owner, findings, is_process=is_process)
    _check_ways(scope, findings)


# -- single elements --------------------------------------------------------------------------------------------------


def _check_kind(node: Node, findings: Findings) -> None:
    unusable = node.type not in EXECUTABLE_TYPES or node.attributes.get("triggeredByEvent") == "true"
    unusable = unusable or node.attributes.get("isForCompensation") == "true"
    kind = "event sub-process" if node.attributes.get("triggeredByEvent") == "true" else node.type
    for name in [*([kind] if unusable else []), *node.unsupported]:
        findings.add(
            "element-not-supported",
            node.file,
            node,
            f"Phần tử “{name}” không chạy được.",
            f"The element “{name}” cannot be run.",
            (
                "Vẽ lại bằng tiểu quy trình có sự kiện biên, cổng hoặc nhiều thực thể.",
                "Draw it with a sub-process and a boundary event, gateways or multi-instance instead.",
            ),
        )
    for name in ("startQuantity", "completionQuantity"):
        if node.attributes.get(name, "1") != "1":
            findings.add(
                "element-not-supported", node.file, node, f"{name} phải bằng 1.", f"{name} other than 1 cannot be run."
            )


def _check_event(node: Node, findings: Findings) -> None:
    allowed = _ALLOWED_EVENTS.get(node.type)
    if allowed is None:
        return
    if len(node.events) > 1:
        findings.add(
            "event-definition-single", node.file, node, "Sự kiện có nhiều loại.", "The event has several definitions."
        )
    elif node.event.kind not in allowed:
        kind = node.event.element or "none"
        findings.add(
            "event-not-supported",
            node.file,
            node,
            f"Loại sự kiện “{kind}” không dùng được ở đây.",
            f"An event of kind “{kind}” cannot be used here.",
        )
    if node.type == "boundaryEvent" and node.event.kind == "error" and not node.is_interrupting:
        findings.add(
            "event-not-supported", node.file, node, "Sự kiện biên bắt lỗi phải ngắt.", "Error boundaries interrupt."
        )


def _check_outgoing(node: Node, findings: Findings) -> None:
    drawn = [flow for flow in node.outgoing if not flow.id.endswith(".link")]
    if node.type == "endEvent" or (node.type == "intermediateThrowEvent" and node.event.kind == "link"):
        if drawn:
            findings.add(
                "end-event-has-outgoing", node.file, node, "Sự kiện kết thúc có đường ra.", "Flows leave an end event."
            )
        return
    if not node.outgoing and node.type in EXECUTABLE_TYPES:
        findings.add(
            "no-way-out",
            node.file,
            node,
            f"“{node.name or node.id}” không có đường đi tiếp.",
            f"“{node.name or node.id}” has no outgoing flow.",
            ("Nối nó tới phần tử tiếp theo hoặc sự kiện kết thúc.", "Connect it to what follows, or to an end event."),
        )
    if len(node.outgoing) > 1 and not node.is_gateway:
        findings.add(
            "several-flows-out",
            node.file,
            node,
            f"“{node.name or node.id}” có nhiều đường ra mà không có cổng.",
            f"Several flows leave “{node.name or node.id}”, which is not a gateway.",
            ("Đặt một cổng sau nó.", "Put a gateway behind it."),
        )


def _check_incoming(node: Node, findings: Findings) -> None:
    if node.incoming and node.type in ("startEvent", "boundaryEvent"):
        findings.add(
            "event-has-incoming", node.file, node, "Sự kiện này không thể có đường vào.", "Flows lead into this event."
        )


def _check_conditions(node: Node, findings: Findings) -> None:
    default = node.attributes.get("default")
    for flow in node.outgoing:
        if flow.condition is not None and node.type not in _DIVERGING:
            findings.add(
                "condition-without-gateway",
                node.file,
                flow,
                "Điều kiện chỉ được đặt trên đường ra của cổng loại trừ hoặc cổng bao hàm.",
                "A condition may only stand on a flow that leaves an exclusive or inclusive gateway.",
                ("Đặt một cổng loại trừ trước đường này.", "Put an exclusive gateway in front of the flow."),
            )
    if node.type not in _DIVERGING or len(node.outgoing) < 2:
        return
    for flow in node.outgoing:
        if not flow.condition and flow.id != default:
            findings.add(
                "gateway-flow-without-condition",
                node.file,
                flow,
                f"Đường ra của cổng “{node.name or node.id}” thiếu điều kiện và không phải đường mặc định.",
                f"A flow that leaves “{node.name or node.id}” has no condition and is not the default.",
                ("Đặt điều kiện hoặc chọn nó làm mặc định.", "Give it a condition or make it the default flow."),
            )
    if default is None:
        findings.warn(
            "exclusive-gateway-needs-default",
            node.file,
            node,
            f"Cổng “{node.name or node.id}” không có đường mặc định.",
            f"The gateway “{node.name or node.id}” has no default flow.",
            ("Chọn một đường ra làm mặc định.", "Make one of its flows the default."),
        )


def _check_event_gateway(node: Node, findings: Findings) -> None:
    if node.type == "eventBasedGateway" and node.attributes.get("eventGatewayType") == "Parallel":
        findings.add(
            "element-not-supported",
            node.file,
            node,
            "Cổng sự kiện song song.",
            "A parallel event gateway cannot be run.",
        )


_NODE_CHECKS: tuple[Callable[[Node, Findings], None], ...] = (
    _check_kind,
    _check_event,
    _check_outgoing,
    _check_incoming,
    _check_conditions,
    _check_event_gateway,
)


# -- a whole scope ----------------------------------------------------------------------------------------------------


def _check_ends_of_flows(scope: Scope, owner: Process | Node, findings: Findings) -> None:
    for flow in scope.flows.values():
        for end in (flow.source, flow.target):
            if end not in scope.nodes:
                findings.add(
                    "dangling-reference",
                    owner.file,
                    flow,
                    f"Đường nối tới “{end}”, không có trong phạm vi này.",
                    f"The flow refers to “{end}”, which does not exist here.",
                    ("Nối lại hoặc xóa đường này.", "Reconnect the flow or delete it."),
                )
    for node in scope.nodes.values():
        default = node.attributes.get("default")
        if default is not None and default not in {flow.id for flow in node.outgoing}:
            _dangling(node, default, findings)
        if node.type == "boundaryEvent":
            _check_host(scope, node, findings)
        if node.type == "eventBasedGateway":
            _check_race(scope, node, findings)


def _dangling(node: Node, reference: str, findings: Findings) -> None:
    findings.add(
        "dangling-reference",
        node.file,
        node,
        f"“{reference}” không tồn tại.",
        f"There is no “{reference}” that this element could refer to.",
    )


def _check_host(scope: Scope, node: Node, findings: Findings) -> None:
    host = scope.nodes.get(node.attached_to or "")
    if host is None:
        _dangling(node, node.attached_to or "", findings)
    elif not host.is_activity:
        findings.add(
            "boundary-host", node.file, node, "Sự kiện biên phải gắn vào một hoạt động.", "The host is not an activity."
        )


def _check_race(scope: Scope, gateway: Node, findings: Findings) -> None:
    for flow in gateway.outgoing:
        target = scope.nodes[flow.target]
        waits = target.type == "receiveTask" or (
            target.type == "intermediateCatchEvent" and target.event.kind in _CATCHES
        )
        if not waits:
            findings.add(
                "event-gateway-target",
                gateway.file,
                target,
                "Sau cổng sự kiện phải là sự kiện chờ hoặc công việc nhận.",
                "An event-based gateway leads to catching events and receive tasks only.",
            )


def _check_start(scope: Scope, owner: Process | Node, findings: Findings, *, is_process: bool) -> None:
    starts = [node for node in scope.nodes.values() if node.type == "startEvent"]
    plain = [node for node in starts if node.event.kind == "none"]
    if not starts or len(plain) > 1 or (not plain and len(starts) > 1) or (not is_process and len(starts) > 1):
        findings.add(
            "start-event-single",
            owner.file,
            owner,
            f"“{owner.name or owner.id}” cần đúng một sự kiện bắt đầu.",
            f"“{owner.name or owner.id}” needs exactly one start event.",
        )
    for node in starts:
        if not is_process and node.event.kind != "none":
            findings.add(
                "event-not-supported",
                node.file,
                node,
                "Tiểu quy trình bắt đầu bằng sự kiện thường.",
                "A sub-process begins with a plain start event.",
            )


def _check_ways(scope: Scope, findings: Findings) -> None:
    """Every node can be reached from a start, and from every node an end can be reached."""
    following = {node.id: [flow.target for flow in node.outgoing] for node in scope.nodes.values()}
    preceding = {node.id: [flow.source for flow in node.incoming] for node in scope.nodes.values()}
    for node in scope.nodes.values():
        if node.attached_to in scope.nodes:
            following[node.attached_to].append(node.id)
            preceding[node.id].append(node.attached_to)
    starts = [node.id for node in scope.nodes.values() if node.type == "startEvent"]
    ends = [node.id for node in scope.nodes.values() if not node.outgoing]
    reached, leading_out = _closure(starts, following), _closure(ends, preceding)
    for node in scope.nodes.values():
        if starts and node.id not in reached:
            findings.add(
                "unreachable",
                node.file,
                node,
                f"Không có đường nào từ đầu quy trình tới “{node.name or node.id}”.",
                f"No way leads from the start to “{node.name or node.id}”.",
                ("Nối nó vào luồng hoặc xóa đi.", "Connect it or delete it."),
            )
        elif node.id not in leading_out:
            findings.add(
                "no-way-out",
                node.file,
                node,
                f"Từ “{node.name or node.id}” không thể tới điểm kết thúc nào.",
                f"No way leads from “{node.name or node.id}” to an end.",
            )


def _closure(seeds: list[str], edges: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    stack = list(seeds)
    while stack:
        each = stack.pop()
        if each not in seen:
            seen.add(each)
            stack.extend(edges[each])
    return seen
