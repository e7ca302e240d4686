"""A diagram for who reads English: what it names in Vietnamese under the English names that it gives itself."""

from __future__ import annotations

from lxml import etree

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.xml import BPMN, CAMUNDA, bpmn_child, local, parse_xml

PROPERTY = f"{{{BPMN}}}extensionElements/{{{CAMUNDA}}}properties/{{{CAMUNDA}}}property[@name='name_en']"


def diagram_in_english(content: bytes) -> bytes:
    """The diagram with `name_en` of its elements in place of their names; what has none keeps its own."""
    root = parse_xml("", content, Findings())
    if root is None:
        return content
    for element in root.iter(f"{{{BPMN}}}*"):
        english = element.find(PROPERTY)
        if english is not None:
            _rename(element, english.get("value") or "")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _rename(element: etree._Element, name: str) -> None:
    written = bpmn_child(element, "text") if local(element) == "textAnnotation" else None
    if written is not None:
        written.text = name
    else:
        element.set("value" if local(element) == "categoryValue" else "name", name)
