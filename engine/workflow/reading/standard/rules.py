"""The register of the rules of BPMN 2.0 that a diagram may break, each with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from engine.workflow.reading.standard.model import Element, Model

Severity = Literal["error", "warning", "note"]
Violation = Element | tuple[Element, str]
"""The element that breaks a rule; with a text that takes the place of `{detail}` in the rule's words."""
Check = Callable[[Model], Iterable[Violation]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint of the standard: its name, what is wrong when it is broken, and what to do."""

    name: str
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str
    severity: Severity
    check: Check


RULES: dict[str, Rule] = {}
"""Every rule that looks at the model, by name, in the order in which they are tried."""


def rule(
    name: str, vi: str, en: str, remedy_vi: str, remedy_en: str, severity: Severity = "error"
) -> Callable[[Check], Check]:
    """Enter a check into the register; it gives the elements of a model that break the rule."""

    def register(check: Check) -> Check:
        assert name not in RULES, name
        RULES[name] = Rule(name, vi, en, remedy_vi, remedy_en, severity, check)
        return check

    return register
