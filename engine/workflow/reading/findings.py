"""Gather everything that is wrong with a diagram before refusing it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal

from engine.workflow.errors import DiagramRefused, Finding

_OF_THE_FILE: Final = ("xml-", "not-bpmn")
"""Beginnings of the names of rules that hold for any BPMN file, whoever reads it."""


class Findings:
    """The findings of one reading; `refuse` raises them all at once."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, rule: str, file: str, node: Any, vi: str, en: str, remedy: tuple[str, str] = ("", "")) -> None:
        """Note an error at an XML element or at anything else with an `id` and a `line`."""
        self._note(rule, file, node, vi, en, remedy, warning=False)

    def warn(self, rule: str, file: str, node: Any, vi: str, en: str, remedy: tuple[str, str] = ("", "")) -> None:
        """Note something that should be mended but does not prevent publishing."""
        self._note(rule, file, node, vi, en, remedy, warning=True)

    def standard(
        self,
        rule: str,
        file: str,
        node: Any,
        vi: str,
        en: str,
        remedy: tuple[str, str],
        severity: Literal["error", "warning", "note"] = "error",
    ) -> None:
        """Note that the BPMN 2.0 standard is not kept."""
        line, element = _place(node)
        self._found.append(Finding(rule, file, line, element, vi, en, *remedy, severity, "standard"))

    def note_not_executable(self, file: str, process: Any) -> None:
        """Note that a process is a drawing only, which is nothing wrong, and how to make it run."""
        self._found.append(
            Finding(
                "process-not-executable",
                file,
                process.line,
                process.id,
                f"Quy trình “{process.id}” chưa được đánh dấu là chạy được.",
                f"The process “{process.id}” is not marked as executable.",
                'Đặt isExecutable="true" cho quy trình nếu muốn chạy.',
                'Set isExecutable="true" on the process if it is meant to run.',
                "note",
                "runtime",
            )
        )

    def take_as_warnings(self, others: Findings, *, unless: bool) -> None:
        """Take over what another reading found; its errors become warnings `unless` told otherwise."""
        for finding in others.everything:
            demoted = finding.severity == "error" and not unless
            self._found.append(replace(finding, severity="warning") if demoted else finding)

    def _note(
        self, rule: str, file: str, node: Any, vi: str, en: str, remedy: tuple[str, str], *, warning: bool
    ) -> None:
        line, element = _place(node)
        family: Literal["standard", "runtime"] = "standard" if rule.startswith(_OF_THE_FILE) else "runtime"
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        self._found.append(Finding(rule, file, line, element, vi, en, *remedy, severity, family))

    @property
    def everything(self) -> tuple[Finding, ...]:
        """All findings by file and line, each once."""
        return tuple(sorted(dict.fromkeys(self._found), key=_order))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What makes the diagram unusable, by file and line."""
        return tuple(sorted((each for each in self._found if each.severity == "error"), key=_order))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be mended, by file and line."""
        return tuple(sorted((each for each in self._found if each.severity == "warning"), key=_order))

    def refuse(self) -> None:
        """Raise DiagramRefused if there is any error."""
        if self.errors:
            raise DiagramRefused(self.errors)


def _order(finding: Finding) -> tuple[str, int, str]:
    return finding.file, finding.line or 0, finding.rule


def _place(node: Any) -> tuple[int | None, str | None]:
    if node is None or isinstance(node, int):
        return node, None
    if hasattr(node, "sourceline"):
        return node.sourceline, node.get("id")
    return node.line, node.id
