"""The process-level properties of a procedure's diagram, typed: what the office must know of it besides the flow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from engine.words import Words
from engine.workflow import Definition, Finding
from engine.worktime import SuspensionPolicy

PROCEDURE_CODE = re.compile(r"\d\.\d{6}")
USUAL_INTAKE_FORM = "intake"

Value = TypeVar("Value")


class RefundRule(Words):
    """What is paid back of the money taken: when the applicant withdraws, and when more was paid than is due."""

    NONE = "none", "Không hoàn", "Nothing"
    FULL = "full", "Hoàn toàn bộ", "Everything"


@dataclass(frozen=True, slots=True)
class ProcedureProperties:
    """What a version says about itself, in `camunda:properties` of its process."""

    code: str
    """The national code, `2.000134`."""
    name: str
    name_en: str
    field: str
    """Lĩnh vực."""
    field_en: str
    """The Vietnamese one where the diagram gives no other; so with the result."""
    field_code: str
    deciding_units: tuple[str, ...]
    """Unit codes as drawn; `engine.organisation.queries.unit_on` says who they are on a day."""
    legal_basis: str
    effective_from: date
    effective_to: date | None
    result: str
    """What the applicant gets, in Vietnamese."""
    result_en: str
    supplement_policy: SuspensionPolicy
    intake_form: str
    withdrawal_refund: RefundRule
    excess_refund: RefundRule


_PLACE_VI = {"name": "tên của quy trình (không phải tên của khung)"}
_PLACE_EN = {"name": "the name of the process (not that of the pool)"}


class PropertiesUnusable(Exception):
    """Properties are missing or wrong; `problems` says which, each with Vietnamese and English words."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(english for _, _, english in problems))

    def findings(self, file: str, line: int | None, element_id: str) -> tuple[Finding, ...]:
        """The problems as findings about the process `element_id` of `file`."""
        return tuple(
            Finding(
                rule=f"process-property-{name.replace('_', '-')}",
                file=file,
                line=line,
                element_id=element_id,
                message_vi=vi,
                message_en=en,
                remedy_vi=f"Điền {_PLACE_VI.get(name, f'thuộc tính mở rộng “{name}” của quy trình')}.",
                remedy_en=f"Fill in {_PLACE_EN.get(name, f'the extension property “{name}” of the process')}.",
            )
            for name, vi, en in self.problems
        )


def read_properties(definition: Definition) -> ProcedureProperties:
    """The properties of a procedure's process; raises PropertiesUnusable with everything that is wrong."""
    reader = _Reader(definition.properties)
    properties = ProcedureProperties(
        code=reader.pattern("code", PROCEDURE_CODE, "2.000134"),
        name=definition.name,
        name_en=reader.text("name_en"),
        field=reader.text("field"),
        field_en=reader.text("field_en", definition.properties.get("field", "")),
        field_code=reader.text("field_code", ""),
        deciding_units=reader.codes("deciding_unit"),
        legal_basis=reader.text("legal_basis"),
        effective_from=reader.day("effective_from") or date.max,
        effective_to=reader.day("effective_to", optional=True),
        result=reader.text("result"),
        result_en=reader.text("result_en", definition.properties.get("result", "")),
        supplement_policy=reader.member("supplement_policy", SuspensionPolicy, SuspensionPolicy.EXTEND),
        intake_form=reader.text("intake_form", USUAL_INTAKE_FORM),
        withdrawal_refund=reader.member("withdrawal_refund", RefundRule, RefundRule.NONE),
        excess_refund=reader.member("excess_refund", RefundRule, RefundRule.NONE),
    )
    if not definition.name.strip():
        reader.wrong("name", "Quy trình chưa có tên.", "The process has no name.")
    if properties.effective_to and properties.effective_to < properties.effective_from:
        reader.wrong(
            "effective_to",
            "Ngày hết hiệu lực trước ngày có hiệu lực.",
            "The last day in force lies before the first.",
        )
    if reader.problems:
        raise PropertiesUnusable(reader.problems)
    return properties


class _Reader:
    """Reads one property after the other and keeps what is wrong."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[tuple[str, str, str]] = []

    def wrong(self, name: str, vi: str, en: str) -> None:
        self.problems.append((name, vi, en))

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, "").strip()
        if not value and default is None:
            self.wrong(name, f"Thiếu thuộc tính “{name}”.", f"The property “{name}” is missing.")
        return value or default or ""

    def pattern(self, name: str, pattern: re.Pattern[str], example: str) -> str:
        value = self.text(name)
        if value and not pattern.fullmatch(value):
            self.wrong(
                name,
                f"“{name}” là “{value}”, cần dạng {example}.",
                f"“{name}” is “{value}”; it must be written as {example}.",
            )
        return value

    def codes(self, name: str) -> tuple[str, ...]:
        return tuple(code.strip() for code in self.text(name).split(",") if code.strip())

    def day(self, name: str, *, optional: bool = False) -> date | None:
        value = self.text(name, "" if optional else None)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.wrong(
                name,
                f"“{name}” là “{value}”, cần một ngày dạng 2026-01-31.",
                f"“{name}” is “{value}”; a date such as 2026-01-31 is needed.",
            )
        return None

    def member(self, name: str, known: type[Value], default: Value) -> Value:
        value = self.text(name, "")
        choices: dict[str, Value] = {member.value: member for member in known}  # type: ignore[attr-defined]
        if value and value not in choices:
            listed = ", ".join(choices)
            self.wrong(
                name,
                f"“{name}” là “{value}”, chỉ được dùng: {listed}.",
                f"“{name}” is “{value}”; known are: {listed}.",
            )
        return choices.get(value, default)
