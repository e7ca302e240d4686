"""The files that a file imports: read if they were given, never fetched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.standard.model import Element, Model, children
from engine.workflow.reading.xml import BPMN, local, namespace, parse_xml

Find = Callable[[str], bytes | None]
"""Gives the content of a file at a location relative to the file that imports it; None if there is none."""

MOST_IMPORTS: Final = 50

IMPORT_RULES: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "import-unresolved": (
        "Không có tệp được nhập “{detail}”.",
        "There is no file “{detail}” to import.",
        "Đặt tệp đó bên cạnh, hoặc xóa khai báo import.",
        "Put the file beside this one, or delete the import.",
        "error",
    ),
    "import-not-bpmn": (
        "Tệp được nhập “{detail}” không phải là sơ đồ BPMN.",
        "The imported file “{detail}” is not a BPMN diagram.",
        "Sửa tệp được nhập, hoặc sửa importType.",
        "Mend the imported file, or correct importType.",
        "error",
    ),
    "import-type": (
        "Tệp được nhập “{detail}” là sơ đồ BPMN, nhưng importType nói khác.",
        "The imported file “{detail}” is a BPMN diagram, but importType says something else.",
        f"Đặt importType là {BPMN}.",
        f"Set importType to {BPMN}.",
        "error",
    ),
    "import-namespace": (
        "Không gian tên của import khác targetNamespace của tệp “{detail}”.",
        "The import's namespace is not the target namespace of “{detail}”.",
        "Viết đúng không gian tên của tệp được nhập.",
        "Write the namespace of the imported file.",
        "error",
    ),
    "import-not-given": (
        "Tệp “{detail}” không được kiểm tra cùng.",
        "The file “{detail}” was not checked along with this one.",
        "Đặt tệp đó bên cạnh nếu cần.",
        "Put the file beside this one if it is needed.",
        "warning",
    ),
}
"""The rules of imports: vi, en, the remedy in both, and the severity."""


def read_imports(file: str, root: Element, find: Find, findings: Findings) -> list[tuple[str, Model | None]]:
    """The models of the imported BPMN files with their namespaces, those they import included, each once."""
    models: list[tuple[str, Model | None]] = []
    waiting = [(root, True)]
    read: set[str] = set()
    while waiting and len(read) < MOST_IMPORTS:
        importing, is_first = waiting.pop()
        for each in children(importing, "import"):
            location = each.get("location", "").strip()
            if location in read or len(read) >= MOST_IMPORTS:
                continue
            read.add(location)
            imported = _read(file, each, location, find, findings if is_first else Findings())
            if imported is not None and _is_same(imported, root):
                continue
            models.append((each.get("namespace", "").strip(), Model(imported) if imported is not None else None))
            if imported is not None:
                waiting.append((imported, False))
    return models


def _is_same(imported: Element, root: Element) -> bool:
    """Whether files that import each other lead back to the file that is checked."""
    return imported.get("id") == root.get("id") and etree.tostring(imported) == etree.tostring(root)


def _read(file: str, node: Element, location: str, find: Find, findings: Findings) -> Element | None:
    is_bpmn = node.get("importType", "").strip() == BPMN
    content = find(location) if location else None
    if content is None:
        missing = is_bpmn and "://" not in location
        _note("import-unresolved" if missing else "import-not-given", file, node, location, findings)
        return None
    root = parse_xml(location, content, Findings())
    if root is None or namespace(root) != BPMN or local(root) != "definitions":
        if is_bpmn:
            _note("import-not-bpmn", file, node, location, findings)
        return None
    if not is_bpmn:
        _note("import-type", file, node, location, findings)
    if root.get("targetNamespace", "").strip() != node.get("namespace", "").strip():
        _note("import-namespace", file, node, location, findings)
    return root


def _note(name: str, file: str, node: Element, location: str, findings: Findings) -> None:
    vi, en, remedy_vi, remedy_en, severity = IMPORT_RULES[name]
    detail = location[:200]
    words = vi.replace("{detail}", detail), en.replace("{detail}", detail)
    findings.standard(name, file, node, *words, (remedy_vi, remedy_en), "error" if severity == "error" else "warning")
