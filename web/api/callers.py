"""Who is calling: the person whose bearer token the request carries; cookies are never looked at."""

from __future__ import annotations

from flask import request

from engine.organisation.actors import Actor
from engine.organisation.queries import actor_by_token
from web.api.refusals import TokenMissing
from web.unit_of_work import now, session


def caller() -> Actor:
    """The person who stands behind the request. Raises TokenMissing or TokenInvalid."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing()
    return actor_by_token(session(), now(), token.strip())
