"""Published procedures, their versions and diagrams; read-only."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engine.catalogue.definitions import definition_of
from engine.catalogue.models import Procedure, ProcedureVersion
from engine.catalogue.queries import procedures_on
from engine.catalogue.refusals import UnknownVersion
from engine.organisation.models import Role
from engine.organisation.queries import local_day
from web.designer.checking import findings_on_disk
from web.dossiers.drawings import drawing
from web.guard import actor, open_to_everybody_known
from web.unit_of_work import now, session

blueprint = Blueprint("designer", __name__, template_folder="templates")

SEES_FINDINGS = (Role.PROCESS_DESIGNER, Role.ADMINISTRATOR)


@blueprint.get("/thu-tuc")
@open_to_everybody_known
def procedures() -> str:
    """The procedures in force today."""
    search = request.args.get("tim", "").strip()[:80]
    designing = any(actor().holds(role) for role in SEES_FINDINGS)
    return render_template(
        "designer/procedures.html",
        offered=procedures_on(session(), local_day(now()), search),
        search=search,
        findings=findings_on_disk() if designing else [],
        designing=designing,
    )


@blueprint.get("/thu-tuc/<int(max=2147483647):version_id>")
@open_to_everybody_known
def version(version_id: int) -> str:
    """One version: its diagram, its properties, and the other versions of the procedure."""
    shown = _version(version_id)
    return render_template(
        "designer/version.html", version=shown, properties=definition_of(session(), shown.id).properties
    )


@blueprint.get("/thu-tuc/<int(max=2147483647):version_id>/so-do")
@open_to_everybody_known
def diagram(version_id: int) -> Response:
    """The diagrams of a version for the viewer."""
    return jsonify(drawing(session(), _version(version_id).id))


def _version(version_id: int) -> ProcedureVersion:
    statement = (
        select(ProcedureVersion)
        .where(ProcedureVersion.id == version_id)
        .options(selectinload(ProcedureVersion.procedure).selectinload(Procedure.versions))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise UnknownVersion(version=version_id)
    return found
