"""Compensation and cancelling: every handler has its activity, every cancel event its transaction."""

from __future__ import annotations

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Scope


def check_undoing(scope: Scope, node: Node, outer: tuple[Node, ...], findings: Findings) -> None:
    """Check one element; `outer` are the sub-processes around it, outermost first."""
    kinds = {event.kind for event in node.events}
    if node.type == "boundaryEvent" and kinds & {"compensate", "cancel"}:
        _check_boundary(scope, node, findings)
    if node.type == "endEvent" and "cancel" in kinds and not any(each.type == "transaction" for each in outer):
        vi, en = "Không có giao dịch nào để hủy.", "There is no transaction around to cancel."
        findings.add("event-not-supported", node.file, node, vi, en)
    if node.is_compensation_handler and (node.incoming or node.outgoing):
        vi, en = "Hoạt động bù trừ không nối vào luồng.", "Flows must not lead to or from a compensation activity."
        findings.add("compensation-handler", node.file, node, vi, en)
    if node.type == "transaction" and _has_cancel(node) and not _catches_cancel(scope, node):
        vi, en = (
            "Giao dịch thiếu sự kiện biên hủy.",
            "A cancel boundary event is missing on it.",
        )
        findings.add("cancel-without-boundary", node.file, node, vi, en)
    for event in node.events:
        if event.kind == "compensate" and event.reference and not _is_known(event.reference, scope, outer):
            vi, en = f"Không có hoạt động “{event.reference}”.", f"There is no activity “{event.reference}” to undo."
            findings.add("dangling-reference", node.file, node, vi, en)


def _check_boundary(scope: Scope, node: Node, findings: Findings) -> None:
    if len(node.events) > 1:
        vi, en = "Sự kiện này không ghép với loại khác.", "This kind of event cannot be combined with others."
        findings.add("event-not-supported", node.file, node, vi, en)
    host = scope.nodes.get(node.attached_to or "")
    if node.event.kind == "cancel" and host is not None and host.type != "transaction":
        vi, en = "Sự kiện hủy chỉ gắn vào giao dịch.", "A cancel boundary event belongs on a transaction."
        findings.add("event-not-supported", node.file, node, vi, en)
    if node.event.kind == "compensate":
        handler = scope.handler_of(node)
        if handler is None or not handler.is_compensation_handler:
            vi, en = "Thiếu hoạt động bù trừ.", "No compensation activity is associated with this event."
            findings.add("compensation-handler", node.file, node, vi, en)


def _is_known(activity: str, scope: Scope, outer: tuple[Node, ...]) -> bool:
    """Within an event sub-process, the activities of the scope around it can be undone as well.

    An event sub-process is nothing that is done in the normal flow, so it is never undone.
    """
    known = {node.id for node in scope.nodes.values() if not node.is_event_sub_process}
    if outer and outer[-1].is_event_sub_process:
        return True
    return activity in known


def _has_cancel(transaction: Node) -> bool:
    assert transaction.scope is not None
    return any(
        event.kind == "cancel"
        for node in transaction.scope.all_nodes()
        for event in node.events
        if node.type == "endEvent"
    )


def _catches_cancel(scope: Scope, transaction: Node) -> bool:
    return any(event.event.kind == "cancel" for event in scope.boundary_events().get(transaction.id, ()))
