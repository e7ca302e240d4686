"""What goes into an element and what comes out: parameters and data associations as closures."""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from engine.workflow.expressions import Environment, parse_expression, parse_script, parse_template
from engine.workflow.expressions.functions import append
from engine.workflow.expressions.values import bounded
from engine.workflow.reading.model import Association, Node, Parameter
from engine.workflow.runtime.element import Element, Value


def attach_parameters(element: Element, node: Node) -> None:
    """Give an element what it reads when a token comes and writes when it is done."""
    element.reads = [(parameter.name, parameter_value(parameter)) for parameter in node.reads]
    element.reads += [(each.target, _carried_in(each)) for each in node.carried_in]
    element.writes = [(parameter.name, parameter_value(parameter)) for parameter in node.writes]
    element.writes += [(each.target, _carried_out(each)) for each in node.carried_out]
    element.before = parse_script(node.before) if node.before else ()
    element.after = parse_script(node.after) if node.after else ()


def parameter_value(parameter: Parameter) -> Value:
    """How to get the value of an input or output parameter."""
    content = parameter.value
    if isinstance(content, list):
        items = [parse_template(text).value for text in content]
        return lambda environment: bounded([item(environment) for item in items])
    if isinstance(content, dict):
        entries = [(key, parse_template(text).value) for key, text in content.items()]
        return lambda environment: bounded({key: entry(environment) for key, entry in entries})
    if content is None:
        return _nothing
    return parse_template(content).value


def _nothing(environment: Environment) -> None:
    return None


def _carried_in(association: Association) -> Value:
    if association.expression:
        return parse_expression(association.expression).value
    return lambda environment: environment.variables.get(association.source)


def _carried_out(association: Association) -> Value:
    """What the activity has under the source's name; if it has nothing, the target keeps its value."""
    if association.expression:
        return parse_expression(association.expression).value

    def value(environment: Environment) -> Any:
        own = _own(environment)
        name = association.source if association.source in own else association.target
        return environment.variables.get(name)

    return value


def gathering(collection: str, result: str) -> Value:
    """The collection with the instance's result at its end."""

    def value(environment: Environment) -> Any:
        found = environment.variables.get(collection)
        own = _own(environment)
        return append([] if found is None else found, own[result]) if result in own else found

    return value


def _own(environment: Environment) -> Any:
    variables = environment.variables
    return variables.maps[0] if isinstance(variables, ChainMap) else variables
