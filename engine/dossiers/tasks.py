"""Background work on dossiers: waking those whose timers are due."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dossiers.failures import is_passing, reason_of
from engine.dossiers.incidents import note_failed_timer
from engine.dossiers.models import WorkflowState
from engine.dossiers.operations import fire_due_timers
from engine.dossiers.refusals import AlreadyClosed

LOG = structlog.get_logger(__name__)


def due_dossiers(session: Session, now: datetime, size: int = 100) -> list[int]:
    """Ids of dossiers with a timer due at `now`, longest overdue first; those with an incident stay out of the way."""
    statement = (
        select(WorkflowState.dossier_id)
        .where(WorkflowState.next_due_at <= now, ~WorkflowState.halted)
        .order_by(WorkflowState.next_due_at)
        .limit(size)
    )
    return list(session.scalars(statement))


def wake_due_dossiers(sessions: Callable[[], Session], now: datetime, size: int = 100) -> int:
    """Fire the due timers of up to `size` dossiers, each in a transaction of its own; returns how many fired.

    Several workers may do this at once: the dossier's row lock lets one of them fire, and the others then find
    nothing due. A dossier whose step fails is left as it was, becomes an incident, and never stops the others.
    """
    with sessions() as session:
        candidates = due_dossiers(session, now, size)
    return sum(_wake(sessions, now, dossier_id) for dossier_id in candidates)


def _wake(sessions: Callable[[], Session], now: datetime, dossier_id: int) -> bool:
    try:
        with sessions() as session, session.begin():
            return fire_due_timers(session, now, dossier_id)
    except AlreadyClosed:
        return False
    except Exception as failure:
        if is_passing(failure):
            LOG.warning("timer_put_off", dossier_id=dossier_id, reason=type(failure).__name__)
        else:
            LOG.error("timer_failed", dossier_id=dossier_id, reason=reason_of(failure).en, at=_place(failure))
            _note(sessions, now, dossier_id, failure)
        return False


def _note(sessions: Callable[[], Session], now: datetime, dossier_id: int, failure: Exception) -> None:
    """In a transaction of its own, because that of the timer is gone; if this fails too, the next look tries again."""
    try:
        with sessions() as session, session.begin():
            note_failed_timer(session, now, dossier_id, failure)
    except Exception as second:
        LOG.error("incident_not_written", dossier_id=dossier_id, reason=reason_of(second).en, at=_place(second))


def _place(failure: Exception) -> str:
    """Where in the program it failed; the log never gets the values that were at hand, which are people's data."""
    return "".join(traceback.format_tb(failure.__traceback__, limit=-3))
