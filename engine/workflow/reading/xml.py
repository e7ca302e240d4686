"""Parse the XML of a diagram within bounds, without entities and without the network."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.workflow.reading.findings import Findings

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
DROOLS = "http://www.jboss.org/drools"
"""The namespace of jBPM."""
CAMUNDA_FAMILY = (CAMUNDA, "http://flowable.org/bpmn", "http://activiti.org/bpmn")
"""Camunda 7 comes from Activiti, as Flowable does: what they have in common means the same in all three."""
DMN_PREFIXES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")

MAXIMUM_BYTES = 4_000_000
MAXIMUM_ELEMENTS = 50_000
MAXIMUM_ATTRIBUTES = 1_000
"""Of one element; the schema validator takes time with the square of them."""

_REMEDY = ("Hãy mở tệp bằng Camunda Modeler rồi lưu lại.", "Open the file in Camunda Modeler and save it again.")


def parse_xml(file: str, content: bytes, findings: Findings) -> etree._Element | None:
    """The root element of a file, or nothing after noting why it cannot be read."""
    if len(content) > MAXIMUM_BYTES:
        findings.add("xml-too-large", file, None, "Tệp lớn hơn 4 MB.", "The file is larger than 4 MB.")
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        findings.add(
            "xml-malformed", file, line, f"XML không hợp lệ: {error.msg}", f"Not valid XML: {error.msg}", _REMEDY
        )
        return None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        findings.add(
            "xml-doctype", file, 1, "Không chấp nhận khai báo DOCTYPE.", "A DOCTYPE declaration is not accepted."
        )
        return None
    if sum(1 for _ in root.iter()) > MAXIMUM_ELEMENTS:
        findings.add("xml-too-large", file, None, "Tệp có quá nhiều phần tử.", "The file has too many elements.")
        return None
    crowded = next((each for each in root.iter() if len(each.attrib) > MAXIMUM_ATTRIBUTES), None)
    if crowded is not None:
        words = "Phần tử có quá nhiều thuộc tính.", "The element has too many attributes."
        findings.add("xml-too-large", file, crowded, *words)
        return None
    return root


def local(node: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(node).localname


def namespace(node: etree._Element) -> str:
    """The element's namespace, or an empty text."""
    return etree.QName(node).namespace or ""


def bpmn_children(node: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The direct BPMN children, of these names if any are given."""
    for child in node:
        if namespace(child) == BPMN and (not names or local(child) in names):
            yield child


def bpmn_child(node: etree._Element, name: str) -> etree._Element | None:
    """The first direct BPMN child of this name."""
    return next(bpmn_children(node, name), None)


def camunda(node: etree._Element, name: str) -> str | None:
    """A `camunda:` attribute, without surrounding blanks; nothing if absent or empty."""
    values = (node.get(f"{{{family}}}{name}", "").strip() for family in CAMUNDA_FAMILY)
    return next((value for value in values if value), None)


def text_of(node: etree._Element | None) -> str:
    """All text within an element, without surrounding blanks."""
    return raw_text(node).strip() if node is not None else ""


def raw_text(node: etree._Element) -> str:
    """All text within an element as it stands."""
    return "".join(str(piece) for piece in node.itertext())


def line_of(node: etree._Element) -> int:
    """The line on which an element begins; 0 if unknown."""
    line = node.sourceline
    return line if isinstance(line, int) else 0
