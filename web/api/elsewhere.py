"""Addresses at which nothing lives, and methods that an address does not take: refused as everything else is."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from web import refusals
from web.api.problems import http_answer, refusal_answer
from web.api.refusals import UnknownAddress

PROGRAMS = "/api/"
"""Below here programs ask; everywhere else people do."""


def elsewhere(error: HTTPException) -> Response:
    """Refuse what leads nowhere: a program by problem details, a person by a page."""
    if not request.path.startswith(PROGRAMS):
        return refusals.http_page(error)
    if isinstance(error, NotFound):
        return refusal_answer(UnknownAddress(path=request.path))
    return http_answer(error)


def install(application: Flask) -> None:
    """Answer for addresses that no blueprint claims, whose refusals no blueprint can answer either."""
    application.register_error_handler(NotFound, elsewhere)
    application.register_error_handler(MethodNotAllowed, elsewhere)
