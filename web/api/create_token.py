"""POST /tokens: a bearer token in exchange for user name and password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.organisation import operations
from engine.organisation.queries import actor_for, local_day
from engine.organisation.refusals import WrongCredentials
from web.api.interface import operation
from web.api.shapes.tokens import Token, TokenRequest
from web.unit_of_work import commit
from web.visitors import logging_in_from


@operation(
    "createToken",
    "POST",
    "/tokens",
    tag="Tokens",
    answer=Token,
    status=201,
    body=TokenRequest,
    refuses={
        401: "User name or password is wrong.",
        429: "Too many wrong passwords came for this user name or network; `Retry-After` says when it opens again.",
    },
    public=True,
)
def create_token(session: Session, now: datetime, body: TokenRequest) -> Token:
    """Create a bearer token for the person with this user name and password.

    Its text is in this answer only. After several wrong passwords the user name is locked for some minutes,
    after very many from one network that network.
    """
    person = operations.authenticate(session, now, body.username, body.password, network=logging_in_from())
    if person is None:
        commit()  # The failure is counted although the request is refused.
        raise WrongCredentials()
    actor = actor_for(session, person, local_day(now))
    token, secret = operations.create_token(session, actor, now, person, body.name, days=body.days)
    return Token(token=secret, name=token.name, expires_at=token.expires_at, person=person.full_name)
