"""Which version is in force, and what its decision tables say of a dossier: papers, fees and the time limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalogue.definitions import ProcedureDefinition
from engine.catalogue.models import ProcedureVersion
from engine.catalogue.refusals import DecisionUnusable, NoLegalLimit
from engine.forms import FieldKind
from engine.refusals import Refusal
from engine.workflow import decide
from engine.worktime import Limit, LimitUnit

UNCOUNTED = (LimitUnit.SAME_DAY, LimitUnit.NONE)
FEE_KINDS = ("phi", "le_phi")
UNANSWERED = {FieldKind.NUMBER: 0, FieldKind.CHECKBOX: False}


@dataclass(frozen=True, slots=True)
class RequiredComponent:
    """A paper on the published list: how many originals and copies, and whether it must be there."""

    code: str
    name: str
    originals: int
    copies: int
    required: bool
    note: str
    template: str
    """The number of the form to be used; empty without one."""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One amount to be paid, in whole VND."""

    code: str
    kind: str
    """`phi` (price of a service) or `le_phi` (charge): two different moneys (domain 8)."""
    name: str
    unit_amount: int
    quantity: int
    legal_basis: str

    @property
    def amount(self) -> int:
        """What the line costs."""
        return self.unit_amount * self.quantity


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """How long the agency has: what it has committed itself to, and what the law would allow (domain 2.3)."""

    limit: Limit
    legal_limit: Limit | None
    """The law's own limit; None where the table does not say."""
    legal_basis: str


def version_in_force(versions: Iterable[ProcedureVersion], on: date) -> ProcedureVersion | None:
    """The version that counts on `on`: of those whose period contains the day, the one published last."""
    in_force = (
        version
        for version in versions
        if version.effective_from <= on and (version.effective_to is None or on <= version.effective_to)
    )
    return max(in_force, key=lambda version: version.number, default=None)


def components_for(definition: ProcedureDefinition, facts: Mapping[str, Any]) -> tuple[RequiredComponent, ...]:
    """The published list of papers for a dossier with these facts; raises DecisionUnusable, StepFailed."""
    components = tuple(_component(_Row("components", row)) for row in _decided(definition, "components", facts))
    codes = [component.code for component in components]
    for code in codes:
        if codes.count(code) > 1:
            raise DecisionUnusable(decision="components", column="code", value=f"{code}, {code}")
    return components


def fees_for(definition: ProcedureDefinition, facts: Mapping[str, Any]) -> tuple[FeeLine, ...]:
    """What a dossier with these facts costs; lines of quantity 0 are left out. Raises DecisionUnusable, StepFailed."""
    if not definition.has_fees:
        return ()
    return fee_lines(_decided(definition, "fees", facts))


def fee_lines(rows: Iterable[Mapping[str, Any]]) -> tuple[FeeLine, ...]:
    """Rows of the decision `fees` as lines; raises DecisionUnusable."""
    lines = (_fee_line(_Row("fees", row)) for row in rows)
    return tuple(line for line in lines if line.quantity)


def limit_for(definition: ProcedureDefinition, facts: Mapping[str, Any]) -> LegalLimit:
    """The time limit for a dossier with these facts; raises NoLegalLimit, DecisionUnusable, StepFailed."""
    rows = _decided(definition, "deadline", facts)
    if not rows:
        raise NoLegalLimit()
    row = _Row("deadline", rows[0])
    unit = row.text("unit")
    return LegalLimit(
        limit=row.limit("amount", unit),
        legal_limit=row.limit("legal_amount", unit) if row.has("legal_amount") else None,
        legal_basis=row.text("legal_basis", ""),
    )


def _decided(definition: ProcedureDefinition, decision: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the decision says; questions of the intake form that have no answer (yet) count as 0, no, or nothing."""
    form = definition.forms[definition.properties.intake_form]
    unanswered = {
        field.key: UNANSWERED.get(field.kind)
        for field in form.fields()
        if len(field.path) == 1 and facts.get(field.key) is None
    }
    return decide(definition.workflow, decision, {**facts, **unanswered})


def _component(row: _Row) -> RequiredComponent:
    return RequiredComponent(
        code=row.text("code"),
        name=row.text("name"),
        originals=row.whole("originals", 0),
        copies=row.whole("copies", 0),
        required=row.boolean("required"),
        note=row.text("note", ""),
        template=row.text("template", ""),
    )


def _fee_line(row: _Row) -> FeeLine:
    kind = row.text("kind")
    if kind not in FEE_KINDS:
        raise row.unusable("kind")
    return FeeLine(
        code=row.text("code"),
        kind=kind,
        name=row.text("name"),
        unit_amount=row.whole("unit_amount"),
        quantity=row.whole("quantity", 1),
        legal_basis=row.text("legal_basis", ""),
    )


class _Row:
    """One row that a decision gave, read column by column."""

    def __init__(self, decision: str, values: Mapping[str, Any]) -> None:
        self.decision = decision
        self.values = values

    def has(self, column: str) -> bool:
        return self.values.get(column) is not None

    def unusable(self, column: str) -> DecisionUnusable:
        return DecisionUnusable(decision=self.decision, column=column, value=self.values.get(column))

    def text(self, column: str, default: str | None = None) -> str:
        value = self.values.get(column)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not (value.strip() or default is not None):
            raise self.unusable(column)
        return value.strip()

    def whole(self, column: str, default: int | None = None) -> int:
        """A whole number from 0 on; 2.0 counts as 2, for tables do not tell them apart."""
        value = self.values.get(column)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value // 1 or value < 0:
            raise self.unusable(column)
        return int(value)

    def boolean(self, column: str) -> bool:
        value = self.values.get(column)
        if not isinstance(value, bool):
            raise self.unusable(column)
        return value

    def limit(self, column: str, unit: str) -> Limit:
        amount = self.values.get(column)
        try:
            return Limit.read("0" if unit in UNCOUNTED or amount is None else str(amount), unit)
        except Refusal as refusal:
            raise self.unusable(column) from refusal
