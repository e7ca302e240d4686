"""Read the `zeebe:` extensions of Camunda 8 into what the Camunda 7 dialect says in other words.

A text that begins with `=` is an expression, any other stands for itself. Job types and listeners are work outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.workflow.reading.model import Loop, Mapping, Node, Parameter
from engine.workflow.reading.xml import bpmn_child, bpmn_children, line_of, local, namespace

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_NAME = re.compile(r"[^\W\d]\w*")
LOOP_COUNTER = "loopCounter"
"""The variable that Camunda 8 counts from 1, and this engine from 0."""


def attach_zeebe(node: Node, element: etree._Element, *, counts_rounds: bool) -> None:
    """Give a node what the extensions of its element say; `counts_rounds`: whether its file names LOOP_COUNTER."""
    for extension in _extensions(element):
        _READERS.get(local(extension), _nothing)(node, extension)
    for event in node.events:
        if event.kind == "timer":
            event.text = _template(event.text)
    marker = bpmn_child(element, "multiInstanceLoopCharacteristics")
    if marker is None or node.loop is None:
        return
    for extension in _extensions(marker):
        if local(extension) == "loopCharacteristics":
            _read_loop(node, node.loop, extension)
            if counts_rounds:
                node.unsupported.append(LOOP_COUNTER)


def _extensions(element: etree._Element) -> Iterator[etree._Element]:
    for container in bpmn_children(element, "extensionElements"):
        yield from (child for child in container if namespace(child) == ZEEBE)


def _template(text: str) -> str:
    return f"${{{text}}}" if text.startswith("=") else text


def _nothing(node: Node, extension: etree._Element) -> None:
    """What only concerns other systems."""


def _read_parameters(node: Node, extension: etree._Element) -> None:
    for each in extension:
        name, kind = each.get("target", "").strip(), local(each)
        if not _NAME.fullmatch(name):
            node.unsupported.append(f"{kind} {name}")
            continue
        parameter = Parameter(name, line_of(each), _template(each.get("source", "").strip()) or None)
        (node.reads if kind == "input" else node.writes).append(parameter)


def _read_script(node: Node, extension: etree._Element) -> None:
    node.script = extension.get("expression", "")
    node.attributes["resultVariable"] = extension.get("resultVariable", "").strip()


def _read_call(node: Node, extension: etree._Element) -> None:
    node.attributes["calledElement"] = extension.get("processId", "").strip()
    everything = Mapping(line_of(extension), None, None, None, is_everything=True)
    if extension.get("propagateAllParentVariables") != "false":
        node.entries.append(everything)
    if extension.get("propagateAllChildVariables") != "false":
        node.exits.append(everything)


def _read_decision(node: Node, extension: etree._Element) -> None:
    node.attributes["decisionRef"] = extension.get("decisionId", "").strip()
    node.attributes["resultVariable"] = extension.get("resultVariable", "").strip()
    node.attributes["mapDecisionResult"] = "ownShape"


def _read_loop(node: Node, loop: Loop, extension: etree._Element) -> None:
    loop.collection = extension.get("inputCollection") or None
    loop.element_variable = extension.get("inputElement") or None
    loop.is_undone_once = True  # By the manual of Camunda 8; the standard, as Camunda 7, undoes every instance.
    result = extension.get("outputElement", "").lstrip("= ")
    if extension.get("outputCollection") and result:
        if _NAME.fullmatch(result):
            loop.gathered, loop.result = extension.get("outputCollection"), result
        else:
            node.unsupported.append(f"outputElement {result}")


_READERS = {
    "ioMapping": _read_parameters,
    "script": _read_script,
    "calledElement": _read_call,
    "calledDecision": _read_decision,
}
