"""The background worker: runs queued jobs and wakes dossiers whose timers are due, beside any number of others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import procrastinate
import psycopg
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from engine.command_line.environment import sessions_on, utc_now
from engine.database.jobs import GivenUp, JobFunction, make_queue, rescue_stalled_jobs
from engine.dossiers.former_holders import release_tasks_of, release_tasks_of_former_holders
from engine.dossiers.notifying import Mailer, SmtpMailer, note_untold, notify_applicant
from engine.dossiers.recalculating import recalculate_due_date
from engine.dossiers.sending import HttpPost, Post, note_unsent, send_message, send_what_had_no_address
from engine.dossiers.succession import continue_under_successors
from engine.dossiers.tasks import wake_due_dossiers
from engine.organisation.models import Person
from engine.settings import Settings, WrongSetting

LOG = structlog.get_logger(__name__)

TICK = 1.0
"""Seconds between two looks for due timers."""

BATCH = 10
"""Dossiers woken at one moment: the log gives that moment, so few. The next look follows at once while any is due."""

LONGEST_WAIT = 10.0
"""Seconds for which timers hold a job back at most."""

LOOK_AFTER = 600.0
"""Seconds between two looks for what nobody can go on with."""

LOOKED_AFTER: Mapping[str, Callable[[sessionmaker[Session], datetime], int]] = {
    "dossiers_passed_to_successors": continue_under_successors,
    "tasks_of_former_holders_released": release_tasks_of_former_holders,
}
"""Dossiers of units that have ended, and tasks of people whose role has ended; by what the log calls it."""

SHORTEST_SECRET = 16
"""Characters of the secret that signs outgoing messages."""

RESCUE = 30.0
"""Seconds between two looks for jobs of workers that died."""


def job_functions(settings: Settings) -> Mapping[str, JobFunction]:
    """Every kind of job, by the name under which rooms defer it."""
    mailer: Mailer | None = SmtpMailer(settings.mail_server, settings.mail_sender) if settings.mail_server else None
    post = outgoing_post(settings)
    return {
        "notify_applicant": partial(_notify_applicant, mailer),
        "send_message": partial(_send_message, post),
        "recalculate_due_date": recalculate_due_date,
        "release_tasks_of": _release_tasks_of,
    }


GIVEN_UP: Mapping[str, GivenUp] = {"notify_applicant": note_untold, "send_message": note_unsent}
"""What is written down when the last attempt of such a job has failed."""


def outgoing_post(settings: Settings) -> Post | None:
    """What carries messages out of the house; None without an address. Raises WrongSetting."""
    if not settings.outgoing_url:
        return None
    if not settings.outgoing_url.startswith(("http://", "https://")):
        raise WrongSetting(name="MOTCUA_OUTGOING_URL", reason="it must begin with https:// or http://")
    if len(settings.outgoing_secret) < SHORTEST_SECRET:
        raise WrongSetting(name="MOTCUA_OUTGOING_SECRET", reason=f"it needs at least {SHORTEST_SECRET} characters")
    return HttpPost(settings.outgoing_url, settings.outgoing_secret)


def _notify_applicant(
    mailer: Mailer | None, session: Session, now: datetime, dossier_id: int, template: str, notice: str = ""
) -> None:
    notify_applicant(session, now, dossier_id, template, mailer, notice)


def _send_message(post: Post | None, session: Session, now: datetime, message_id: str) -> None:
    send_message(session, now, message_id, post)


def _release_tasks_of(session: Session, now: datetime, person_id: int) -> None:
    release_tasks_of(session, now, session.get_one(Person, person_id))


class TimersFirst:
    """Holds jobs back while more timers are overdue than one look takes.

    A timer opens work for somebody and runs against the law's clock; a notice may come some seconds later. Both share
    one processor.
    """

    def __init__(self) -> None:
        self._caught_up = threading.Event()
        self._caught_up.set()

    def looked(self, fired: int) -> None:
        """What the last look for due timers has fired: a full batch means that there may be more."""
        if fired < BATCH:
            self._caught_up.set()
        else:
            self._caught_up.clear()

    def wait(self) -> None:
        """Wait until no timer is overdue, LONGEST_WAIT at most."""
        self._caught_up.wait(LONGEST_WAIT)


def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; a job that runs then is finished first."""
    with sessions_on(settings) as sessions:
        if outgoing_post(settings):
            with sessions.begin() as session:
                send_what_had_no_address(session)
        asyncio.run(_work(settings, sessions))


