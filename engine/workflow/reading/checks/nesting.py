"""How deep sub-processes and calls may stand in each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Process, Scope

MAXIMUM_DEPTH = 120
"""Sub-processes and calls around one element; nobody could read a diagram of ten, and stopping goes level by level."""


def check_nesting(processes: Sequence[Process], findings: Findings) -> None:
    """Refuse what stands deeper, through however many called processes; circles of calls are refused elsewhere."""
    insides = {process.id: list(_activities(process.scope, 1)) for process in processes}
    depths: dict[str, int] = {}
    while known := [process for process in insides if process not in depths and _is_known(insides, process, depths)]:
        for process in known:
            depths[process] = 0
            for node, level in insides[process]:
                depth = level + depths.get(_called(node), 0)
                if depths[process] <= MAXIMUM_DEPTH < depth:
                    _refuse(node, findings)
                depths[process] = max(depths[process], depth)
            if depths[process] > MAXIMUM_DEPTH:
                return


def _activities(scope: Scope, level: int) -> Iterator[tuple[Node, int]]:
    """What has an inside, with how many insides it makes."""
    for node in scope.nodes.values():
        if node.scope is not None:
            yield node, level
            yield from _activities(node.scope, level + 1)
        elif node.type == "callActivity":
            yield node, level


def _called(node: Node) -> str:
    return node.attributes.get("calledElement", "")


def _is_known(insides: dict[str, list[tuple[Node, int]]], process: str, depths: dict[str, int]) -> bool:
    called = {_called(node) for node, _ in insides[process]}
    return all(each in depths or each not in insides for each in called)


def _refuse(node: Node, findings: Findings) -> None:
    findings.add(
        "nested-too-deeply",
        node.file,
        node,
        f"Quá {MAXIMUM_DEPTH} tầng tiểu quy trình và quy trình được gọi lồng nhau.",
        f"More than {MAXIMUM_DEPTH} sub-processes and called processes stand in each other.",
        ("Gộp bớt các tầng.", "Take some of the levels together."),
    )
