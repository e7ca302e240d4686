"""The shape of a scope: what may stand in it, how it is connected, and that every token finds a way out."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.workflow.reading.build import EXECUTABLE_TYPES
from engine.workflow.reading.checks.undoing import check_undoing
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Process, Scope

_CATCHES = ("timer", "message", "signal", "condition")
_ALLOWED_EVENTS: dict[str, tuple[str, ...]] = {
    "startEvent": ("none", *_CATCHES),
    "endEvent": ("none", "message", "signal", "error", "escalation", "terminate", "compensate", "cancel"),
    "intermediateCatchEvent": (*_CATCHES, "link"),
    "intermediateThrowEvent": ("none", "message", "signal", "escalation", "link", "compensate"),
    "boundaryEvent": (*_CATCHES, "error", "escalation", "compensate", "cancel"),
}
_EVENT_SUB_PROCESS_STARTS = (*_CATCHES, "error", "escalation", "compensate")
_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def check_structure(process: Process, findings: Findings, *, may_stop_anywhere: bool = False) -> None:
    """Check a process and all its embedded sub-processes.

    `may_stop_anywhere` lets a token end where no flow goes on although there are end events, and circle for ever.
    """
    _check_scope(process.scope, process, findings, outer=())
    _check_inner_scopes(process.scope, findings, ())
    if not may_stop_anywhere:
        for scope in process.scope.all_scopes():
            _check_ways_out(scope, findings)


def _check_inner_scopes(scope: Scope, findings: Findings, outer: tuple[Node, ...]) -> None:
    for node in scope.nodes.values():
        if node.scope is not None:
            around = (*outer, node)
            _check_scope(node.scope, node, findings, outer=around)
            _check_inner_scopes(node.scope, findings, around)


def _check_scope(scope: Scope, owner: Process | Node, findings: Findings, *, outer: tuple[Node, ...]) -> None:
    for node in scope.nodes.values():
        for check in _NODE_CHECKS:
            check(node, findings)
        check_undoing(scope, node, outer, findings)
    _check_ends_of_flows(scope, owner, findings)
    _check_start(scope, owner, findings)
    _check_reached(scope, findings)


# -- single elements --------------------------------------------------------------------------------------------------


def _check_kind(node: Node, findings: Findings) -> None:
    for name in [*([node.type] if node.type not in EXECUTABLE_TYPES else []), *node.unsupported]:
        findings.add(
            "element-not-supported",
            node.file,
            node,
            f"Phần tử “{name}” không chạy được.",
            f"The element “{name}” cannot be run.",
            ("Vẽ lại bằng phần tử khác.", "Draw it with other elements."),
        )
    for name in ("startQuantity", "completionQuantity"):
        quantity = node.attributes.get(name, "1")
        if not (quantity.isdecimal() and 1 <= int(quantity) <= MAXIMUM_QUANTITY):
            findings.add(
                "token-quantity",
                node.file,
                node,
                f"{name} phải là số nguyên từ 1 đến {MAXIMUM_QUANTITY}.",
                f"{name} must be a whole number from 1 to {MAXIMUM_QUANTITY}.",
            )


def _check_repeat(node: Node, findings: Findings) -> None:
    repeat = node.repeat
    if repeat is None:
        return
    if repeat.maximum is None and repeat.condition is None:
        findings.add(
            "loop-without-condition",
            node.file,
            repeat.line,
            "Vòng lặp không có điều kiện và không có số lần tối đa.",
            "The loop has neither a condition nor a maximum.",
            ("Đặt loopCondition hoặc loopMaximum.", "Give it a loopCondition or a loopMaximum."),
        )
    if repeat.maximum is not None and re.fullmatch(r"0+|-\d+", repeat.maximum.strip()):
        findings.add(
            "loop-maximum",
            node.file,
            repeat.line,
            "Số lần lặp tối đa phải từ 1 trở lên.",
            "The maximum of a loop must be 1 or more.",
            ("Sửa loopMaximum hoặc xóa đi.", "Correct loopMaximum or delete it."),
        )


MAXIMUM_QUANTITY = 100
"""Tokens that one activity may gather or give."""


def _check_event(node: Node, findings: Findings) -> None:
    allowed = _ALLOWED_EVENTS.get(node.type)
    if allowed is None:
        return
    for event in node.events or [node.event]:
        if event.kind not in (*allowed, *(_EVENT_SUB_PROCESS_STARTS if node.type == "startEvent" else ())):
            findings.add(
                "event-not-supported",
                node.file,
                node,
                f"Loại sự kiện “{event.element or 'none'}” không dùng được ở đây.",
                f"An event of kind “{event.element or 'none'}” cannot be used here.",
            )
    if node.type == "boundaryEvent" and node.event.kind == "error" and not node.is_interrupting:
        findings.add(
            "event-not-supported", node.file, node, "Sự kiện biên bắt lỗi phải ngắt.", "Error boundaries interrupt."
        )


def _check_outgoing(node: Node, findings: Findings) -> None:
    drawn = [flow for flow in node.outgoing if not flow.id.endswith(".link")]
    is_link = node.type == "intermediateThrowEvent" and node.event.kind == "link"
    if drawn and (node.type == "endEvent" or is_link):
        findings.add(
            "end-event-has-outgoing", node.file, node, "Sự kiện kết thúc có đường ra.", "Flows leave an end event."
        )


def _check_incoming(node: Node, findings: Findings) -> None:
    if node.incoming and node.type in ("startEvent", "boundaryEvent"):
        findings.add(
            "event-has-incoming", node.file, node, "Sự kiện này không thể có đường vào.", "Flows lead into this event."
        )


def _check_conditions(node: Node, findings: Findings) -> None:
    default = node.attributes.get("default")
    for flow in node.outgoing:
        if flow.condition is not None and not (node.is_activity or node.type in (*_CHOOSING, "complexGateway")):
            findings.add(
                "condition-without-gateway",
                node.file,
                flow,
                "Điều kiện chỉ được đặt trên đường ra của hoạt động, cổng loại trừ, bao hàm hoặc phức hợp.",
                "A condition may only stand on a flow that leaves an activity or a gateway that chooses.",
                ("Đặt một cổng loại trừ trước đường này.", "Put an exclusive gateway in front of the flow."),
            )
    if node.type not in _CHOOSING or len(node.outgoing) < 2:
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
    if node.type == "eventBasedGateway" and node.incoming and node.attributes.get("eventGatewayType") == "Parallel":
        findings.add(
            "element-not-supported",
            node.file,
            node,
            "Cổng sự kiện song song chỉ dùng để bắt đầu quy trình.",
            "A parallel event gateway can only begin a process.",
        )


def _check_cycle(node: Node, findings: Findings) -> None:
    """A timer in the flow lets its token go on once; engines do not agree on what a cycle would mean there."""
    if node.type == "intermediateCatchEvent" and any(event.timer == "timeCycle" for event in node.events):
        findings.add(
            "timer-cycle-in-flow",
            node.file,
            node,
            "Bộ hẹn giờ trong luồng chỉ chạy một lần, không lặp.",
            "A timer in the flow goes off once and cannot repeat.",
            (
                "Dùng timeDuration, hoặc đặt chu kỳ trên sự kiện biên không ngắt.",
                "Use timeDuration, or put the cycle on a boundary event that does not interrupt.",
            ),
        )


_NODE_CHECKS: tuple[Callable[[Node, Findings], None], ...] = (
    _check_kind,
    _check_repeat,
    _check_event,
    _check_cycle,
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
    elif not host.is_activity or host.is_event_sub_process:
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


def _check_start(scope: Scope, owner: Process | Node, findings: Findings) -> None:
    starts = [node for node in scope.nodes.values() if node.type == "startEvent"]
    plain = [node for node in starts if node.event.kind == "none"]
    is_event_sub_process = isinstance(owner, Node) and owner.is_event_sub_process
    too_many = len(plain) > 1 or (isinstance(owner, Node) and len(starts) > 1)
    if too_many or not scope.entrances() or (is_event_sub_process and not starts):
        findings.add(
            "start-event-single",
            owner.file,
            owner,
            f"“{owner.name or owner.id}” cần đúng một sự kiện bắt đầu.",
            f"“{owner.name or owner.id}” needs exactly one start event.",
        )
    for node in starts:
        if isinstance(owner, Node):
            wrong = node.event.kind == "none" if is_event_sub_process else node.event.kind != "none"
        else:
            wrong = any(event.kind not in _ALLOWED_EVENTS["startEvent"] for event in node.events)
        if wrong:
            findings.add(
                "event-not-supported",
                node.file,
                node,
                "Loại sự kiện bắt đầu này không dùng được ở đây.",
                "A start event of this kind cannot be used here.",
            )


def _check_reached(scope: Scope, findings: Findings) -> None:
    """Every node can be reached."""
    reached, begins = _reached(scope), bool(scope.entrances())
    for node in scope.nodes.values():
        if begins and node.id not in reached:
            findings.add(
                "unreachable",
                node.file,
                node,
                f"Không có đường nào từ đầu quy trình tới “{node.name or node.id}”.",
                f"No way leads from the start to “{node.name or node.id}”.",
                ("Nối nó vào luồng hoặc xóa đi.", "Connect it or delete it."),
            )


def _check_ways_out(scope: Scope, findings: Findings) -> None:
    """From every node that can be reached, an end can be reached.

    Without any end event, the process ends where no flow goes on; with one, every flow must lead to one.
    """
    preceding = {node.id: [flow.source for flow in node.incoming] for node in scope.nodes.values()}
    for node in scope.nodes.values():
        if node.attached_to in scope.nodes:
            preceding[node.id].append(node.attached_to)
    has_end = any(node.type == "endEvent" for node in scope.nodes.values())
    ends = [node.id for node in scope.nodes.values() if not node.outgoing and (not has_end or _is_an_end(node))]
    reached, leading_out, begins = _reached(scope), _closure(ends, preceding), bool(scope.entrances())
    for node in scope.nodes.values():
        if (node.id in reached or not begins) and node.id not in leading_out:
            findings.add(
                "no-way-out",
                node.file,
                node,
                f"Từ “{node.name or node.id}” không thể tới điểm kết thúc nào.",
                f"No way leads from “{node.name or node.id}” to an end.",
                ("Nối nó tới phần tử tiếp theo hoặc sự kiện kết thúc.", "Connect it to what follows, or to an end."),
            )


def _reached(scope: Scope) -> set[str]:
    """The nodes that a token can come to."""
    following = {node.id: [flow.target for flow in node.outgoing] for node in scope.nodes.values()}
    for node in scope.nodes.values():
        if node.attached_to in scope.nodes:
            following[node.attached_to].append(node.id)
    seeds = [node.id for node in scope.nodes.values() if _begins(node)]
    return _closure([*seeds, *(node.id for node in scope.entrances())], following)


def _begins(node: Node) -> bool:
    """Whether a token comes here from elsewhere than along flows. (A link is a flow.)"""
    return node.type == "startEvent" or node.is_event_sub_process or node.is_compensation_handler


def _is_an_end(node: Node) -> bool:
    """Whether a token may come to its end here, also where there are end events."""
    is_undoing = node.type == "boundaryEvent" and node.event.kind == "compensate"
    return node.type == "endEvent" or node.is_event_sub_process or node.is_compensation_handler or is_undoing


def _closure(seeds: list[str], edges: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    stack = list(seeds)
    while stack:
        each = stack.pop()
        if each not in seen:
            seen.add(each)
            stack.extend(edges[each])
    return seen
