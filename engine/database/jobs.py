"""Background jobs: put into the queue by the transaction that wants them, taken out by any number of workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson
import procrastinate
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from engine.database.direct import Prepared

JobFunction = Callable[..., object]
"""What runs for a job: called with `(session, now, **arguments)` in a transaction of its own, which the queue commits.

It may run again after a crash (at least once, never silently not), so it must bear being repeated.
"""

GivenUp = Callable[..., object]
"""What notes for people that the last attempt of a job has failed, in a transaction of its own.

Called with `(session, now, failure, **arguments)`; it may run again after a crash, so it must bear being repeated.
"""

ATTEMPTS = 6
"""How often a failing job is tried before it stays in the table as failed."""

PAUSE = 5
"""Seconds before the second attempt; each later pause is this many times as long: 5 s, 25 s, 2 min, 10 min, 52 min."""

DEFER = Prepared(
    lambda: text(
        """
    SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :task, :priority, :lock, :queueing_lock, CAST(:arguments AS jsonb), :scheduled_at)
    ]::procrastinate_job_to_defer_v1[]))
    """
    )
)


def defer(
    session: Session,
    task_name: str,
    *,
    arguments: Mapping[str, Any],
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    scheduled_at: datetime | None = None,
    priority: int = 0,
) -> int | None:
    """Put a job into the queue within the session's transaction: it exists exactly if that transaction commits.

    Jobs with the same `lock` run one after the other. While a job with the same `queueing_lock` waits, no second one is
    added; the transaction goes on and the answer is None. Otherwise the answer is the job's id. `arguments` are JSON.
    """
    values = {
        "task": task_name,
        "arguments": orjson.dumps(dict(arguments)).decode(),
        "queue": queue,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "scheduled_at": scheduled_at,
        "priority": priority,
    }
    if queueing_lock is not None and _is_waiting(session, queueing_lock):
        return None
    ((job_id,),) = DEFER.rows(session, **values)
    return int(job_id)


def _is_waiting(session: Session, queueing_lock: str) -> bool:
    """Whether such a job waits; who asks at the same moment waits for the answer until the other has committed."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 4071703))"), {"name": queueing_lock})
    waiting = text("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = :name AND status = 'todo'")
    return session.execute(waiting, {"name": queueing_lock}).first() is not None


def make_queue(
    url: str,
    sessions: sessionmaker[Session],
    functions: Mapping[str, JobFunction],
    clock: Callable[[], datetime],
    wait_for_turn: Callable[[], object] = lambda: None,
    given_up: Mapping[str, GivenUp] = MappingProxyType({}),
) -> procrastinate.App:
    """The queue on the database at `url`, with a task for each of `functions`, by name.

    Each job calls `wait_for_turn` in its thread before its transaction begins. When its last attempt has failed, the
    function of its name in `given_up` notes that, if there is one.
    """
    connector = procrastinate.PsycopgConnector(
        conninfo=url.replace("postgresql+psycopg://", "postgresql://", 1),
        min_size=1,
        max_size=6,
        kwargs={"options": "-c timezone=UTC", "application_name": "motcua worker"},
    )
    queue = procrastinate.App(connector=connector)
    for name, function in functions.items():
        # procrastinate counts the attempts before this one.
        retry = procrastinate.RetryStrategy(max_attempts=ATTEMPTS - 1, exponential_wait=PAUSE)
        run = _in_transaction(sessions, function, clock, wait_for_turn, given_up.get(name))
        queue.task(name=name, retry=retry, pass_context=True)(run)
    return queue


def _in_transaction(
    sessions: sessionmaker[Session],
    function: JobFunction,
    clock: Callable[[], datetime],
    wait_for_turn: Callable[[], object],
    given_up: GivenUp | None,
) -> Callable[..., None]:
    def run(context: procrastinate.JobContext, **arguments: Any) -> None:
        wait_for_turn()
        try:
            with sessions.begin() as session:
                function(session, clock(), **arguments)
        except Exception as failure:
            if given_up is not None and context.job.attempts >= ATTEMPTS - 1:
                with sessions.begin() as session:
                    given_up(session, clock(), failure, **arguments)
            raise

    return run


async def rescue_stalled_jobs(queue: procrastinate.App, now: datetime) -> int:
    """Give the jobs of workers that died back to the queue; returns how many."""
    stalled = list(await queue.job_manager.get_stalled_jobs())
    for job in stalled:
        await queue.job_manager.retry_job(job, retry_at=now)
    return len(stalled)
