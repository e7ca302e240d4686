"""Read the BPMN of one file into the model, in the Camunda 7 dialect."""

from __future__ import annotations

from lxml import etree

from engine.workflow.reading.camunda import (
    camunda_attributes,
    read_mappings,
    read_parameters,
    read_properties,
    script_of,
)
from engine.workflow.reading.data import DataNames
from engine.workflow.reading.elsewhere import changes_elsewhere, ignored_extensions, scripts_beside
from engine.workflow.reading.events import Catalogue, read_events
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.loops import read_loop, read_repeat
from engine.workflow.reading.model import SUB_PROCESSES, Flow, Node, Process, Scope
from engine.workflow.reading.xml import BPMN, DROOLS, bpmn_child, bpmn_children, line_of, local, text_of
from engine.workflow.reading.zeebe import LOOP_COUNTER, attach_zeebe

NODE_TYPES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask",
        "exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway",
        "subProcess", "callActivity", "transaction", "adHocSubProcess",
    }
)  # fmt: skip
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
"""Tasks that stand alone, and what they are when they are called."""
_OWN_ATTRIBUTES = (
    "default",
    "implementation",
    "operationRef",
    "scriptFormat",
    "calledElement",
    "startQuantity",
    "completionQuantity",
    "eventGatewayType",
    "ordering",
)
_BOOLEANS = ("triggeredByEvent", "isForCompensation", "instantiate", "parallelMultiple", "cancelRemainingInstances")
_CONDITIONS = ("completionCondition", "activationCondition")
"""Conditions that are elements of their own; kept among the attributes."""


def read_processes(file: str, root: etree._Element, findings: Findings) -> list[Process]:
    """All processes of a file, references not yet checked."""
    if local(root) != "definitions":
        findings.add("not-bpmn", file, root, "Tệp không phải là sơ đồ BPMN.", "The file is not a BPMN diagram.")
        return []
    _check_ids(file, root, findings)
    reader = _Reader(file, Catalogue(root), DataNames(root), findings)
    reader.read_associations(root)
    reader.read_collaborations(root)
    reader.look_for_loop_counters(root)
    processes = [reader.process(node) for node in bpmn_children(root, "process")]
    return processes + [reader.global_task(node) for node in bpmn_children(root, *GLOBAL_TASKS)]


def _check_ids(file: str, root: etree._Element, findings: Findings) -> None:
    seen: dict[str, etree._Element] = {}
    for node in root.iter():
        identifier = node.get("id")
        if identifier is None:
            continue
        if identifier in seen:
            line = seen[identifier].sourceline
            findings.add(
                "duplicate-id",
                file,
                node,
                f"Mã “{identifier}” đã dùng ở dòng {line}.",
                f"The id “{identifier}” is already used in line {line}.",
                ("Đặt mã khác cho một trong hai phần tử.", "Give one of the two elements another id."),
            )
        seen[identifier] = node


class _Reader:
    """Reads the processes of one file."""

    def __init__(self, file: str, catalogue: Catalogue, data: DataNames, findings: Findings) -> None:
        self._file = file
        self._catalogue = catalogue
        self._data = data
        self._findings = findings
        self._collaborations: dict[str, str] = {}
        self._message_flows: frozenset[tuple[str, str]] = frozenset()
        self._counts_rounds = False
        self._associations: list[tuple[str, str]] = []

    def look_for_loop_counters(self, root: etree._Element) -> None:
        """Whether the file says anywhere in which round of a repeated activity something is."""
        self._counts_rounds = LOOP_COUNTER in etree.tostring(root, encoding="unicode")

    def read_associations(self, root: etree._Element) -> None:
        """What associations connect; they need not stand in the scope of their ends."""
        self._associations = [
            (_tail(each.get("sourceRef")), _tail(each.get("targetRef"))) for each in root.iter(f"{{{BPMN}}}association")
        ]

    def read_collaborations(self, root: etree._Element) -> None:
        """Who takes part in which collaboration, and what message flows connect."""
        for collaboration in bpmn_children(root, "collaboration"):
            for participant in bpmn_children(collaboration, "participant"):
                process = _tail(participant.get("processRef"))
                self._collaborations[process] = collaboration.get("id") or ""
            self._message_flows |= {
                (_tail(flow.get("sourceRef")), _tail(flow.get("targetRef")))
                for flow in bpmn_children(collaboration, "messageFlow")
            }

    def process(self, node: etree._Element) -> Process:
        """One process with everything in it."""
        return Process(
            id=node.get("id") or "",
            name=node.get("name") or "",
            file=self._file,
            line=line_of(node),
            is_executable=node.get("isExecutable") in ("true", "1"),
            documentation=text_of(bpmn_child(node, "documentation")),
            properties=read_properties(node),
            scope=self._scope(node, None, {}),
            data_names=frozenset(self._data.declared()),
            is_marked=node.get("isExecutable") is not None,
            collaboration=self._collaborations.get(node.get("id") or ""),
            message_flows=self._message_flows,
            changes_elsewhere=_changes_elsewhere(node),
        )

    def global_task(self, node: etree._Element) -> Process:
        """A task that stands alone, as a process of that one task."""
        self._check_has_id(node)
        task = self._node(node, None, {}, GLOBAL_TASKS[local(node)])
        return Process(
            id=task.id,
            name=task.name,
            file=self._file,
            line=task.line,
            is_executable=True,
            documentation=task.documentation,
            properties=task.properties,
            scope=Scope({task.id: task}),
            is_global_task=True,
            changes_elsewhere=_changes_elsewhere(node),
        )

    def _scope(self, node: etree._Element, lane: str | None, outer_lanes: dict[str, str]) -> Scope:
        """`lane` is that of the sub-process itself: it holds for what has no lane of its own."""
        lanes = {**outer_lanes, **_lanes(node)}
        scope = Scope(associations=self._associations)
        for child in bpmn_children(node):
            kind = local(child)
            if kind in NODE_TYPES:
                self._check_has_id(child)
                read = self._node(child, lane, lanes)
                scope.nodes.setdefault(read.id, read)
            elif kind == "sequenceFlow":
                flow = _flow(child, len(scope.flows))
                scope.flows.setdefault(flow.id, flow)
        _connect(scope)
        return scope

    def _check_has_id(self, node: etree._Element) -> None:
        if not node.get("id"):
            self._findings.add("missing-id", self._file, node, "Phần tử chưa có mã (id).", "The element has no id.")

    def _node(self, node: etree._Element, lane: str | None, lanes: dict[str, str], kind: str = "") -> Node:
        kind = kind or local(node)
        identifier = node.get("id") or ""
        own_lane = lanes.get(identifier, lane)
        attributes = camunda_attributes(node)
        attributes |= {name: value.strip() for name in _OWN_ATTRIBUTES if (value := node.get(name)) is not None}
        if "calledElement" in attributes and not attributes["calledElement"].startswith(("$", "#")):
            attributes["calledElement"] = attributes["calledElement"].rpartition(":")[2]
        attributes |= {name: _boolean(value) for name in _BOOLEANS if (value := node.get(name)) is not None}
        attributes |= {name: text_of(found) for name in _CONDITIONS if (found := bpmn_child(node, name)) is not None}
        reads, writes = read_parameters(node)
        entries, exits = read_mappings(node)
        for name in ignored_extensions(node):
            self._findings.warn(
                "extension-ignored",
                self._file,
                node,
                f"“{name}” không có tác dụng.",
                f"“{name}” has no effect.",
            )
        result = Node(
            id=identifier,
            type=kind,
            name=" ".join((node.get("name") or "").split()),
            file=self._file,
            line=line_of(node),
            documentation=text_of(bpmn_child(node, "documentation")),
            lane=own_lane,
            properties=read_properties(node),
            reads=reads,
            writes=writes,
            attributes=attributes,
            events=read_events(node, self._catalogue),
            loop=read_loop(node, self._catalogue),
            repeat=read_repeat(node),
            script=script_of(node),
            beside=scripts_beside(node),
            attached_to=_tail(node.get("attachedToRef")) or None,
            is_interrupting=_boolean(node.get("cancelActivity") or node.get("isInterrupting") or "") != "false",
            entries=entries,
            exits=exits,
            unsupported=_runs_on_elsewhere(node),
        )
        self._data.attach(result, node)
        attach_zeebe(result, node, counts_rounds=self._counts_rounds)
        if kind in SUB_PROCESSES:
            result.scope = self._scope(node, own_lane, lanes)
        return result


