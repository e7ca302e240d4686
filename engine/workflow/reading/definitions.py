"""Read a set of files into one executable definition, or refuse them with everything that is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.workflow.decisions import Decision, read_decisions
from engine.workflow.definition import Definition, DrawnElement, UserTask
from engine.workflow.reading.build import OFFERS, build_processes
from engine.workflow.reading.checks import (
    Surroundings,
    check_circles,
    check_expressions,
    check_nesting,
    check_references,
    check_structure,
    function_calls,
)
from engine.workflow.reading.collaboration import TOGETHER, build_collaboration
from engine.workflow.reading.elements import read_processes
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Node, Process
from engine.workflow.reading.partners import main_of, name_by_flows, partners_of
from engine.workflow.reading.plain import make_plain, take_unmarked
from engine.workflow.reading.unsaid import leave_out_unsaid_work
from engine.workflow.reading.xml import BPMN, DMN_PREFIXES, namespace, parse_xml


def read_definition(
    files: Mapping[str, bytes],
    process_id: str | None = None,
    functions: Collection[str] | None = None,
    *,
    plain: bool = False,
) -> Definition:
    """Read, check and build the process `process_id` with all that it calls.

    `files` are names and contents of BPMN and DMN files; without `process_id` they must hold exactly one executable
    process that no other calls. `functions` are the names that expressions may call beside the built-in ones, or a
    mapping of them to their signatures; leave it out to leave calls unchecked. `plain` reads a diagram that was not
    drawn for this system: see `reading/plain.py`; of several main processes it takes the first, with its partners
    (`reading/partners.py`). Raises DiagramRefused, which carries every finding.
    """
    findings = Findings()
    known = _read_files(files, findings, functions)
    findings.refuse()
    if plain:
        take_unmarked(known.processes)
        name_by_flows(known.processes)
    main = _main_process(known.processes, process_id, findings, takes_first=plain)
    findings.refuse()
    assert main is not None
    partners = partners_of(main, _candidates(known.processes)) if plain and process_id is None else []
    used = _with_called([main, *partners], known.processes, findings)
    if plain:
        leave_out_unsaid_work(used, findings)
        for process in used:
            make_plain(process, findings)
    _check_decisions(known.decisions, findings)
    for process in used:
        check_structure(process, findings, may_stop_anywhere=plain)
        check_references(process, Surroundings(known.processes, known.decisions), findings)
        check_expressions(process, functions, findings)
    _check_user_task_ids(used, findings)
    check_nesting(used, findings)
    findings.refuse()
    return _definition(main, partners, used, known.decisions, findings)


@dataclass(slots=True)
class _Read:
    processes: dict[str, Process] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)


def _read_files(files: Mapping[str, bytes], findings: Findings, functions: Collection[str] | None) -> _Read:
    read = _Read()
    for file, content in files.items():
        root = parse_xml(file, content, findings)
        if root is None:
            continue
        if namespace(root).startswith(DMN_PREFIXES):
            for decision_id, decision in read_decisions(file, root, findings, functions).items():
                if decision_id in read.decisions:
                    _twice(findings, file, decision_id, read.decisions[decision_id].file)
                read.decisions[decision_id] = decision
        elif namespace(root) == BPMN:
            for process in read_processes(file, root, findings):
                if process.id in read.processes:
                    _twice(findings, file, process.id, read.processes[process.id].file)
                read.processes[process.id] = process
        else:
            findings.add("not-bpmn", file, root, "Không phải tệp BPMN hay DMN.", "Neither a BPMN nor a DMN file.")
    return read


def _twice(findings: Findings, file: str, identifier: str, other: str) -> None:
    findings.add(
        "duplicate-id",
        file,
        None,
        f"“{identifier}” đã có trong tệp {other}.",
        f"“{identifier}” is already defined in {other}.",
    )


def _main_process(
    processes: Mapping[str, Process], process_id: str | None, findings: Findings, *, takes_first: bool
) -> Process | None:
    if process_id is not None:
        if process_id in processes:
            return processes[process_id]
        there = ", ".join(f"“{each}”" for each in processes) or "-"
        findings.add(
            "process-missing",
            "",
            None,
            f"Không có quy trình “{process_id}”; đang có: {there}.",
            f"There is no process “{process_id}”; there are: {there}.",
            (f"Đặt id của quy trình là “{process_id}”.", f"Give the process the id “{process_id}”."),
        )
        return None
    candidates = _candidates(processes)
    if len(candidates) == 1 or (candidates and takes_first):
        return main_of(candidates)
    file = next((process.file for process in processes.values()), "")
    if not candidates and processes:
        _not_executable(next(iter(processes.values())), findings)
    else:
        findings.add(
            "process-missing",
            file,
            None,
            f"Cần đúng một quy trình chính, tìm thấy {len(candidates)}.",
            f"Exactly one main process is needed, found {len(candidates)}.",
        )
    return None


def _candidates(processes: Mapping[str, Process]) -> list[Process]:
    """The executable processes that no other calls."""
    called = {
        node.attributes.get("calledElement") for process in processes.values() for node in process.scope.all_nodes()
    }
    return [
        process
        for process in processes.values()
        if process.is_executable and not process.is_global_task and process.id not in called
    ]


def _not_executable(process: Process, findings: Findings) -> None:
    findings.add(
        "process-not-executable",
        process.file,
        process,
        f"Quy trình “{process.id}” chưa được đánh dấu là chạy được.",
        f"The process “{process.id}” is not marked as executable.",
        ('Đặt isExecutable="true" cho quy trình.', 'Set isExecutable="true" on the process.'),
    )


def _calls(process: Process) -> list[Node]:
    return [node for node in process.scope.all_nodes() if node.type == "callActivity"]


def _with_called(first: list[Process], processes: Mapping[str, Process], findings: Findings) -> list[Process]:
    """These processes and everything that they call, directly or not; a circle of calls is an error."""
    used: dict[str, Process] = {}
    waiting = list(reversed(first))
    while waiting:
        process = waiting.pop()
        if process.id in used:
            continue
        if not process.is_executable:
            _not_executable(process, findings)
        used[process.id] = process
        called = dict.fromkeys(node.attributes.get("calledElement", "") for node in _calls(process))
        waiting += [processes[each] for each in called if each in processes]
    check_circles(list(used.values()), findings)
    return list(used.values())


def _check_decisions(decisions: Mapping[str, Decision], findings: Findings) -> None:
    for decision in decisions.values():
        for required in decision.required:
            if required not in decisions:
                vi, en = f"Không có quyết định “{required}”.", f"There is no decision “{required}”."
                findings.add("unknown-decision", decision.file, None, vi, en)
        if _requires_itself(decision, decisions):
            vi, en = f"“{decision.id}” cần chính nó.", f"The decision “{decision.id}” requires itself."
            findings.add("decision-circle", decision.file, None, vi, en)


def _requires_itself(decision: Decision, decisions: Mapping[str, Decision]) -> bool:
    seen: set[str] = set()
    stack = list(decision.required)
    while stack:
        each = stack.pop()
        if each == decision.id:
            return True
        if each in decisions and each not in seen:
            seen.add(each)
            stack.extend(decisions[each].required)
    return False


def _check_user_task_ids(used: list[Process], findings: Findings) -> None:
    seen: dict[str, Process] = {}
    for process in used:
        for node in process.scope.all_nodes():
            if node.type == "userTask" and seen.setdefault(node.id, process) is not process:
                findings.add(
                    "duplicate-id",
                    node.file,
                    node,
                    f"Công việc “{node.id}” trùng mã với quy trình “{seen[node.id].id}”.",
                    f"The user task “{node.id}” has the same id as one of “{seen[node.id].id}”.",
                )


# -- the result -------------------------------------------------------------------------------------------------------


def _definition(
    main: Process,
    partners: list[Process],
    used: list[Process],
    decisions: Mapping[str, Decision],
    findings: Findings,
) -> Definition:
    specs = build_processes(used)
    if partners:
        specs[TOGETHER] = build_collaboration(main, partners)
    nodes = [(process, node) for process in used for node in process.scope.all_nodes()]
    user_tasks = {node.id: _user_task(process, node) for process, node in nodes if node.type == "userTask"}
    waiting = [node for _, node in nodes if node.type in _WAITING] + _listeners(nodes)
    return Definition(
        process_id=main.id,
        name=main.name,
        documentation=main.documentation,
        properties=main.properties,
        user_tasks=user_tasks,
        service_topics=frozenset(
            node.attributes["topic"]
            for _, node in nodes
            if node.type in ("serviceTask", "businessRuleTask") and "topic" in node.attributes
        ),
        messages=_waiters_by_message(waiting),
        timers={node.id: event.text for node in waiting for event in node.events if event.kind == "timer"},
        data_names=main.data_names,
        forms=frozenset(task.form for task in user_tasks.values() if task.form),
        element_names={node.id: node.name for _, node in nodes},
        english_names={node.id: node.properties["name_en"] for _, node in nodes if "name_en" in node.properties},
        decisions={decision.id: decision.name for decision in decisions.values()},
        elements=tuple(_drawn(process, node) for process, node in nodes),
        calls=tuple(call for process in used for call in function_calls(process)),
        warnings=findings.warnings,
        specs=specs,
        begins_with=TOGETHER if partners else main.id,
        decision_tables=decisions,
    )


_WAITING = ("receiveTask", "intermediateCatchEvent", "boundaryEvent")


def _listeners(nodes: list[tuple[Process, Node]]) -> list[Node]:
    """The start events of event sub-processes: those of a process itself never wait once it runs."""
    scopes = [node.scope for _, node in nodes if node.is_event_sub_process and node.scope is not None]
    return [node for scope in scopes for node in scope.nodes.values() if node.type == "startEvent"]


def _waiters_by_message(waiting: list[Node]) -> dict[str, frozenset[str]]:
    waiters: dict[str, frozenset[str]] = {}
    for node in waiting:
        for event in node.events:
            if event.kind == "message" and event.name:
                waiters[event.name] = waiters.get(event.name, frozenset()) | {node.id}
    return waiters


def _offer(node: Node, offer: str) -> str | None:
    return next((node.attributes[name] for name in OFFERS[offer] if name in node.attributes), None)


def _drawn(process: Process, node: Node) -> DrawnElement:
    return DrawnElement(
        id=node.id,
        file=node.file,
        line=node.line,
        type=node.type,
        kind=node.attributes.get("modelerTemplate", ""),
        role=_offer(node, "role"),
        form=_offer(node, "form"),
        topic=node.attributes.get("topic"),
        messages=tuple(event.name for event in node.events if event.kind == "message" and event.name),
        properties=node.properties,
        process_id=process.id,
    )


def _user_task(process: Process, node: Node) -> UserTask:
    return UserTask(
        id=node.id,
        name=node.name,
        kind=node.attributes.get("modelerTemplate", ""),
        role=_offer(node, "role"),
        assignee=_offer(node, "assignee"),
        form=_offer(node, "form"),
        lane=node.lane,
        documentation=node.documentation,
        properties=node.properties,
        process_id=process.id,
        outputs={parameter.name: parameter.value for parameter in node.writes if isinstance(parameter.value, str)},
    )
