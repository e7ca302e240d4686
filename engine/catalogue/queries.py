"""Named reads of the catalogue: what is offered on a day, and which version counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, contains_eager

from engine.catalogue.models import Procedure, ProcedureFile, ProcedureVersion
from engine.catalogue.refusals import UnknownFile, UnknownProcedure
from engine.identities import fold
from engine.organisation.models import Unit
from engine.organisation.queries import UnitChart, during, unit_chart
from engine.refusals import Refusal


@dataclass(frozen=True, slots=True)
class OfferedProcedure:
    """A procedure that is received on the day asked for, and the units that decide it that day."""

    version: ProcedureVersion
    deciding_units: tuple[Unit, ...]

    @property
    def code(self) -> str:
        """The national code."""
        return self.version.procedure.code

    @property
    def name(self) -> str:
        """The name in Vietnamese."""
        return self.version.name


def version_on(session: Session, code: str, on: date) -> ProcedureVersion:
    """The version of the procedure `code` that is in force on `on`; raises UnknownProcedure."""
    version = session.scalar(_in_force(on).where(Procedure.code == code.strip()))
    if version is None:
        raise UnknownProcedure(code=code, on=f"{on:%d/%m/%Y}")
    return version


def procedures_on(
    session: Session,
    on: date,
    search: str | None = None,
    deciding_units: Collection[int] | None = None,
) -> list[OfferedProcedure]:
    """What is offered on `on`, best match first: every word of `search` occurs in the name (accents do not matter), in
    the English name, or in the code, and, where `deciding_units` (unit ids) are given, one of them decides. Three
    statements.
    """
    words = fold(search or "").split()
    statement = _in_force(on)
    chart = unit_chart(session)
    offered = (
        OfferedProcedure(version, tuple(_deciding(chart, version, on, deciding_units)))
        for version in session.scalars(statement)
        if _distance(version, words) is not None
    )
    return sorted(
        (procedure for procedure in offered if procedure.deciding_units),
        key=lambda procedure: (_distance(procedure.version, words), procedure.version.folded_name, procedure.code),
    )


def version_file(session: Session, version_id: int, name: str) -> bytes:
    """One file of a version as it was published, for example `procedure.bpmn`; raises UnknownFile."""
    content = session.scalar(
        select(ProcedureFile.content).where(ProcedureFile.version_id == version_id, ProcedureFile.name == name)
    )
    if content is None:
        raise UnknownFile(name=name)
    return content


def version_file_names(session: Session, version_id: int) -> list[str]:
    """The names of all files of a version, in order."""
    return list(
        session.scalars(
            select(ProcedureFile.name).where(ProcedureFile.version_id == version_id).order_by(ProcedureFile.name)
        )
    )


def _in_force(on: date) -> Select[ProcedureVersion]:
    """Of each procedure the version in force on `on` that was published last, with its procedure."""
    return (
        select(ProcedureVersion)
        .join(ProcedureVersion.procedure)
        .options(contains_eager(ProcedureVersion.procedure))
        .where(during(on, ProcedureVersion.effective_from, ProcedureVersion.effective_to))
        .ext(distinct_on(ProcedureVersion.procedure_id))
        .order_by(ProcedureVersion.procedure_id, ProcedureVersion.number.desc())
    )


def _deciding(chart: UnitChart, version: ProcedureVersion, on: date, wanted: Collection[int] | None) -> Iterator[Unit]:
    """The units that decide on `on`; a body that has ended without a successor decides nothing any more."""
    seen = set()
    for code in str(version.properties.get("deciding_unit", "")).split(","):
        try:
            unit = chart.unit_on(code.strip(), on, version.procedure.code)
        except Refusal:
            continue
        if unit.id not in seen and (wanted is None or unit.id in wanted):
            seen.add(unit.id)
            yield unit


def _distance(version: ProcedureVersion, words: list[str]) -> tuple[int, bool, bool] | None:
    """How far from what was typed: only in English, not the beginning of the name, not even beginnings of its words;
    None when it is not that procedure."""
    code = version.procedure.code
    for place, name in enumerate((version.folded_name, fold(version.name_en))):
        if all(word in name or word in code for word in words):
            begun = all(any(part.startswith(word) for part in (*name.split(), code)) for word in words)
            return place, not name.startswith(" ".join(words)), not begun
    return None
