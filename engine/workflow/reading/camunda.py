"""Read the `camunda:` extensions of an element."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.workflow.reading.model import Mapping, Parameter
from engine.workflow.reading.xml import (
    CAMUNDA,
    bpmn_child,
    bpmn_children,
    line_of,
    local,
    namespace,
    raw_text,
    text_of,
)


def camunda_attributes(node: etree._Element) -> dict[str, str]:
    """All `camunda:` attributes by local name, blanks stripped, empty ones left out."""
    prefix = f"{{{CAMUNDA}}}"
    return {
        str(name)[len(prefix) :]: str(value).strip()
        for name, value in node.attrib.items()
        if str(name).startswith(prefix) and str(value).strip()
    }


def _extensions(node: etree._Element, name: str) -> Iterator[etree._Element]:
    for container in bpmn_children(node, "extensionElements"):
        for child in container:
            if namespace(child) == CAMUNDA and local(child) == name:
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
    return entries, [_mapping(each) for each in _extensions(node, "out")]


def _mapping(node: etree._Element) -> Mapping:
    return Mapping(
        line_of(node),
        node.get("source"),
        node.get("sourceExpression"),
        node.get("target"),
        node.get("variables") == "all",
    )


def ignored_extensions(node: etree._Element) -> list[str]:
    """Local names of extensions that would do something in Camunda and do nothing here."""
    names = ("executionListener", "taskListener", "connector", "formData")
    return [name for name in names if next(_extensions(node, name), None) is not None]


def script_of(node: etree._Element) -> str | None:
    """The text of a script task."""
    script = bpmn_child(node, "script")
    return raw_text(script) if script is not None else None
