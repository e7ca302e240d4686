"""The words by which a diagram asks the house for something: roles, services and states; another word is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.organisation.models import Role
from engine.workflow import Definition, DrawnElement, Finding

TOPICS = frozenset(
    {
        *("register_dossier", "record_incomplete", "record_refusal", "record_charges", "record_payment"),
        *("record_hand_over", "record_take_over", "open_supplement", "close_supplement", "record_opinion_request"),
        *("record_opinion", "record_silence", "record_signature", "record_issue", "record_return", "stop_dossier"),
        *("notify_applicant", "record_fact"),
    }
)
"""The topics of service tasks; engine.dossiers offers them."""

STATES = frozenset(
    {
        *("submitted", "incomplete", "rejected", "received", "assigned", "examining", "consulting"),
        *("inspecting", "supplement_wait", "payment_wait", "awaiting_signature", "signed"),
        *("withdrawal_requested", "stopped", "result_ready", "returned"),
    }
)
"""What the property `state` may say; engine.dossiers gives each its meaning."""


def unknown_words(definition: Definition) -> Iterator[Finding]:
    """Elements that would stop the dossier when it reaches them, because the house does not know their word."""
    for element in definition.elements:
        if element.type == "userTask" and element.role not in set(Role) and "${" not in (element.role or ""):
            yield _unknown(element, "role", "vai trò", "camunda:candidateGroups", Role)
        if element.topic is not None and element.topic not in TOPICS:
            yield _unknown(element, "topic", "việc của hệ thống", "camunda:topic", TOPICS)
        if element.properties.get("state", "examining") not in STATES:
            yield _unknown(element, "state", "trạng thái", "state", STATES)


def _unknown(element: DrawnElement, what: str, what_vi: str, where: str, known: Iterable[str]) -> Finding:
    written = {"role": element.role, "topic": element.topic, "state": element.properties.get("state")}[what] or ""
    listed = ", ".join(sorted(known))
    return Finding(
        rule=f"{what}-unknown",
        file=element.file,
        line=element.line,
        element_id=element.id,
        message_vi=f"Không có {what_vi} “{written}”." if written else f"Chưa chọn {what_vi}.",
        message_en=f"There is no {what} “{written}”." if written else f"No {what} is chosen.",
        remedy_vi=f"Áp dụng mẫu phần tử, hoặc ghi ở {where} một trong: {listed}.",
        remedy_en=f"Apply an element template, or write into {where} one of: {listed}.",
    )
