"""Processes that call themselves, directly or through others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Process


def check_circles(processes: Sequence[Process], findings: Findings) -> None:
    """Note each call between these processes that closes a circle."""
    known = {process.id for process in processes}
    calls = {process.id: _calls_of(process, known) for process in processes}
    circling = _leading_on(_callers(_leading_on(calls)))
    for process_id, called_by in calls.items():
        for called, node in called_by.items():
            if process_id in circling and called in circling:
                vi, en = "Quy trình gọi vòng về chính nó.", "The process calls itself, directly or through others."
                findings.add("call-circle", node.file, node, vi, en)


def _calls_of(process: Process, known: set[str]) -> dict[str, Node]:
    nodes = (node for node in process.scope.all_nodes() if node.type == "callActivity")
    return {called: node for node in nodes if (called := node.attributes.get("calledElement", "")) in known}


def _leading_on(calls: Mapping[str, Collection[str]]) -> dict[str, Collection[str]]:
    """Take away, one after the other, what calls none of the rest; what is left calls without end."""
    callers = _callers(calls)
    number = {process_id: len(called) for process_id, called in calls.items()}
    leaves = [process_id for process_id, left in number.items() if left == 0]
    while leaves:
        for caller in callers[leaves.pop()]:
            number[caller] -= 1
            if number[caller] == 0:
                leaves.append(caller)
    left = {process_id for process_id, more in number.items() if more}
    return {process_id: [called for called in calls[process_id] if called in left] for process_id in left}


def _callers(calls: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    callers: dict[str, list[str]] = {process_id: [] for process_id in calls}
    for process_id, called in calls.items():
        for each in called:
            callers[each].append(process_id)
    return callers
