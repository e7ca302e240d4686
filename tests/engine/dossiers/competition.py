"""Two transactions on one thing: one stands in the middle, the other waits for it, then the first dies or commits."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

Result = TypeVar("Result")

LONGEST_WAIT = 60.0
"""Seconds; far more than is needed on an idle machine."""


def second_after_the_first_dies(sessions: sessionmaker[Session], act: Callable[[Session], Result]) -> Result:
    """What the second transaction answers when the first is killed by the server between its writes and its commit."""
    with sessions() as dying:
        act(dying)
        dying.flush()
        backend = dying.scalar(select(func.pg_backend_pid()))
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(_committed, sessions, act)
            wait_until_blocked(sessions, backend)
            with sessions() as killer:
                killer.execute(select(func.pg_terminate_backend(backend)))
            result = second.result(timeout=LONGEST_WAIT)
        with pytest.raises(OperationalError):
            dying.commit()
    return result


def second_after_the_first_commits(sessions: sessionmaker[Session], act: Callable[[Session], Result]) -> Result:
    """What the second transaction answers, or raises, when it has waited for the first to commit."""
    with sessions() as first:
        act(first)
        first.flush()
        backend = first.scalar(select(func.pg_backend_pid()))
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(_committed, sessions, act)
            wait_until_blocked(sessions, backend)
            first.commit()
            return second.result(timeout=LONGEST_WAIT)


def _committed(sessions: sessionmaker[Session], act: Callable[[Session], Result]) -> Result:
    with sessions.begin() as session:
        return act(session)


def wait_until_blocked(sessions: sessionmaker[Session], by: int | None) -> None:
    """Until another backend of this server waits for a lock of the backend `by`."""
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE :by = ANY(pg_blocking_pids(pid))")
    with sessions() as session:
        deadline = time.monotonic() + LONGEST_WAIT
        while not session.scalar(blocked, {"by": by}):
            session.rollback()
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)
