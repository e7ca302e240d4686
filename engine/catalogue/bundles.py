"""Gathering the files of one procedure: its own diagram, tables and forms, and the shared ones that it reaches."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from engine.workflow import Finding

DIAGRAM = "procedure.bpmn"
SHARED = "shared/"
SHARED_LIMITS = f"{SHARED}limits.dmn"
REQUIRED_DECISIONS = ("deadline", "components")

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_FILE_NAME = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a diagram names that lies in a file of its own."""

    kind: str
    """`called`, `form` or `decision`."""
    name: str
    file: str
    line: int | None
    element_id: str | None


@dataclass(slots=True)
class Bundle:
    """All files of one version: names as in `ProcedureFile.name`, and what is missing."""

    folder: str
    """`labour/safety_declaration`, below processes/."""
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    process_line: int | None = None
    """The line of the process in the procedure's own diagram."""

    @property
    def process_id(self) -> str:
        """The id of the procedure's own process: its folder's name."""
        return self.folder.rpartition("/")[2]

    @property
    def digest(self) -> str:
        """SHA-256 over names and contents of all files, whatever their order."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            for part in (name.encode(), self.files[name]):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def path(self, name: str) -> str:
        """A file's path below processes/, as it is shown to people."""
        return name if name.startswith(SHARED) else f"{self.folder}/{name}"

    def located(self, finding: Finding) -> Finding:
        """A finding about one of the files, its file named below processes/."""
        return replace(finding, file=self.path(finding.file))


def procedure_folders(processes: Path) -> list[str]:
    """Every `<body>/<procedure>` below `processes` that holds a diagram, in order of name."""
    return sorted(
        diagram.parent.relative_to(processes).as_posix()
        for diagram in processes.glob(f"*/*/{DIAGRAM}")
        if not diagram.relative_to(processes).as_posix().startswith((SHARED, "."))
    )


def gather(processes: Path, folder: str) -> Bundle:
    """The bundle of the procedure in `folder`; what cannot be found or read becomes a finding."""
    bundle = Bundle(folder)
    gathering = _Gathering(processes, bundle)
    gathering.diagram(DIAGRAM)
    for table in sorted((processes / folder).glob("*.dmn")):
        gathering.take(table.name)
    if gathering.exists(SHARED_LIMITS):
        gathering.take(SHARED_LIMITS)
    for decision in REQUIRED_DECISIONS:
        gathering.require(f"{decision}.dmn")
    return bundle


class _Gathering:
    """Follows references from diagram to diagram; each file is taken once."""

    def __init__(self, processes: Path, bundle: Bundle) -> None:
        self.processes = processes
        self.bundle = bundle

    def diagram(self, name: str) -> None:
        """Take a diagram and everything that it names."""
        content = self.take(name)
        root = _parsed(content)
        if root is None:
            return
        if name == DIAGRAM:
            process = root.find(f"{_BPMN}process")
            self.bundle.process_line = None if process is None else _line(process)
        for reference in _references(root, name):
            self.follow(reference)

    def follow(self, reference: Reference) -> None:
        """Take the file that `reference` means, the procedure's own before the shared one."""
        ending = {"called": "bpmn", "form": "form", "decision": "dmn"}[reference.kind]
        own, shared = f"{reference.name}.{ending}", f"{SHARED}{reference.name}.{ending}"
        if not _FILE_NAME.fullmatch(reference.name):
            self.unresolved(reference, own)
        elif reference.kind == "called":
            if not self.exists(shared):
                self.unresolved(reference, shared)
            elif shared not in self.bundle.files:
                self.diagram(shared)
        elif found := next((name for name in (own, shared) if self.exists(name)), None):
            self.take(found)
        elif reference.kind == "form":
            self.unresolved(reference, own)

    def take(self, name: str) -> bytes | None:
        """Read a file into the bundle."""
        if name not in self.bundle.files:
            try:
                self.bundle.files[name] = (self.processes / self.bundle.path(name)).read_bytes()
            except OSError as error:
                path = self.bundle.path(name)
                reason = error.strerror or type(error).__name__
                self.report("file-unreadable", name, f"Không đọc được {path}.", f"{path} cannot be read: {reason}.")
        return self.bundle.files.get(name)

    def require(self, name: str) -> None:
        """Complain when one of the tables that every procedure needs is missing."""
        if name not in self.bundle.files:
            self.report(
                f"{name.removesuffix('.dmn')}-table-missing",
                DIAGRAM,
                f"Thiếu bảng quyết định {self.bundle.path(name)}.",
                f"The decision table {self.bundle.path(name)} is missing.",
                remedy=("Thêm tệp này vào thư mục của thủ tục.", "Add the file to the procedure's folder."),
            )

    def exists(self, name: str) -> bool:
        return (self.processes / self.bundle.path(name)).is_file()

    def unresolved(self, reference: Reference, name: str) -> None:
        """Complain of a reference that leads nowhere."""
        what_vi, what_en = {
            "called": ("Quy trình con", "The called process"),
            "form": ("Biểu mẫu", "The form"),
            "decision": ("Bảng quyết định", "The decision"),
        }[reference.kind]
        self.report(
            f"{reference.kind}-file-missing",
            reference.file,
            f"{what_vi} “{reference.name}” không có tệp.",
            f"{what_en} “{reference.name}” has no file.",
            line=reference.line,
            element_id=reference.element_id,
            remedy=(f"Thêm {self.bundle.path(name)} hoặc sửa tên.", f"Add {self.bundle.path(name)}, or mend the name."),
        )

    def report(
        self,
        rule: str,
        name: str,
        vi: str,
        en: str,
        *,
        line: int | None = None,
        element_id: str | None = None,
        remedy: tuple[str, str] = ("", ""),
    ) -> None:
        path = self.bundle.path(name)
        self.bundle.findings.append(Finding(rule, path, line, element_id, vi, en, remedy[0], remedy[1]))


def _parsed(content: bytes | None) -> etree._Element | None:
    """The root element, or nothing: a broken diagram is reported by those who read it whole."""
    if content is None:
        return None
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return None


def _references(root: etree._Element, file: str) -> Iterator[Reference]:
    """What the diagram calls, shows and asks, in the order of the file; expressions cannot be followed."""
    for tag, attribute, kind in (
        ("callActivity", "calledElement", "called"),
        ("userTask", f"{_CAMUNDA}formRef", "form"),
        ("startEvent", f"{_CAMUNDA}formRef", "form"),
        ("businessRuleTask", f"{_CAMUNDA}decisionRef", "decision"),
    ):
        for element in root.iter(_BPMN + tag):
            name = (element.get(attribute) or "").strip()
            if name and "${" not in name:
                yield Reference(kind, name, file, _line(element), element.get("id"))


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
