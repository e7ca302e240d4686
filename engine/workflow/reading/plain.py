"""What a diagram that was drawn elsewhere leaves open, and what that means when it is traced.

- A task whose work is not said (no topic, no decision, a web service) is done without a result: a trace calls nobody.
- A script that is one bare word or label, or nothing but comments, says nothing that could be done; it is a step
  without an effect that takes no time. Any other script that is not in our language is refused. So is a label where an
  error or a timer waits beside it that nothing else could set off: whether it comes hangs on what the script does, and
  that is not said.
- What a script only writes out is left out, and other engines' ways to set a variable are read (`reading/scripts.py`);
  so are scripts just before or after an activity.
- A timer may be a text in quotation marks, as SpiffWorkflow has it, one of Python's `timedelta(hours=1)`, or one of
  FEEL's `duration("PT1H")`.
- A message or signal event that names nothing has the element's id for a name.
- A parallel gateway looks at no condition, so one that stands on a flow behind it has no say.
- A flow behind an inclusive gateway that has no condition and is not the default is always taken.
- What is carried into a task as a text or expression is for whoever does the task; nobody does it here.
- The last flow behind an exclusive gateway, if it alone has no condition and there is no default, is the default:
  whether it is read so or as always true, it is taken when no other is.
- A process that begins when a condition holds waits for it.
- What else another engine would do beside the flow (a listener, a connector) may decide the way that the
  token takes; it is refused. Who is to do a task, and until when, changes no way and is not evaluated.
- A process of which the file does not say whether it is executable is run if it is called, or if none is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from engine.workflow.expressions import ExpressionRefused
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Loop, Node, Process, Repeat, Scope
from engine.workflow.reading.scripts import condition_in_our_words, expression_in_our_words, in_our_words
from engine.workflow.reading.unsaid import UNSPECIFIED

AWAITED = "awaited"
"""The attribute of a start event that is waited for."""
_OFFERS = ("candidateGroups", "assignee", "dueDate", "formRef", "formKey")
_TIMEDELTA = re.compile(
    r"timedelta\(\s*(?P<unit>weeks|days|hours|minutes|seconds)\s*=\s*(?P<count>\d{0,6}\.?\d{1,6})\s*\)"
)
_TIME_OF_FEEL = re.compile(r"(?:\$\{)?=\s*(?:duration|date and time)\(\s*\"(?P<text>[\w:.,+\-]+)\"\s*\)\s*\}?")
_LABEL = re.compile(r"\w+(?:[-.:]\w+)*")
_DONE_ELSEWHERE = ("task", "userTask", "manualTask", "serviceTask")
_SAYS_ITS_WORK = ("topic", "expression", "class", "delegateExpression", "decisionRef", "type", "connectorId")
_WAITS = ("timer", "message", "signal", "condition")


def take_unmarked(processes: Mapping[str, Process]) -> None:
    """Make executable what the file leaves open."""
    called = {node.attributes.get("calledElement") for each in processes.values() for node in each.scope.all_nodes()}
    is_any_marked = any(each.is_executable and not each.is_global_task for each in processes.values())
    for process in processes.values():
        if not process.is_marked and (process.id in called or not is_any_marked):
            process.is_executable = True


def make_plain(process: Process, findings: Findings) -> None:
    """Fill in what the process leaves open, and note where that cannot be done."""
    _refuse_changes(process, findings)
    for node in process.scope.all_nodes():
        for name in _OFFERS:
            node.attributes.pop(name, None)
        if node.attributes.get("type") == "external-worker":  # Flowable's name for it.
            node.attributes["type"] = "external"
        _say_in_our_words(node, findings)
        if _is_unspecified(node):
            node.attributes[UNSPECIFIED] = "true"
        _name_events(node)
        _complete_gateway(node)
        _leave_out_inputs(node)
    for node in process.scope.nodes.values():
        if node.type == "startEvent" and node.event.kind == "condition":
            node.attributes[AWAITED] = "true"
    if any(_is_label(node) for node in process.scope.all_nodes()):
        _check_guards(process, findings)


def _refuse_changes(process: Process, findings: Findings) -> None:
    for line, name in process.changes_elsewhere:
        findings.add(
            "extension-not-run",
            process.file,
            line,
            f"“{name}” có thể đổi biến của quy trình nhưng không chạy được ở đây.",
            f"“{name}” may change variables and is not run here.",
            ("Dùng công việc kịch bản hoặc tham số đầu ra.", "Use a script task or output parameters."),
        )


def _say_in_our_words(node: Node, findings: Findings) -> None:
    if node.script is not None and not node.attributes.get("resultVariable"):
        node.script = _script(node, node.script, node.attributes.get("scriptFormat", ""), findings)
    for each in node.beside:
        setattr(node, each.when, _script(node, each.text, each.language, findings))
    _spell_in_our_words(node)
    for flow in node.outgoing:
        flow.condition = condition_in_our_words(flow.condition) if flow.condition else flow.condition
    for event in node.events:
        if event.kind == "condition":
            event.text = condition_in_our_words(event.text)
        elif event.kind == "timer":
            event.text = _time(event.text)


def _spell_in_our_words(node: Node) -> None:
    for name in ("expression", "activationCondition", "completionCondition"):
        if name in node.attributes:
            node.attributes[name] = expression_in_our_words(node.attributes[name])
    counts: tuple[tuple[Loop | Repeat | None, tuple[str, ...]], ...] = (
        (node.loop, ("collection", "cardinality", "completion_condition")),
        (node.repeat, ("maximum", "condition")),
    )
    for marker, names in counts:
        for name in names if marker is not None else ():
            text = getattr(marker, name)
            setattr(marker, name, expression_in_our_words(text) if text else text)


def _script(node: Node, script: str, language: str, findings: Findings) -> str:
    try:
        return in_our_words(script, language)
    except ExpressionRefused as refused:
        findings.add("script-syntax", node.file, node, f"{refused.reason.vi}.", f"{refused.reason.en}.")
        return script


def _time(text: str) -> str:
    length = _TIMEDELTA.fullmatch(text)
    if length is not None:
        return f"PT{timedelta(**{length['unit']: float(length['count'])}).total_seconds():f}S"
    of_feel = _TIME_OF_FEEL.fullmatch(text.strip())
    if of_feel is not None:
        return of_feel["text"]
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _name_events(node: Node) -> None:
    for event in node.events if node.type != "startEvent" else ():
        if event.kind in ("message", "signal") and event.reference is None and event.name is None:
            event.name = node.id


def _complete_gateway(node: Node) -> None:
    if node.type == "parallelGateway":
        for flow in node.outgoing:
            flow.condition = None
    elif node.type == "inclusiveGateway" and len(node.outgoing) > 1:
        for flow in node.outgoing:
            flow.condition = flow.condition or ("true" if flow.id != node.attributes.get("default") else None)
    elif node.type == "exclusiveGateway" and "default" not in node.attributes:
        without = [flow for flow in node.outgoing if not flow.condition]
        if len(node.outgoing) > 1 and without == node.outgoing[-1:]:
            node.attributes["default"] = without[0].id


def _leave_out_inputs(node: Node) -> None:
    """jBPM writes plain texts where others have expressions: `<from>Please check</from>`."""
    if node.type in _DONE_ELSEWHERE and node.loop is None:
        passed_on = {each.source for each in node.carried_out}
        node.carried_in = [each for each in node.carried_in if not each.expression or each.target in passed_on]


def _is_unspecified(node: Node) -> bool:
    if node.type == "scriptTask":
        is_said = "resource" in node.attributes or node.attributes.get("resultVariable")
        return not is_said and (not _code_of(node) or _is_label(node))
    if node.type in ("serviceTask", "businessRuleTask"):
        return not any(name in node.attributes for name in _SAYS_ITS_WORK)
    return False


def _is_label(node: Node) -> bool:
    has_result = bool(node.attributes.get("resultVariable"))
    return node.type == "scriptTask" and not has_result and _LABEL.fullmatch(_code_of(node)) is not None


def _code_of(script_task: Node) -> str:
    """The script without the lines that are comments."""
    lines = [line.strip() for line in (script_task.script or "").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith(("//", "#")))


def _check_guards(process: Process, findings: Findings) -> None:
    for scope in process.scope.all_scopes():
        for guard, guarded in _guards(scope):
            _check_guard(guard, guarded, findings)


def _guards(scope: Scope) -> Iterator[tuple[Node, list[Node]]]:
    """Each event that waits beside something, with all that it waits beside."""
    for node in scope.nodes.values():
        if node.attached_to in scope.nodes:
            host = scope.nodes[node.attached_to]
            yield node, [host, *(host.scope.all_nodes() if host.scope is not None else ())]
        elif node.is_event_sub_process and node.scope is not None:
            inside = {id(each) for each in node.scope.all_nodes()} | {id(node)}
            guarded = [each for each in scope.all_nodes() if id(each) not in inside]
            yield from ((each, guarded) for each in node.scope.nodes.values() if each.type == "startEvent")


def _check_guard(guard: Node, guarded: list[Node], findings: Findings) -> None:
    label = next((node for node in guarded if _is_label(node)), None)
    kinds = {event.kind for event in guard.events}
    is_set_off = ("error" in kinds and any(_throws_error(node) for node in guarded)) or (
        "timer" in kinds and any(_takes_time(node) for node in guarded)
    )
    if label is None or is_set_off or not kinds & {"error", "timer"}:
        return
    script, name = _code_of(label), guard.name or guard.id
    findings.add(
        "script-not-said",
        label.file,
        label,
        f"Không rõ “{script}” làm gì, nên không biết sự kiện “{name}” có xảy ra hay không.",
        f"What “{script}” does is not said, so whether “{name}” happens cannot be known.",
        ("Viết kịch bản, hoặc vẽ sự kiện gây ra nó.", "Write the script, or draw the event that sets it off."),
    )


def _throws_error(node: Node) -> bool:
    return node.type == "callActivity" or (
        node.type == "endEvent" and any(event.kind == "error" for event in node.events)
    )


def _takes_time(node: Node) -> bool:
    waits = node.type in ("intermediateCatchEvent", "receiveTask") and any(each.kind in _WAITS for each in node.events)
    return waits or node.type == "callActivity"
