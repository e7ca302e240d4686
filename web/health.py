"""Whether this process can serve: the database answers and its tables are those the code expects."""

from __future__ import annotations

from functools import cache

from alembic.script import ScriptDirectory
from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.database.migrating import MIGRATIONS
from web.unit_of_work import session

blueprint = Blueprint("health", __name__)


@cache
def expected_revision() -> str | None:
    """The newest migration that this code knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 once everything is ready, 503 with the reason otherwise."""
    try:
        found = session().execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), 503
    if found != [expected_revision()]:
        return jsonify(status="unavailable", database="ready", migrations="pending"), 503
    return jsonify(status="ready", database="ready", migrations="current"), 200
