"""Addresses at which nothing lives, and methods that an address does not take: refused as everything else is."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from web.api.interface import blueprint
from web.api.refusals import UnknownAddress

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@blueprint.route("/", defaults={"rest": ""}, methods=METHODS)
@blueprint.route("/<path:rest>", methods=METHODS)
def elsewhere(rest: str) -> Any:
    """Refuse with 405 where another method would do, else with 404."""
    taken = [method for method in METHODS if _leads_somewhere(method)]
    if taken:
        raise MethodNotAllowed(taken)
    raise UnknownAddress(path=request.path)


def _leads_somewhere(method: str) -> bool:
    adapter = request_ctx.url_adapter
    assert adapter is not None
    try:
        endpoint, _ = adapter.match(method=method)
    except HTTPException:
        return False
    return bool(endpoint != request.endpoint)
