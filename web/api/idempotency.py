"""A request that is sent again with its `Idempotency-Key` gets the first answer and changes nothing."""

from __future__ import annotations

import hashlib
import json

from flask import request
from sqlalchemy.orm import Session

from engine.dossiers.models import IdempotentAnswer
from engine.organisation.actors import Actor
from web.api.reading import body_data
from web.api.refusals import IdempotencyKeyReused, WrongIdempotencyKey
from web.repeating import Repeatable, kept_answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 120


def repeatable(actor: Actor, *, with_body: bool) -> Repeatable | None:
    """The request's key, or None where it carries none. Raises WrongIdempotencyKey, MalformedJson.

    What is sent to an operation without a body is ignored here too.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise WrongIdempotencyKey(most=LONGEST)
    return Repeatable(actor.id, key, _digest(with_body))


def earlier_answer(session: Session, asked: Repeatable) -> IdempotentAnswer | None:
    """The answer given before to the very same request. Raises IdempotencyKeyReused."""
    kept = kept_answer(session, asked)
    if kept is not None and kept.request_digest != asked.digest:
        raise IdempotencyKeyReused(key=asked.key)
    return kept


def _digest(with_body: bool) -> str:
    """SHA-256 over method, address and body; how the JSON is spaced and ordered makes no difference."""
    body = json.dumps(body_data(), sort_keys=True) if with_body else ""
    return hashlib.sha256("\n".join((request.method, request.full_path, body)).encode()).hexdigest()
