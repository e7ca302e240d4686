"""What an element refers to outside itself: called processes, decisions, messages, services, collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.workflow.decisions import Decision
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Process
from engine.workflow.reading.unsaid import UNSPECIFIED

_MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList", "ownShape")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that was read together: processes and decisions by id."""

    processes: Mapping[str, Process]
    decisions: Mapping[str, Decision]


def check_references(process: Process, known: Surroundings, findings: Findings) -> None:
    """Check every element of a process."""
    for node in process.scope.all_nodes():
        for check in _CHECKS:
            check(node, known, findings)


def _add(findings: Findings, rule: str, node: Node, vi: str, en: str, remedy: tuple[str, str] = ("", "")) -> None:
    findings.add(rule, node.file, node, vi, en, remedy)


def _check_call(node: Node, known: Surroundings, findings: Findings) -> None:
    if node.type != "callActivity":
        return
    called = node.attributes.get("calledElement", "")
    if called not in known.processes:
        _add(
            findings,
            "unknown-called-process",
            node,
            f"Không có quy trình “{called}” để gọi.",
            f"There is no process “{called}” to call.",
            ("Kiểm tra mã quy trình được gọi.", "Check the id of the called process."),
        )
    for mapping in [*node.entries, *node.exits]:
        if not mapping.is_everything and not (mapping.target and (mapping.source or mapping.expression)):
            _add(
                findings,
                "call-mapping",
                node,
                "Ánh xạ biến thiếu nguồn hoặc đích.",
                "A mapping lacks source or target.",
            )


def _check_decision(node: Node, known: Surroundings, findings: Findings) -> None:
    if node.type != "businessRuleTask" or UNSPECIFIED in node.attributes:
        return
    reference = node.attributes.get("decisionRef")
    if reference is None and "topic" not in node.attributes and "expression" not in node.attributes:
        _add(findings, "unknown-decision", node, "Chưa chọn bảng quyết định.", "No decision is chosen.")
    if reference is not None and reference not in known.decisions:
        _add(
            findings,
            "unknown-decision",
            node,
            f"Không có bảng quyết định “{reference}”.",
            f"There is no decision “{reference}”.",
            (
                f"Thêm một tệp .dmn có bảng quyết định mang id “{reference}” vào thư mục, hoặc sửa tên.",
                f"Add a .dmn file with a decision of the id “{reference}” to the folder, or mend the name.",
            ),
        )
    if node.attributes.get("mapDecisionResult", "resultList") not in _MAPPINGS:
        _add(findings, "decision-mapping", node, "Cách lấy kết quả không đúng.", "mapDecisionResult is unknown.")


def _check_event_reference(node: Node, known: Surroundings, findings: Findings) -> None:
    for event in node.events:
        needs_name = event.kind in ("message", "signal") and not (node.type == "startEvent" and event.reference is None)
        dangling = event.reference is not None and event.name is None
        if dangling or (needs_name and event.name is None):
            rule = f"unknown-{event.kind}"
            what = event.reference or ""
            _add(
                findings,
                rule,
                node,
                f"Sự kiện tham chiếu “{what}” không tồn tại.",
                f"The {event.kind} “{what}” that the event refers to does not exist.",
                ("Chọn thông điệp hoặc tín hiệu cho sự kiện.", "Choose the message or signal of the event."),
            )
        if event.kind == "timer" and (event.timer is None or not event.text):
            _add(findings, "timer-without-time", node, "Bộ hẹn giờ chưa có thời gian.", "The timer has no time.")
        if event.kind == "condition" and not event.text:
            _add(findings, "condition-missing", node, "Sự kiện chưa có điều kiện.", "The event has no condition.")
        if event.kind == "link" and node.type == "intermediateThrowEvent" and not node.outgoing:
            _add(findings, "dangling-reference", node, "Liên kết không có đích.", "The link has no target here.")


def _check_service(node: Node, known: Surroundings, findings: Findings) -> None:
    if node.type != "serviceTask" or "expression" in node.attributes or UNSPECIFIED in node.attributes:
        return
    if node.attributes.get("type") != "external" or "topic" not in node.attributes:
        _add(
            findings,
            "service-implementation",
            node,
            "Công việc dịch vụ phải là “external” và có chủ đề.",
            "A service task must be of type “external” and have a topic.",
            ("Chọn Implementation = External và nhập Topic.", "Choose Implementation = External and enter a topic."),
        )


def _check_loop(node: Node, known: Surroundings, findings: Findings) -> None:
    if node.loop is None:
        return
    if node.loop.collection is None and node.loop.cardinality is None:
        _add(
            findings,
            "multi-instance-without-collection",
            node,
            "Hoạt động nhiều thực thể cần danh sách hoặc số lần.",
            "A multi-instance activity needs a collection or a cardinality.",
        )
    if not node.is_activity:
        _add(findings, "element-not-supported", node, "Không lặp được phần tử này.", "This element cannot be repeated.")


def _check_parameters(node: Node, known: Surroundings, findings: Findings) -> None:
    for parameter in [*node.reads, *node.writes]:
        if parameter.is_script:
            _add(
                findings, "script-parameter", node, "Tham số không được là kịch bản.", "Parameters may not be scripts."
            )
        if not parameter.name:
            _add(findings, "parameter-without-name", node, "Tham số chưa có tên.", "A parameter has no name.")
    if node.is_gateway and (node.reads or node.writes):
        _add(findings, "parameter-on-gateway", node, "Cổng không có tham số.", "A gateway has no parameters.")


_CHECKS: tuple[Callable[[Node, Surroundings, Findings], None], ...] = (
    _check_call,
    _check_decision,
    _check_event_reference,
    _check_service,
    _check_loop,
    _check_parameters,
)
