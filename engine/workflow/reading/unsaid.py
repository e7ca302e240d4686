"""Work that is said in other engines' words (a class, Groovy, a listener), where nothing hangs on what it does.

Such work may set variables or raise errors, so as a rule it is refused. But where no condition, count, time or wait in
any of the processes is decided by a variable, and nothing catches an error, every token takes the same way whatever the
work does. It is then a step without an effect, as external work is in every trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from engine.workflow.expressions import (
    Expression,
    ExpressionRefused,
    parse_expression,
    parse_script,
    parse_script_value,
    parse_template,
    wrong_calls,
)
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Event, Loop, Node, Parameter, Process
from engine.workflow.reading.scripts import expression_in_our_words, in_our_words

UNSPECIFIED = "unspecified"
"""The attribute of a task that is only a step."""
_SERVICES = ("serviceTask", "businessRuleTask")
_IN_OTHER_WORDS = ("class", "delegateExpression", "connectorId")
_OUR_LANGUAGES = ("expression", "feel")
_CATCHES = ("boundaryEvent", "startEvent")
_DECIDING_EXTENSIONS = frozenset({"resource", "adHoc"})
"""A condition that stands in another file, and what chooses the activities of an ad-hoc sub-process."""
_FIXED_COUNT = re.compile(r"\d+")
_FIXED_TIME = re.compile(r"[PRT\d][\w:.,/+\-]*")
_DOES_MORE = re.compile(
    r"throw|rais|error|fail|exception|assert|exit|signal|messag|correlat|suspend|delet|terminat|cancel|escalat|start",
    re.IGNORECASE,
)
"""Words of work that does not only set variables."""


def leave_out_unsaid_work(processes: Iterable[Process], findings: Findings) -> None:
    """Make steps of what is said in other words, if nothing in these processes hangs on it, and say so."""
    together = list(processes)
    nodes = [node for process in together for node in process.scope.all_nodes()]
    decides = any(name in _DECIDING_EXTENSIONS for process in together for _, name in process.changes_elsewhere)
    if decides or any(_hangs_on_work(node) or _is_guarded_by_time(node, nodes) for node in nodes):
        return
    for process in together:
        for line, name in process.changes_elsewhere:
            _warn(findings, process.file, line, name)
        process.changes_elsewhere.clear()
    for node in nodes:
        _leave_out(node, findings)


def _warn(findings: Findings, file: str, place: Node | int, what: str) -> None:
    vi = f"Không thực hiện “{what}”: phần tử này chỉ là một bước; không nhánh nào phụ thuộc vào nó."
    en = f"“{what}” is not done: the element is only a step; no way that a token takes hangs on it."
    findings.warn("work-not-done", file, place, vi, en)


# -- what hangs on work -----------------------------------------------------------------------------------------------


def _hangs_on_work(node: Node) -> bool:
    if any(name in node.attributes for name in ("activationCondition", "completionCondition", "skipExpression")):
        return True
    if node.type != "parallelGateway" and any(flow.condition for flow in node.outgoing):
        return True
    if node.repeat is not None and (node.repeat.condition or not _FIXED_COUNT.fullmatch(node.repeat.maximum or "")):
        return True
    if node.loop is not None and _has_open_count(node.loop):
        return True
    return any(_is_decided_by_variables(event) or _catches_failures(node, event) for event in node.events)


def _has_open_count(loop: Loop) -> bool:
    is_open = bool(loop.collection or loop.completion_condition or loop.complex_behaviors)
    return is_open or not _FIXED_COUNT.fullmatch((loop.cardinality or "").strip())


def _is_decided_by_variables(event: Event) -> bool:
    if event.kind == "timer":
        return not _FIXED_TIME.fullmatch(event.text.strip())
    return event.kind == "condition" or "{" in (event.name or "")


def _catches_failures(node: Node, event: Event) -> bool:
    return node.type in _CATCHES and event.kind in ("error", "escalation")


def _is_guarded_by_time(node: Node, nodes: list[Node]) -> bool:
    """Whether a timer waits beside work in other words: how long that takes is not said."""
    if node.attached_to is None or not any(event.kind == "timer" for event in node.events):
        return False
    return any(each.id == node.attached_to and _is_in_other_words(each) for each in nodes)


# -- what is left out -------------------------------------------------------------------------------------------------


def _leave_out(node: Node, findings: Findings) -> None:
    if _is_in_other_words(node):
        node.attributes[UNSPECIFIED] = "true"
        _warn(findings, node.file, node, node.name or node.id)
    for name, is_kept in _KEPT.items():
        parts = getattr(node, name)
        kept = [each for each in parts if is_kept(each)]
        if len(kept) < len(parts):
            setattr(node, name, kept)
            _warn(findings, node.file, node, node.name or node.id)


def _is_in_other_words(node: Node) -> bool:
    if node.type == "scriptTask":
        has_result = bool(node.attributes.get("resultVariable"))
        return _is_script_in_other_words(node.script or "", node.attributes.get("scriptFormat", ""), has_result)
    if node.type not in _SERVICES or "topic" in node.attributes or "decisionRef" in node.attributes:
        return False
    said = [node.attributes[name] for name in (*_IN_OTHER_WORDS, "type") if name in node.attributes]
    if expression := node.attributes.get("expression"):
        said += [expression] if not _reads(parse_expression, expression) else []
    return bool(said) and not any(_DOES_MORE.search(_last_word(each)) for each in said)


def _last_word(name: str) -> str:
    """Of a class the name without that of its package; any other text as it stands."""
    return name.rpartition(".")[2] if re.fullmatch(r"[\w.$]+", name) else name


def _is_script_in_other_words(script: str, language: str, has_result: bool = False) -> bool:
    """Whether a script that names another language cannot be read here."""
    if language.strip().lower() in _OUR_LANGUAGES or not script.strip() or _DOES_MORE.search(script):
        return False
    try:
        return not _reads(parse_script_value if has_result else parse_script, in_our_words(script, language))
    except ExpressionRefused:
        return True


def _is_plain(parameter: Parameter) -> bool:
    value = parameter.value
    texts = [value] if isinstance(value, str) else list(value.values() if isinstance(value, dict) else value or ())
    return not parameter.is_script and all(_reads(parse_template, text) for text in texts)


def _reads(parse: Callable[[str], Any], text: str | None) -> bool:
    """Whether our language can say this, with the functions that every diagram has."""
    if not text:
        return True
    try:
        read = parse(expression_in_our_words(text))
    except ExpressionRefused:
        return False
    expressions = [read] if isinstance(read, Expression) else [each.expression for each in read]
    return not any(True for each in expressions for _ in wrong_calls(each, ()))


_KEPT: dict[str, Callable[[Any], bool]] = {
    "reads": _is_plain,
    "writes": _is_plain,
    "carried_in": lambda each: _reads(parse_expression, each.expression),
    "carried_out": lambda each: _reads(parse_expression, each.expression),
    "beside": lambda each: not _is_script_in_other_words(each.text, each.language),
}
"""What an element has beside its own work, and whether our language can say each of it."""
