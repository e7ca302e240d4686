"""Receiving a dossier at the counter."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from engine.organisation.models import Role
from web.guard import open_to

blueprint = Blueprint("counter", __name__, template_folder="templates")


@blueprint.get("/tiep-nhan")
@open_to(Role.POST_CLERK)
def receive() -> str:
    """..."""
    return ""


@blueprint.get("/tiep-nhan/<uuid:task_id>")
@open_to(Role.POST_CLERK)
def receive_filed(task_id: UUID) -> str:
    """..."""
    return ""
