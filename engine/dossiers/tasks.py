"""Background work on dossiers: waking those whose timers are due."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection
from datetime import datetime

import structlog
from sqlalchemy import ARRAY, DateTime, Integer, all_, bindparam, select
from sqlalchemy.orm import Session

from engine.database.direct import Prepared
from engine.dossiers.failures import is_passing, reason_of
from engine.dossiers.incidents import note_failed_timer
from engine.dossiers.models import Dossier, WorkflowState
from engine.dossiers.operations import fire_due_timers

LOG = structlog.get_logger(__name__)


def due_dossiers(session: Session, now: datetime, size: int = 100, without: Collection[int] = ()) -> list[int]:
    """Take up to `size` dossiers with a timer due at `now`, longest overdue first, and keep them locked.

    Passed over are dossiers on which somebody else works at this moment, so that no worker waits for another or for a
    person; those with an incident, which must not be in the way; and those named in `without`.
    """
    return [dossier_id for (dossier_id,) in _DUE.rows(session, now=now, size=size, without=list(without))]


_DUE = Prepared(
    lambda: (
        select(WorkflowState.dossier_id)
        .join(Dossier, Dossier.id == WorkflowState.dossier_id)
        .where(
            WorkflowState.next_due_at <= bindparam("now", type_=DateTime(timezone=True)),
            ~WorkflowState.halted,
            WorkflowState.dossier_id != all_(bindparam("without", type_=ARRAY(Integer))),
        )
        .order_by(WorkflowState.next_due_at)
        .limit(bindparam("size", type_=Integer))
        .with_for_update(of=Dossier, skip_locked=True)
    )
)


def wake_due_dossiers(sessions: Callable[[], Session], now: datetime, size: int = 100) -> int:
    """Fire the due timers of up to `size` dossiers, each in a transaction of its own; returns how many fired.

    Any number of workers may do this at once: each takes, one after the other, the longest overdue dossier that nobody
    else has. A dossier whose step fails is left as it was, becomes an incident, and never stops the others.
    """
    fired, taken = 0, set[int]()
    while fired < size and (went_off := _wake_next(sessions, now, taken)) is not None:
        fired += went_off
    return fired


def _wake_next(sessions: Callable[[], Session], now: datetime, taken: set[int]) -> bool | None:
    """Whether the next dossier's timers fired; None when there is none beside those `taken`, which it joins."""
    dossier_id = None
    try:
        with sessions() as session, session.begin():
            for dossier_id in due_dossiers(session, now, 1, taken):
                taken.add(dossier_id)
                return fire_due_timers(session, now, dossier_id)
            return None
    except Exception as failure:
        if dossier_id is None:
            raise
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
