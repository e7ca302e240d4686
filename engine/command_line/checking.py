"""`motcua check`: what is wrong with diagrams and procedures, before anybody publishes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from engine.catalogue.bundles import DIAGRAM, gather, procedure_folders
from engine.catalogue.definitions import BundleRefused, read_bundle
from engine.command_line.publishing import describe
from engine.workflow import DiagramRefused, Finding, read_definition


def check(paths: Sequence[Path]) -> list[Finding]:
    """Everything wrong with the given paths: a folder of processes, a procedure's folder, or single BPMN files.

    A procedure is read with all the files it names; a diagram outside a procedure is read with the diagrams and
    decision tables of its own folder.
    """
    return [finding for path in paths for finding in _check_path(path.resolve())]


def _check_path(path: Path) -> list[Finding]:
    if path.is_file():
        return _check_procedure(path.parent) if path.name == DIAGRAM else _check_diagram(path)
    if (path / DIAGRAM).is_file():
        return _check_procedure(path)
    folders = procedure_folders(path)
    if folders:
        return [finding for folder in folders for finding in _check_procedure(path / folder)]
    return [finding for diagram in sorted(path.rglob("*.bpmn")) for finding in _check_diagram(diagram)]


def _check_procedure(folder: Path) -> list[Finding]:
    processes = folder.parent.parent
    try:
        read_bundle(gather(processes, folder.relative_to(processes).as_posix()))
    except BundleRefused as refused:
        return list(refused.findings)
    return []


def _check_diagram(diagram: Path) -> list[Finding]:
    try:
        files = {file.name: file.read_bytes() for file in _beside(diagram)}
        read_definition({**files, diagram.name: diagram.read_bytes()})
    except DiagramRefused as refused:
        return [finding for finding in refused.findings if finding.file in ("", diagram.name)] or list(refused.findings)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = (f"Không đọc được tệp: {reason}.", f"The file cannot be read: {reason}.")
        return [Finding("file-unreadable", diagram.name, None, None, *message)]
    return []


def _beside(diagram: Path) -> Iterable[Path]:
    return [file for pattern in ("*.bpmn", "*.dmn") for file in sorted(diagram.parent.glob(pattern))]


def as_text(findings: Sequence[Finding], language: str) -> str:
    """A line for each finding."""
    return "\n".join(f"{finding.severity}: {describe(finding, language)}" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON list of all findings with their texts in both languages."""
    return orjson.dumps([asdict(finding) for finding in findings], option=orjson.OPT_INDENT_2).decode()


def exit_code(findings: Sequence[Finding]) -> int:
    """0 no errors (warnings may have been printed), 1 errors, 2 something could not be read at all."""
    rules = {finding.rule for finding in findings if finding.severity == "error"}
    return 2 if "file-unreadable" in rules else int(bool(rules))
