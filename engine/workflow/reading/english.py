"""A diagram for who reads English: what it names in Vietnamese under the English names that it gives itself."""

from __future__ import annotations

from lxml import etree

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.xml import BPMN, CAMUNDA, bpmn_child, local, parse_xml

PROPERTY = f"{{{BPMN}}}extensionElements/{{{CAMUNDA}}}properties/{{{CAMUNDA}}}property[@name='name_en']"


LABEL_BOUNDS = "{*}BPMNLabel/{*}Bounds"
CHARACTER_WIDTH, LABEL_MARGIN = 6.0, 8.0
"""Pixels of bpmn-js's label font (11 px); a label narrower than its longest word is broken within the word."""
SHORT = 10
"""Letters of a label that stays on one line: “Sent back” stands on its arrow, and its second line would cross it."""


def diagram_in_english(content: bytes) -> bytes:
    """The diagram with `name_en` of its elements in place of their names; what has none keeps its own.

    Labels that were drawn for fewer Vietnamese letters are widened about their middle, so that words stay whole.
    """
    root = parse_xml("", content, Findings())
    if root is None:
        return content
    renamed = {}
    for element in root.iter(f"{{{BPMN}}}*"):
        english = element.find(PROPERTY)
        if english is not None:
            renamed[element.get("id")] = name = english.get("value") or ""
            _rename(element, name)
    for drawn in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        bounds = drawn.find(LABEL_BOUNDS)
        if bounds is not None:
            _widen(bounds, renamed.get(drawn.get("bpmnElement"), ""))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _rename(element: etree._Element, name: str) -> None:
    written = bpmn_child(element, "text") if local(element) == "textAnnotation" else None
    if written is not None:
        written.text = name
    else:
        element.set("value" if local(element) == "categoryValue" else "name", name)


def _widen(bounds: etree._Element, name: str) -> None:
    x, width = float(bounds.get("x", "0")), float(bounds.get("width", "0"))
    unbroken = [name] if len(name) <= SHORT else name.split()
    more = max(map(len, unbroken)) * CHARACTER_WIDTH + LABEL_MARGIN - width
    if name and more > 0:
        bounds.set("x", f"{x - more / 2:g}")
        bounds.set("width", f"{width + more:g}")