async def _work(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Run queued jobs and the errands; the queue begins again, with a new name, whenever the database was lost."""
    timers = TimersFirst()
    errands = [
        asyncio.create_task(_wake_for_ever(sessions, timers)),
        asyncio.create_task(_look_after_for_ever(sessions)),
    ]
    try:
        while await _run_queue(settings, sessions, timers):
            await asyncio.sleep(TICK)
    finally:
        await _end(*errands)


async def _run_queue(settings: Settings, sessions: sessionmaker[Session], timers: TimersFirst) -> bool:
    """Run queued jobs until asked to stop (False), or until the database was lost (True).

    A job whose end could not be written down stays with the worker of that name; once the name is given up, the job
    counts as a dead worker's and is given back to the queue.
    """
    queue = make_queue(settings.database_url, sessions, job_functions(settings), utc_now, timers.wait, GIVEN_UP)
    lost = asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(partial(_heed, lost))
    try:
        async with queue.open_async():
            rescue = asyncio.create_task(_rescue_for_ever(queue))
            try:
                return await _until_lost(queue, settings.worker_concurrency, lost)
            finally:
                await _end(rescue)
    except (procrastinate.exceptions.ConnectorException, psycopg.Error) as failure:
        LOG.warning("queue_lost", reason=type(failure).__name__)
        return True


async def _until_lost(queue: procrastinate.App, concurrency: int, lost: asyncio.Event) -> bool:
    worker = asyncio.create_task(queue.run_worker_async(concurrency=concurrency, delete_jobs="successful"))
    watch = asyncio.create_task(lost.wait())
    await asyncio.wait({worker, watch}, return_when=asyncio.FIRST_COMPLETED)
    if lost.is_set():
        await _end(worker)
        return True
    await _end(watch)
    await worker
    return False


def _heed(lost: asyncio.Event, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the loop reports of tasks that nobody waits for: a job's end that could not be written down."""
    if isinstance(context.get("exception"), procrastinate.exceptions.ConnectorException):
        lost.set()
    else:
        loop.default_exception_handler(context)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _wake_for_ever(sessions: sessionmaker[Session], timers: TimersFirst) -> None:
    """Each look runs in a thread and is not interrupted half-way; a lost database is waited for."""
    while True:
        woken = 0
        try:
            woken = await asyncio.shield(asyncio.to_thread(wake_due_dossiers, sessions, utc_now(), BATCH))
        except OperationalError as failure:
            LOG.warning("database_unreachable", reason=str(failure.orig).strip())
        except Exception:
            LOG.exception("timers_failed")
        timers.looked(woken)
        if woken == 0:
            await asyncio.sleep(TICK)


async def _look_after_for_ever(sessions: sessionmaker[Session]) -> None:
    """Each errand stands alone: what fails in one keeps nothing of the other from being done."""
    while True:
        for what, errand in LOOKED_AFTER.items():
            try:
                number = await asyncio.shield(asyncio.to_thread(errand, sessions, utc_now()))
                if number:
                    LOG.info(what, number=number)
            except Exception:
                LOG.exception(f"{what}_failed")
        await asyncio.sleep(LOOK_AFTER)


async def _rescue_for_ever(queue: procrastinate.App) -> None:
    while True:
        try:
            rescued = await rescue_stalled_jobs(queue, utc_now())
            if rescued:
                LOG.warning("jobs_of_dead_workers_given_back", number=rescued)
        except Exception:
            LOG.exception("rescue_failed")
        await asyncio.sleep(RESCUE)
