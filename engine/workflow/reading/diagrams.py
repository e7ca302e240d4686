"""Check one file from anywhere: against the standard first, then whether this engine could run it."""

from __future__ import annotations

from typing import Final

from lxml import etree

from engine.workflow.decisions import read_decisions
from engine.workflow.errors import Finding
from engine.workflow.reading.checks import (
    Surroundings,
    check_circles,
    check_expressions,
    check_references,
    check_structure,
)
from engine.workflow.reading.elements import read_processes
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.standard import Find, check_standard
from engine.workflow.reading.xml import BPMN, DMN_PREFIXES, local, namespace, parse_xml

MOST_ELEMENTS: Final = 20_000
"""A file with more BPMN elements than this is not looked into; shapes and edges do not count."""
MOST_TO_RUN: Final = 8_000
"""A file with more BPMN elements than this is not tried for running."""


def check_diagram(
    file: str, content: bytes, find: Find = lambda location: None, *, runnable: bool = False
) -> tuple[Finding, ...]:
    """Everything there is to say of one BPMN or DMN file, by line.

    What breaks the standard is an error. What is valid but cannot be run here is a warning of the family `runtime`, or
    an error if `runnable` is wanted. `find` gives the content of the files that this one imports.
    """
    findings = Findings()
    root = parse_xml(file, content, findings)
    if root is None:
        return findings.everything
    if namespace(root).startswith(DMN_PREFIXES):
        decisions = Findings()
        read_decisions(file, root, decisions, None)
        findings.take_as_warnings(decisions, unless=runnable)
        return findings.everything
    if namespace(root) != BPMN or local(root) != "definitions":
        findings.add("not-bpmn", file, root, "Không phải tệp BPMN hay DMN.", "Neither a BPMN nor a DMN file.")
        return findings.everything
    number = sum(1 for _ in root.iter(f"{{{BPMN}}}*"))
    if number > MOST_ELEMENTS:
        findings.add("xml-too-large", file, None, "Tệp có quá nhiều phần tử.", "The file has too many elements.")
        return findings.everything
    check_standard(file, root, findings, find)
    if not findings.errors:
        findings.take_as_warnings(_check_running(file, root, number), unless=runnable)
    return findings.everything


def _check_running(file: str, root: etree._Element, number: int) -> Findings:
    """What keeps this engine from running the processes of a valid file."""
    findings = Findings()
    if number > MOST_TO_RUN:
        findings.add("xml-too-large", file, None, "Quá nhiều phần tử để chạy.", "Too many elements to be run.")
        return findings
    processes = {process.id: process for process in read_processes(file, root, findings)}
    for process in processes.values():
        if not process.is_executable:
            findings.note_not_executable(file, process)
            continue
        check_structure(process, findings)
        check_references(process, Surroundings(processes, {}), findings)
        check_expressions(process, None, findings)
    check_circles([process for process in processes.values() if process.is_executable], findings)
    return findings
