"""Try every rule of the standard on one file."""

from __future__ import annotations

from itertools import islice
from typing import Final

from engine.workflow.reading.findings import Findings
from engine.workflow.reading.standard import (  # noqa: F401 - they enter their rules into the register
    activities,
    calls,
    choreography,
    collaboration,
    compensation,
    data,
    drawing,
    events,
    executable,
    expressions,
    flows,
    gateways,
    links,
    references,
)
from engine.workflow.reading.standard.imports import Find, read_imports
from engine.workflow.reading.standard.model import Element, Model
from engine.workflow.reading.standard.rules import RULES, Rule, Violation
from engine.workflow.reading.standard.schema import check_schema

MOST_OF_ONE_RULE: Final = 50
"""A rule that is broken everywhere is reported this often in one file."""


def check_standard(file: str, root: Element, findings: Findings, find: Find = lambda location: None) -> None:
    """Note everything in which a BPMN file departs from the standard. `find` gives the files that it imports."""
    check_schema(file, root, findings)
    model = Model(root, read_imports(file, root, find, findings))
    for rule in RULES.values():
        for violation in islice(rule.check(model), MOST_OF_ONE_RULE):
            _note(rule, file, violation, findings)


def _note(rule: Rule, file: str, violation: Violation, findings: Findings) -> None:
    element, detail = violation if isinstance(violation, tuple) else (violation, "")
    vi, en = rule.vi.replace("{detail}", detail), rule.en.replace("{detail}", detail)
    findings.standard(rule.name, file, element, vi, en, (rule.remedy_vi, rule.remedy_en), rule.severity)
