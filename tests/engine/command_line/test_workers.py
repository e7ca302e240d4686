"""Workers fire what is due exactly once, however many of them there are, and run the queued jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from engine.database.jobs import defer
from engine.demonstration.dossiers import Story, read_stories
from engine.demonstration.lives import SAFETY, Life
from engine.dossiers.models import Dossier, DossierState, Event, EventKind
from engine.organisation.settings import work_calendar
from engine.settings import PROJECT

LONGEST = 60.0
"""Seconds; far more than is needed on an idle machine."""


@pytest.fixture
def start_worker(database_url: str) -> Callable[[], subprocess.Popen[bytes]]:
    """Starts `motcua worker` as a process of its own on the test's database."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = {**os.environ, "MOTCUA_DATABASE_URL": database_url}
        started.append(subprocess.Popen([sys.executable, "-m", "engine.command_line", "worker"], env=environment))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
    assert all(process.wait(LONGEST) in (0, -signal.SIGTERM) for process in started)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, "the workers did not do it in time"
        time.sleep(0.2)


def _waiting_dossier(sessions: sessionmaker[Session]) -> int:
    """A dossier that was to be completed within 30 days and was not: its timer is due since yesterday at the latest.

    It came on the first working day of a fortnight, which even the longest holidays leave.
    """
    then = datetime.now(UTC) - timedelta(days=45)
    code, scenarios = "2.000134", read_stories(PROJECT / "processes" / SAFETY)
    with sessions.begin() as session:
        life = Life(SAFETY, "never_completed", 0)
        story = Story(session, work_calendar(session), scenarios[life.scenario], code, life, 1)
        assert story.run(then, then + timedelta(days=14))
        assert story.dossier is not None
        assert story.dossier.state == DossierState.INCOMPLETE
        return story.dossier.id


def test_two_workers_fire_a_due_timer_once(
    published: Session, sessions: sessionmaker[Session], start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    dossiers = [_waiting_dossier(sessions) for _ in range(8)]
    for _ in range(2):
        start_worker()

    def all_stopped() -> bool:
        with sessions() as session:
            states = session.scalars(select(Dossier.state).where(Dossier.id.in_(dossiers))).all()
        return set(states) == {DossierState.STOPPED}

    _until(all_stopped)
    time.sleep(1.5)
    with sessions() as session:
        fired = select(Event.dossier_id, func.count()).where(Event.kind == EventKind.TIMER_FIRED)
        assert dict(session.execute(fired.group_by(Event.dossier_id)).all()) == dict.fromkeys(dossiers, 1)


def test_a_worker_runs_the_jobs_that_rooms_defer(
    published: Session, sessions: sessionmaker[Session], start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    dossier = _waiting_dossier(sessions)
    with sessions.begin() as session:
        defer(session, "notify_applicant", arguments={"dossier_id": dossier, "template": "result_ready"})
    start_worker()

    def told() -> bool:
        with sessions() as session:
            notes = select(Event.details).where(Event.dossier_id == dossier, Event.kind == EventKind.NOTIFIED)
            return sorted(note["template"] for note in session.scalars(notes)) == ["result_ready", "supplement_expired"]

    def all_are_done() -> bool:
        """A job is taken out once it has succeeded, after what it did has been committed; one that failed stays."""
        with sessions() as session:
            attempts = session.scalars(text("SELECT attempts FROM procrastinate_jobs")).all()
        assert not any(attempts), "a job failed"
        return not attempts

    _until(told)  # What was asked for here, and what the dossier's own timer asks for when it goes off.
    _until(all_are_done)
