"""Every expression, template, timer and script of a diagram is read once before it is published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from engine.workflow.definition import FunctionCall
from engine.workflow.expressions import (
    Expression,
    ExpressionFailed,
    ExpressionRefused,
    parse_condition,
    parse_expression,
    parse_script,
    parse_script_value,
    parse_template,
    wrong_calls,
)
from engine.workflow.reading.build import OFFERS
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.model import Flow, Node, Parameter, Process
from engine.workflow.reading.unsaid import UNSPECIFIED
from engine.workflow.timers import due_moment, parse_cycle, parse_duration, parse_moment

Parse = Callable[[str], Any]
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def check_expressions(process: Process, functions: Collection[str] | None, findings: Findings) -> None:
    """Check every text of a process. `functions` are the names known beside the built-in ones; None if any may be."""
    for node in process.scope.all_nodes():
        for place, text, parse in _texts(node):
            _check(node, place, text, parse, functions, findings)
        for flow in node.outgoing:
            if flow.condition:
                _check(node, flow, flow.condition, parse_condition, functions, findings)


def _check(
    node: Node, place: Any, text: str, parse: Parse, functions: Collection[str] | None, findings: Findings
) -> None:
    try:
        read = parse(text)
    except (ExpressionRefused, ExpressionFailed) as refused:
        rule = _RULES.get(parse, "expression-syntax")
        at = place if isinstance(place, Flow) else node
        findings.add(
            rule,
            node.file,
            at,
            f"“{text.strip()[:80]}”: {refused.reason.vi}.",
            f"“{text.strip()[:80]}”: {refused.reason.en}.",
        )
        return
    if functions is None:
        return
    for expression in _expressions_in(read):
        for rule, reason in wrong_calls(expression, functions):
            findings.add(rule, node.file, node, reason.vi, reason.en)


def function_calls(process: Process) -> Iterator[FunctionCall]:
    """The calls of functions in a process that `check_expressions` found nothing wrong with."""
    for node in process.scope.all_nodes():
        read = [parse(text) for _, text, parse in _texts(node)]
        read += [parse_condition(flow.condition) for flow in node.outgoing if flow.condition]
        for expression in chain.from_iterable(map(_expressions_in, read)):
            for call in expression.calls:
                yield FunctionCall(call.function, call.constants, node.file, node.line, node.id)


def _expressions_in(read: Any) -> Iterator[Expression]:
    if isinstance(read, Expression):
        yield read
    elif isinstance(read, tuple):
        yield from (assignment.expression for assignment in read)


def _texts(node: Node) -> Iterator[tuple[Any, str, Parse]]:
    """Every text of a node that will be evaluated, with the way to read it."""
    yield from _parameter_texts([*node.reads, *node.writes])
    for each in (*node.carried_in, *node.carried_out):
        if each.expression:
            yield each, each.expression, parse_expression
    yield from _loop_texts(node)
    for name in ("activationCondition", "completionCondition"):
        if name in node.attributes:
            yield node, node.attributes[name], parse_condition
    yield from _event_texts(node)
    for mapping in [*node.entries, *node.exits]:
        if mapping.expression:
            yield mapping, mapping.expression, parse_expression
    yield from _own_texts(node)


def _loop_texts(node: Node) -> Iterator[tuple[Any, str, Parse]]:
    if node.loop is not None:
        loop = node.loop
        yield from ((loop, text, parse_expression) for text in (loop.collection, loop.cardinality) if text)
        if loop.completion_condition:
            yield loop, loop.completion_condition, parse_condition
        yield from ((loop, each.condition, parse_condition) for each in loop.complex_behaviors if each.condition)
    if node.repeat is not None:
        if node.repeat.maximum:
            yield node.repeat, node.repeat.maximum, parse_expression
        if node.repeat.condition:
            yield node.repeat, node.repeat.condition, parse_condition


def _event_texts(node: Node) -> Iterator[tuple[Any, str, Parse]]:
    for event in node.events:
        if event.kind == "timer" and event.timer and event.text:
            yield event, event.text, _TIMERS[event.timer]
        elif event.kind == "condition" and event.text:
            yield event, event.text, parse_condition


def _parameter_texts(parameters: list[Parameter]) -> Iterator[tuple[Any, str, Parse]]:
    for parameter in parameters:
        value = parameter.value
        texts = [value] if isinstance(value, str) else list(value.values() if isinstance(value, dict) else value or ())
        yield from ((parameter, text, parse_template) for text in texts)


def _own_texts(node: Node) -> Iterator[tuple[Any, str, Parse]]:
    attributes = node.attributes
    yield from ((node, text, parse_script) for text in (node.before, node.after) if text)
    if UNSPECIFIED in attributes:
        return
    if node.type == "userTask":
        for offer, names in OFFERS.items():
            text = next((attributes[name] for name in names if name in attributes), None)
            if text is not None:
                yield node, text, _read_due if offer == "due" else parse_template
        yield from ((node, text, parse_template) for text in node.properties.values() if "${" in text)
    elif node.type == "scriptTask":
        yield node, node.script or "", parse_script_value if attributes.get("resultVariable") else parse_script
    elif node.type in ("serviceTask", "businessRuleTask", "sendTask"):
        if "topic" in attributes:
            yield node, attributes["topic"], parse_template
        elif "expression" in attributes:
            yield node, attributes["expression"], parse_expression


def _read_due(text: str) -> Expression:
    template = parse_template(text)
    if template.is_literal:
        due_moment(text, _SOME_TIME)
    return template


def _read_duration(text: str) -> Expression:
    template = parse_template(text)
    if template.is_literal:
        parse_duration(text).after(_SOME_TIME)
    return template


def _read_date(text: str) -> Expression:
    template = parse_template(text)
    if template.is_literal:
        parse_moment(text, _SOME_TIME)
    return template


def _read_cycle(text: str) -> Expression:
    template = parse_template(text)
    if template.is_literal:
        parse_cycle(text, _SOME_TIME).period.after(_SOME_TIME)
    return template


_TIMERS: dict[str, Parse] = {"timeDate": _read_date, "timeDuration": _read_duration, "timeCycle": _read_cycle}
_RULES: dict[Parse, str] = {
    _read_due: "timer-syntax",
    _read_date: "timer-syntax",
    _read_duration: "timer-syntax",
    _read_cycle: "timer-syntax",
    parse_script: "script-syntax",
    parse_script_value: "script-syntax",
}
