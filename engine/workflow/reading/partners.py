"""Which processes of a file a trace runs together: the main one, its partners, and what each of them begins by.

A process that does not begin by itself has only start events for messages and signals, or begins by receiving. The
partners of the main process are those that share its collaboration, and those that begin by what one of them throws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.workflow.reading.model import Event, Node, Process

_THROWING = ("endEvent", "intermediateThrowEvent", "sendTask")
_BETWEEN_PROCESSES = ("message", "signal")


@dataclass(frozen=True, slots=True)
class Beginning:
    """One way in which a process begins: what it waits by, and the element where its first token comes."""

    waits: Node
    begins_at: Node

    @property
    def events(self) -> list[Event]:
        """The definitions that it waits by."""
        return self.waits.events


def beginnings(process: Process) -> list[Beginning]:
    """How others begin this process; nothing if it begins by itself."""
    entrances = [node for node in process.scope.nodes.values() if node.type == "startEvent"]
    entrances = entrances or process.scope.entrances()
    found = [beginning for node in entrances for beginning in _beginnings_at(process, node)]
    comes_from_outside = all(_is_begun_from_outside(node) for node in entrances)
    return found if comes_from_outside and all(_crosses(each.events) for each in found) else []


def _is_begun_from_outside(node: Node) -> bool:
    return node.event.kind != "none" if node.type == "startEvent" else node.attributes.get("instantiate") == "true"


def _beginnings_at(process: Process, node: Node) -> Iterator[Beginning]:
    if node.type == "eventBasedGateway":
        yield from (Beginning(process.scope.nodes[flow.target], node) for flow in node.outgoing)
    else:
        yield Beginning(node, node)


def _crosses(events: Sequence[Event]) -> bool:
    return bool(events) and all(event.kind in _BETWEEN_PROCESSES for event in events)


def _thrown_by(process: Process) -> set[tuple[str, str | None]]:
    nodes = (node for node in process.scope.all_nodes() if node.type in _THROWING)
    return {(event.kind, event.name) for node in nodes for event in node.events if event.kind in _BETWEEN_PROCESSES}


def _begun_by(process: Process, others: Sequence[Process]) -> bool:
    awaited = {(event.kind, event.name) for each in beginnings(process) for event in each.events}
    return any(awaited & _thrown_by(other) for other in others if other is not process)


def main_of(candidates: Sequence[Process]) -> Process:
    """The first of them that no other begins, or else the first."""
    return next((each for each in candidates if not _begun_by(each, candidates)), candidates[0])


def partners_of(main: Process, candidates: Sequence[Process]) -> list[Process]:
    """Those of the main process's file that take part in a trace beside it, in the document's order."""
    together = [main]
    left = [each for each in candidates if each is not main and each.file == main.file]
    while found := [each for each in left if _takes_part(each, together)]:
        together += found
        left = [each for each in left if each not in found]
    return [each for each in candidates if each in together[1:]]


def _takes_part(process: Process, together: Sequence[Process]) -> bool:
    shared = process.collaboration is not None and process.collaboration == together[0].collaboration
    return shared or _begun_by(process, together)


def begin_by_themselves(main: Process, partners: Sequence[Process]) -> list[Process]:
    """Those that are there from the start; the main process if none would be."""
    own = [each for each in partners if not beginnings(each)]
    return own if own and _begun_by(main, partners) else [main, *own]


def name_by_flows(processes: Mapping[str, Process]) -> None:
    """Message events that name no message are meant by the message flow that connects them."""
    nodes = {node.id: node for process in processes.values() for node in process.scope.all_nodes()}
    for source, target in {flow for process in processes.values() for flow in process.message_flows}:
        ends = [nodes[end] for end in (source, target) if end in nodes]
        events = [event for node in ends for event in node.events if event.kind == "message"]
        name = next((event.name for event in events if event.name), target)
        for event in events:
            if event.name is None and event.reference is None:
                event.name = name
