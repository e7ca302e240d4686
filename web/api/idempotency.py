"""A request that is sent again with its `Idempotency-Key` gets the first answer and changes nothing.

The answer is stored in the transaction of the request itself, so either both are there or neither. Refusals change
nothing and are not stored: the same request may be sent again after its cause is gone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import IdempotentAnswer
from engine.organisation.actors import Actor
from web.api.reading import body_data
from web.api.refusals import IdempotencyKeyReused, WrongIdempotencyKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The key of a request, whose it is, and a digest of what was asked."""

    person_id: int
    key: str
    digest: str


def repeatable(actor: Actor) -> Repeatable | None:
    """The request's key, or None where it carries none. Raises WrongIdempotencyKey, MalformedJson."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise WrongIdempotencyKey(most=LONGEST)
    return Repeatable(actor.id, key, _digest())


def earlier_answer(session: Session, asked: Repeatable) -> IdempotentAnswer | None:
    """The answer given before; a twin that is under way is waited for. Raises IdempotencyKeyReused.

    The lock is the transaction's own and is let go with it.
    """
    lock = func.hashtextextended(f"{asked.person_id}:{asked.key}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    stored = session.get(IdempotentAnswer, (asked.person_id, asked.key))
    if stored is not None and stored.request_digest != asked.digest:
        raise IdempotencyKeyReused(key=asked.key)
    return stored


def remember(session: Session, asked: Repeatable, now: datetime, status: int, body: dict[str, Any]) -> None:
    """Keep the answer beside what the request has changed."""
    session.add(
        IdempotentAnswer(
            person_id=asked.person_id,
            key=asked.key,
            request_digest=asked.digest,
            status=status,
            body=body,
            created_at=now,
        )
    )


def _digest() -> str:
    """SHA-256 over method, address and body; how the JSON is spaced and ordered makes no difference."""
    body = json.dumps(body_data(), sort_keys=True)
    return hashlib.sha256("\n".join((request.method, request.full_path, body)).encode()).hexdigest()
