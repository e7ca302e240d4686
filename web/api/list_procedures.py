"""GET /procedures: what the centre receives today."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.catalogue.queries import OfferedProcedure, procedures_on
from engine.organisation.actors import Actor
from engine.organisation.queries import local_day
from web.api.interface import operation
from web.api.shapes.procedures import Procedure, ProcedurePage, ProcedureQuery, unit_head


@operation("listProcedures", "GET", "/procedures", tag="Procedures", answer=ProcedurePage, query=ProcedureQuery)
def list_procedures(session: Session, actor: Actor, now: datetime, query: ProcedureQuery) -> ProcedurePage:
    """List the procedures in force today, by code, with the units that decide them."""
    offered = sorted(procedures_on(session, local_day(now), query.search), key=lambda procedure: procedure.code)
    left = [procedure for procedure in offered if procedure.code > (query.after or "")]
    page = left[: query.size]
    return ProcedurePage(
        items=[_answer(session, procedure) for procedure in page],
        next=page[-1].code if len(left) > query.size else None,
    )


def _answer(session: Session, procedure: OfferedProcedure) -> Procedure:
    version = procedure.version
    return Procedure(
        code=procedure.code,
        name=version.name,
        name_en=version.name_en,
        field=version.field,
        field_en=definition_of(session, version.id).properties.field_en,
        version=version.number,
        legal_basis=version.legal_basis,
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        deciding_units=[unit_head(unit) for unit in procedure.deciding_units],
    )
