"""What is asked for twice under one key is done once: the first answer is kept in the transaction of what it changed.

So either both are there or neither. Refusals change nothing and are not kept: the same may be asked again after their
cause is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import IdempotentAnswer


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The key of a request, whose it is, and a digest of what was asked."""

    person_id: int
    key: str
    digest: str


def kept_answer(session: Session, asked: Repeatable) -> IdempotentAnswer | None:
    """The answer given before under this key; a twin that is under way is waited for.

    The lock is the transaction's own and is let go with it.
    """
    lock = func.hashtextextended(f"{asked.person_id}:{asked.key}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    return session.get(IdempotentAnswer, (asked.person_id, asked.key))


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
