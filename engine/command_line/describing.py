"""A finding as one line for the console."""

from __future__ import annotations

from engine.workflow import Finding


def describe(finding: Finding, language: str) -> str:
    """One finding as a line: `file:line: element: rule: what is wrong. What to do.`"""
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    message, remedy = (
        (finding.message_vi, finding.remedy_vi) if language == "vi" else (finding.message_en, finding.remedy_en)
    )
    parts = [place, finding.element_id or "", finding.rule, f"{message} {remedy}".strip()]
    return ": ".join(part for part in parts if part)
