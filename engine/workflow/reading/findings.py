"""Gather everything that is wrong with a diagram before refusing it."""

from __future__ import annotations

from typing import Any

from engine.workflow.errors import DiagramRefused, Finding


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

    def _note(
        self, rule: str, file: str, node: Any, vi: str, en: str, remedy: tuple[str, str], *, warning: bool
    ) -> None:
        line, element = _place(node)
        severity = "warning" if warning else "error"
        self._found.append(Finding(rule, file, line, element, vi, en, remedy[0], remedy[1], severity))  # type: ignore[arg-type]

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
