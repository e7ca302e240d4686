"""Validate a file against the standard's own XML Schema, leaving out what the standard leaves to others."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import SpiffWorkflow.bpmn.parser as parsers
from lxml import etree

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.standard.model import Element
from engine.workflow.reading.xml import BPMN

_PLACE: Final = Path(parsers.__file__).parent / "schema" / "BPMN20.xsd"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_OTHERS_ATTRIBUTE: Final = ("structureRef", "implementationRef", "evaluatesToTypeRef", "definition", "type")
"""Attributes that name types of other languages; tools write all kinds of names there."""
_OPEN: Final = frozenset(f"{{{BPMN}}}{name}" for name in ("extensionElements", "documentation", "text", "script"))
_ATTRIBUTE: Final = re.compile(r"attribute '([^']*)'")
_TWICE: Final = re.compile(r"'[^\W\d][\w.-]*' is not a valid value of the atomic type 'xs:ID'")
"""A well-formed id that is refused is one that is already used; that has a rule of its own."""
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_ELEMENT: Final = re.compile(r"^Element '([^']*)'")
MOST_FINDINGS: Final = 200
"""A file that is wrong all over is not described in more than this many findings by the schema."""

SCHEMA_RULES: Final[dict[str, tuple[str, str, str, str]]] = {
    "schema-structure": (
        "Phần tử đặt sai chỗ, sai thứ tự hoặc thiếu phần tử con: {detail}",
        "An element is misplaced, out of order, or lacks a child: {detail}",
        "Sửa lại theo cấu trúc của BPMN 2.0, hoặc mở bằng công cụ vẽ rồi lưu lại.",
        "Follow the structure of BPMN 2.0, or open the file in a modeler and save it again.",
    ),
    "schema-attribute": (
        "Thiếu thuộc tính bắt buộc, hoặc có thuộc tính không thuộc BPMN 2.0: {detail}",
        "A required attribute is missing, or an attribute is not part of BPMN 2.0: {detail}",
        "Thêm hoặc bỏ thuộc tính.",
        "Add the attribute or remove it.",
    ),
    "schema-value": (
        "Giá trị không được phép: {detail}",
        "A value is not allowed: {detail}",
        "Dùng một giá trị mà BPMN 2.0 cho phép.",
        "Use a value that BPMN 2.0 allows.",
    ),
    "schema-other-language": (
        "Tên kiểu dữ liệu của ngôn ngữ khác không đọc được: {detail}",
        "The name of a type of another language cannot be read: {detail}",
        "Khai báo tiền tố của nó, nếu công cụ khác cần.",
        "Declare its prefix, if other tools need it.",
    ),
    "schema-diagram": (
        "Phần hình vẽ không đúng cấu trúc: {detail}",
        "The graphical part is not well structured: {detail}",
        "Mở bằng công cụ vẽ rồi lưu lại.",
        "Open the file in a modeler and save it again.",
    ),
}
"""The rules that the schema holds, with their words: vi, en and the remedy in both."""

_WARNINGS: Final = ("schema-other-language", "schema-diagram")


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_PLACE)))


def check_schema(file: str, root: Element, findings: Findings) -> None:
    """Note where a file departs from the schema; elements and attributes of other namespaces are not looked at."""
    plain = _without_foreign(root)
    schema = _schema()
    if schema.validate(plain):
        return
    seen: set[tuple[int, str]] = set()
    for error in cast(Iterable[Any], schema.error_log):
        name = _rule(error)
        if name is None or (error.line, name) in seen or len(seen) >= MOST_FINDINGS:
            continue
        seen.add((error.line, name))
        vi, en, remedy_vi, remedy_en = SCHEMA_RULES[name]
        detail = _NAMESPACE.sub("", error.message)[:300]
        findings.standard(
            name,
            file,
            error.line or None,
            vi.replace("{detail}", detail),
            en.replace("{detail}", detail),
            (remedy_vi, remedy_en),
            "warning" if name in _WARNINGS else "error",
        )


def _rule(error: Any) -> str | None:
    """The rule that an entry of the validator's log breaks; None for what another rule reports better.

    The schema gives `partitionElement` an abstract type, so that no file could ever use it; the standard wants it used.
    """
    element = _ELEMENT.match(error.message)
    if element is not None and not element.group(1).startswith(f"{{{BPMN}}}"):
        return "schema-diagram"
    attribute = _ATTRIBUTE.search(error.message)
    is_unusable = "partitionElement" in error.message and "abstract" in error.message
    if is_unusable or _TWICE.search(error.message):
        return None
    if attribute is not None and attribute.group(1) in _OTHERS_ATTRIBUTE and "not allowed" not in error.message:
        return "schema-other-language" if "required" not in error.message else "schema-attribute"
    if "ELEMENT_CONTENT" in error.type_name or "CVC_COMPLEX_TYPE_2" in error.type_name:
        return "schema-structure"
    return "schema-attribute" if "CVC_COMPLEX_TYPE" in error.type_name else "schema-value"


def _without_foreign(root: Element) -> Element:
    """A copy without other namespaces, and without the insides of what may hold anything."""
    plain = copy.deepcopy(root)
    for element in list(plain.iter(*_OPEN)):
        del element[:]
    for element in list(plain.iter()):
        if not isinstance(element.tag, str) or not _is_ours(element.tag):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for name in [str(each) for each in element.attrib if str(each).startswith("{")]:
            if name != f"{_XSI}type":
                del element.attrib[name]
        _qualify_type(element)
    return plain


def _is_ours(tag: str) -> bool:
    return tag.startswith(
        (f"{{{BPMN}}}", "{http://www.omg.org/spec/BPMN/20100524/DI}", "{http://www.omg.org/spec/DD/20100524/")
    )


def _qualify_type(element: Element) -> None:
    """Tools write `xsi:type="tFormalExpression"` where BPMN is not the default namespace; everybody reads it."""
    value = element.get(f"{_XSI}type")
    if value is None or ":" in value or element.nsmap.get(None) == BPMN:
        return
    prefix = next((each for each, namespace in element.nsmap.items() if namespace == BPMN and each), None)
    if prefix is not None:
        element.set(f"{_XSI}type", f"{prefix}:{value}")