def _runs_on_elsewhere(node: etree._Element) -> list[str]:
    """In jBPM a call need not wait for what it calls."""
    return ["waitForCompletion"] if node.get(f"{{{DROOLS}}}waitForCompletion") == "false" else []


def _changes_elsewhere(process: etree._Element) -> list[tuple[int, str]]:
    return [(line_of(each), name) for each in process.iter(f"{{{BPMN}}}*") for name in changes_elsewhere(each)]


def _tail(reference: str | None) -> str:
    """The id in a reference that may have the prefix of its file."""
    return (reference or "").strip().rpartition(":")[2]


def _boolean(value: str) -> str:
    """XML Schema also writes true and false as 1 and 0."""
    return {"0": "false", "1": "true"}.get(value.strip(), value.strip())


def _lanes(node: etree._Element) -> dict[str, str]:
    """The innermost lane's name by the id of each node in it."""
    lanes: dict[str, str] = {}

    def visit(lane_set: etree._Element) -> None:
        for lane in bpmn_children(lane_set, "lane"):
            name = lane.get("name") or lane.get("id") or ""
            lanes.update({text_of(each): name for each in bpmn_children(lane, "flowNodeRef")})
            for inner in bpmn_children(lane, "childLaneSet"):
                visit(inner)

    for lane_set in bpmn_children(node, "laneSet"):
        visit(lane_set)
    return lanes


def _flow(node: etree._Element, number: int) -> Flow:
    """A flow need not have an id of its own."""
    condition = bpmn_child(node, "conditionExpression")
    priority = node.get(f"{{{DROOLS}}}priority", "")
    return Flow(
        id=node.get("id") or f"flow {number}",
        line=line_of(node),
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        condition=text_of(condition) if condition is not None else None,
        priority=int(priority) if priority.isdecimal() else 0,
    )


def _connect(scope: Scope) -> None:
    """Hang each flow on its ends in the document's order; links become flows."""
    for flow in scope.flows.values():
        if flow.source in scope.nodes and flow.target in scope.nodes:
            scope.nodes[flow.source].outgoing.append(flow)
            scope.nodes[flow.target].incoming.append(flow)
    for node in scope.nodes.values():
        node.outgoing.sort(key=lambda flow: flow.priority)
    catching = [node for node in scope.nodes.values() if _is_link(node, "intermediateCatchEvent")]
    by_name = {node.event.name: node for node in catching}
    by_definition = {node.event.definition: node for node in catching}
    for node in scope.nodes.values():
        if not _is_link(node, "intermediateThrowEvent"):
            continue
        event = node.event
        target = by_name.get(event.name) if event.target is None else by_definition.get(event.target)
        if target is not None:
            link = Flow(f"{node.id}.link", node.line, node.id, target.id, None)
            node.outgoing.append(link)
            target.incoming.append(link)


def _is_link(node: Node, kind: str) -> bool:
    return node.type == kind and node.event.kind == "link"
