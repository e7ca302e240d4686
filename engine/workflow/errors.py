"""Why a diagram cannot be read, or a step cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.refusals import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a diagram: what, where, and how to mend it."""

    rule: str
    """Stable name, for example `exclusive-gateway-needs-default`; documented in docs/bpmn-coverage.md."""
    file: str
    line: int | None
    element_id: str | None
    message_vi: str
    message_en: str
    remedy_vi: str = ""
    remedy_en: str = ""
    severity: Literal["error", "warning", "note"] = field(default="error")
    family: Literal["standard", "runtime", "house"] = field(default="house")
    """Who says so: the BPMN 2.0 standard, this engine (valid, but cannot be run here), or this office's conventions."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.element_id or '-'}: {self.rule}: {self.message_en} {self.remedy_en}".rstrip()


class DiagramRefused(Invalid):
    """A diagram, decision or expression that must not be published; `findings` says why."""

    vi = "Sơ đồ quy trình có lỗi, không thể ban hành: {summary}"
    en = "The diagram has errors and cannot be published: {summary}"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(summary="; ".join(str(finding) for finding in findings[:5]))


class TaskNotReady(Conflict):
    """The task to be completed is not open (any more)."""

    vi = "Công việc này đã được hoàn thành hoặc không còn chờ xử lý."
    en = "This task is not open any more."
    remedy_vi = "Hãy tải lại trang để xem hồ sơ đang ở bước nào."
    remedy_en = "Reload the page to see where the dossier stands."


class MessageNotAwaited(Conflict):
    """Nothing waits for the message now."""

    vi = "Quy trình hiện không chờ thông điệp “{message}”."
    en = "The workflow does not wait for the message “{message}” now."


class StepFailed(Invalid):
    """The step could not be finished: an expression failed, no flow could be taken, a service is missing."""

    vi = "Không thể chuyển bước tại “{element}”: {reason}"
    en = "The step failed at “{element}”: {reason}"
    remedy_vi = "Không có gì bị thay đổi. Hãy báo cho người thiết kế quy trình."
    remedy_en = "Nothing was changed. Tell the process designer."


class ErrorUncaught(StepFailed):
    """An error event was thrown and nothing catches its code."""


class NeverMovesOn(StepFailed):
    """Nothing is open, nothing is waited for, and yet the workflow has not ended."""


class ServiceMissing(StepFailed):
    """A service task names a topic that nobody serves."""


class StateUnreadable(Exception):
    """A saved state that this version cannot read: damaged, or written by an unknown version."""
