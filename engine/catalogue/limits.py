"""The law's periods inside a procedure, each with a name that expressions ask for: `limit('supplement')`.

They stand in decision tables: the procedure's own `limits.dmn` before `shared/limits.dmn`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.catalogue.refusals import DecisionUnusable, UnknownLimit
from engine.catalogue.rows import Row
from engine.refusals import Refusal
from engine.workflow import (
    Definition,
    Finding,
    FunctionCall,
    StepFailed,
    dates_in_column,
    decide,
    rules_accepting,
    written_rows,
)
from engine.worktime import Limit, LimitUnit

FUNCTION = "limit"
PERIOD = "received_on"
"""The column that says in which period a row counts."""
TABLES = ("limits", "shared_limits")
"""The decisions that are asked, in this order."""


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """How long there is: what the office has committed itself to, and what the law would allow (domain 2.3)."""

    limit: Limit
    legal_limit: Limit | None
    """The law's own limit; None where the table does not say."""
    legal_basis: str


def legal_limit(row: Row) -> LegalLimit:
    """The limit in a row of `deadline` or of a table of named limits; raises DecisionUnusable."""
    unit = row.text("unit")
    return LegalLimit(
        limit=row.limit("amount", unit),
        legal_limit=row.limit("legal_amount", unit) if row.has("legal_amount") else None,
        legal_basis=row.text("legal_basis", ""),
    )


def named_limit(definition: Definition, name: str, facts: Mapping[str, Any]) -> LegalLimit:
    """The limit of this name for a dossier with these facts; raises UnknownLimit, DecisionUnusable, StepFailed."""
    for table in _tables(definition):
        rows = [row for row in decide(definition, table, facts) if row.get("code") == name]
        if len(rows) > 1:
            raise DecisionUnusable(decision=table, column="code", value=f"{name}, {name}")
        if rows:
            return legal_limit(Row(table, rows[0]))
    raise UnknownLimit(name=name)


def wrong_limits(definition: Definition) -> Iterator[Finding]:
    """What is wrong with the tables of named limits, and with the expressions that ask for one."""
    known: set[str] = set()
    for table in _tables(definition):
        try:
            known |= {_checked(Row(table, row)) for row in written_rows(definition, table)}
        except (DecisionUnusable, StepFailed) as refusal:
            yield _unusable(definition.decision_tables[table].file, table, refusal)
            return
    for call in definition.calls:
        if call.function == FUNCTION and call.constants is None:
            yield _not_named(call)
        elif call.function == FUNCTION and known.isdisjoint(call.constants or ()):
            yield _unknown(call, known)


def limits_with_gaps(definition: Definition) -> Iterator[Finding]:
    """Limits that have no row for a day of reception after the first day for which they have one."""
    boundaries = {day for table in _tables(definition) for day in dates_in_column(definition, table, PERIOD)}
    days = sorted({day + timedelta(days=by) for day in boundaries for by in (-1, 0, 1)})
    for name, covered in _covered(definition, days).items():
        gap = next((day for day in days if day > min(covered) and day not in covered), None)
        if gap is not None:
            last = max(day for day in covered if day < gap)
            yield _gap(definition, name, gap, *covered[last])


def _covered(definition: Definition, days: Iterable[date]) -> dict[str, dict[date, tuple[str, int]]]:
    """For each limit the days that have a row, with its table and number; other conditions of the rows are let be."""
    covered: dict[str, dict[date, tuple[str, int]]] = {}
    for table in _tables(definition):
        names = [Row(table, row).text("code") for row in written_rows(definition, table)]
        for day in days:
            for number in rules_accepting(definition, table, PERIOD, day):
                covered.setdefault(names[number - 1], {}).setdefault(day, (table, number))
    return covered


def _gap(definition: Definition, name: str, gap: date, table: str, number: int) -> Finding:
    return Finding(
        rule="limit-gap",
        file=definition.decision_tables[table].file,
        line=None,
        element_id=table,
        message_vi=f"Thời hạn “{name}” không có dòng nào cho hồ sơ tiếp nhận ngày {gap:%d/%m/%Y}; dòng {number} chỉ áp "
        "dụng đến trước ngày đó.",
        message_en=f"The limit “{name}” has no row for dossiers received on {gap:%d/%m/%Y}; row {number} counts only "
        "until the day before.",
        remedy_vi=f"Kéo dài thời gian áp dụng của dòng {number}, hoặc thêm một dòng cho khoảng thời gian còn trống.",
        remedy_en=f"Let row {number} count longer, or add a row for the time that is left open.",
    )


def _tables(definition: Definition) -> Iterator[str]:
    return (table for table in TABLES if table in definition.decisions)


def _checked(row: Row) -> str:
    """The name of a row whose limit leads to a moment."""
    if legal_limit(row).limit.unit is LimitUnit.NONE:
        raise row.unusable("unit")
    return row.text("code")


def _unusable(file: str, table: str, refusal: Refusal) -> Finding:
    return Finding(
        rule="limit-unusable",
        file=file,
        line=None,
        element_id=table,
        message_vi=refusal.message("vi"),
        message_en=refusal.message("en"),
        remedy_vi="Mỗi dòng cần code, amount, unit viết bằng giá trị cụ thể; unit không được là “none”.",
        remedy_en="Every row needs code, amount and unit as plain values; the unit may not be “none”.",
    )


def _unknown(call: FunctionCall, known: set[str]) -> Finding:
    (name,), listed = call.constants or ("",), ", ".join(sorted(known)) or "-"
    return Finding(
        rule="limit-unknown",
        file=call.file,
        line=call.line,
        element_id=call.element_id,
        message_vi=f"Không có thời hạn nào tên “{name}”; đang có: {listed}.",
        message_en=f"There is no limit called “{name}”; known are: {listed}.",
        remedy_vi="Thêm một dòng vào limits.dmn của thủ tục hoặc shared/limits.dmn, hoặc sửa tên trong biểu thức.",
        remedy_en="Add a row to the procedure's limits.dmn or to shared/limits.dmn, or mend the name.",
    )


def _not_named(call: FunctionCall) -> Finding:
    return Finding(
        rule="limit-not-named",
        file=call.file,
        line=call.line,
        element_id=call.element_id,
        message_vi="limit() cần đúng một tên thời hạn, viết sẵn trong dấu nháy.",
        message_en="limit() takes exactly one name, written out in quotes.",
        remedy_vi="Viết ví dụ ${limit('supplement')}; muốn tính thì dùng working_days(n), calendar_days(n).",
        remedy_en="Write for example ${limit('supplement')}; to calculate, use working_days(n) or calendar_days(n).",
    )
