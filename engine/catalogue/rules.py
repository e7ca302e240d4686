"""Which version is in force, and what its decision tables say of a dossier: papers, fees and the time limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.catalogue.definitions import ProcedureDefinition
from engine.catalogue.limits import LegalLimit, legal_limit
from engine.catalogue.models import ProcedureVersion
from engine.catalogue.refusals import DecisionUnusable, NoLegalLimit
from engine.catalogue.rows import Row
from engine.forms import FieldKind
from engine.workflow import decide

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
    name_en: str
    """The Vietnamese one where the table gives no other; so with the note."""
    note_en: str


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
    name_en: str
    """The Vietnamese one where the table gives no other."""

    @property
    def amount(self) -> int:
        """What the line costs."""
        return self.unit_amount * self.quantity


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
    components = tuple(_component(Row("components", row)) for row in _decided(definition, "components", facts))
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
    lines = (_fee_line(Row("fees", row)) for row in rows)
    return tuple(line for line in lines if line.quantity)


def limit_for(definition: ProcedureDefinition, facts: Mapping[str, Any]) -> LegalLimit:
    """The time limit for a dossier with these facts; raises NoLegalLimit, DecisionUnusable, StepFailed."""
    rows = _decided(definition, "deadline", facts)
    if not rows:
        raise NoLegalLimit()
    return legal_limit(Row("deadline", rows[0]))


def _decided(definition: ProcedureDefinition, decision: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the decision says; questions of the intake form that have no answer (yet) count as 0, no, or nothing."""
    form = definition.forms[definition.properties.intake_form]
    unanswered = {
        field.key: UNANSWERED.get(field.kind)
        for field in form.fields()
        if len(field.path) == 1 and facts.get(field.key) is None
    }
    return decide(definition.workflow, decision, {**facts, **unanswered})


def _component(row: Row) -> RequiredComponent:
    return RequiredComponent(
        code=row.text("code"),
        name=row.text("name"),
        originals=row.whole("originals", 0),
        copies=row.whole("copies", 0),
        required=row.boolean("required"),
        note=row.text("note", ""),
        template=row.text("template", ""),
        name_en=row.text("name_en", "") or row.text("name"),
        note_en=row.text("note_en", "") or row.text("note", ""),
    )


def _fee_line(row: Row) -> FeeLine:
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
        name_en=row.text("name_en", "") or row.text("name"),
    )
