"""Read the `camunda:` extensions of an element, and the same ones of Flowable and Activiti."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.workflow.reading.model import Mapping, Parameter
from engine.workflow.reading.xml import (
    CAMUNDA_FAMILY,
    bpmn_child,
    bpmn_children,
    camunda,
    line_of,
    local,
    namespace,
    raw_text,
    text_of,
)


def camunda_attributes(node: etree._Element) -> dict[str, str]:
    """All `camunda:` attributes by local name, blanks stripped, empty ones left out."""
    attributes: dict[str, str] = {}
    for qualified, value in node.attrib.items():
        family, _, name = str(qualified)[1:].partition("}")
        if family in CAMUNDA_FAMILY and str(value).strip():
            attributes[_SAME_AS.get(name, name)] = str(value).strip()
    return attributes


_SAME_AS = {"resultVariableName": "resultVariable"}
"""Attributes that are called otherwise in Activiti and Flowable."""


def _extensions(node: etree._Element, name: str) -> Iterator[etree._Element]:
    for container in bpmn_children(node, "extensionElements"):
        for child in container:
            if namespace(child) in CAMUNDA_FAMILY and local(child) == name:
                yield child


def read_properties(node: etree._Element) -> dict[str, str]:
    """The `camunda:properties` of an element."""
    return {
        each.get("name", ""): each.get("value", "")
        for group in _extensions(node, "properties")
        for each in group
        if local(each) == "property"
    }


def read_parameters(node: etree._Element) -> tuple[list[Parameter], list[Parameter]]:
    """The `camunda:inputOutput` of an element: what it reads and what it writes."""
    reads: list[Parameter] = []
    writes: list[Parameter] = []
    for group in _extensions(node, "inputOutput"):
        for each in group:
            if local(each) == "inputParameter":
                reads.append(_parameter(each))
            elif local(each) == "outputParameter":
                writes.append(_parameter(each))
    return reads, writes


def _parameter(node: etree._Element) -> Parameter:
    name, line = node.get("name") or "", line_of(node)
    for child in node:
        if local(child) == "list":
            return Parameter(name, line, [text_of(each) for each in child])
        if local(child) == "map":
            return Parameter(name, line, {each.get("key", ""): text_of(each) for each in child})
        if local(child) == "script":
            return Parameter(name, line, text_of(child), is_script=True)
    return Parameter(name, line, text_of(node) or None)


def read_mappings(node: etree._Element) -> tuple[list[Mapping], list[Mapping]]:
    """The `camunda:in` and `camunda:out` of a call activity; the business key is not ours to pass."""
    entries = [_mapping(each) for each in _extensions(node, "in") if each.get("businessKey") is None]
    if camunda(node, "inheritVariables") == "true":
        entries.insert(0, Mapping(line_of(node), None, None, None, is_everything=True))
    return entries, [_mapping(each) for each in _extensions(node, "out")]


def _mapping(node: etree._Element) -> Mapping:
    return Mapping(
        line_of(node),
        node.get("source"),
        node.get("sourceExpression"),
        node.get("target"),
        node.get("variables") == "all",
    )


def script_of(node: etree._Element) -> str | None:
    """The text of a script task."""
    script = bpmn_child(node, "script")
    return raw_text(script) if script is not None else None
