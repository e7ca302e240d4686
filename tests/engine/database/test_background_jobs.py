"""A background job exists exactly if the transaction that wanted it committed, and runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from engine.database.jobs import ATTEMPTS, GivenUp, JobFunction, defer, make_queue, rescue_stalled_jobs

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def _waiting(sessions: sessionmaker[Session]) -> list[tuple[Any, ...]]:
    with sessions() as session:
        rows = session.execute(text("SELECT task_name, args, status::text FROM procrastinate_jobs ORDER BY id"))
        return [tuple(row) for row in rows]


def _work_off(
    sessions: sessionmaker[Session],
    url: str,
    functions: dict[str, JobFunction],
    wait_for_turn: Callable[[], object] = lambda: None,
    given_up: dict[str, GivenUp] | None = None,
) -> None:
    queue = make_queue(url, sessions, functions, lambda: NOW, wait_for_turn, given_up or {})

    async def work() -> None:
        async with queue.open_async():
            await queue.run_worker_async(
                wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )

    asyncio.run(work())


def test_a_job_of_a_rolled_back_transaction_never_existed(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        defer(session, "remember", arguments={"value": 1})
        session.rollback()
    assert _waiting(sessions) == []


def test_a_committed_job_runs_with_its_arguments_and_the_clock(
    sessions: sessionmaker[Session], database_url: str
) -> None:
    with sessions.begin() as session:
        defer(session, "remember", arguments={"value": "hồ sơ"}, queue="notifications")
    seen: list[tuple[datetime, str]] = []
    _work_off(sessions, database_url, {"remember": lambda session, now, value: seen.append((now, value))})
    assert seen == [(NOW, "hồ sơ")]
    assert _waiting(sessions) == []


def test_a_job_begins_when_its_turn_has_come(sessions: sessionmaker[Session], database_url: str) -> None:
    with sessions.begin() as session:
        defer(session, "remember", arguments={})
    seen: list[str] = []
    functions = {"remember": lambda session, now: seen.append("begun")}
    _work_off(sessions, database_url, functions, lambda: seen.append("had its turn"))
    assert seen == ["had its turn", "begun"]


def test_what_a_job_wrote_is_committed_and_what_a_failing_job_wrote_is_not(
    sessions: sessionmaker[Session], database_url: str
) -> None:
    def write(session: Session, now: datetime, name: str) -> None:
        session.execute(text("INSERT INTO number_series VALUES (:name, 1)"), {"name": name})
        if name == "bad":
            raise RuntimeError("the mail server said no")

    with sessions.begin() as session:
        for name in ("good", "bad"):
            defer(session, "write", arguments={"name": name})
    _work_off(sessions, database_url, {"write": write})
    with sessions() as session:
        assert list(session.scalars(text("SELECT name FROM number_series"))) == ["good"]
    assert _waiting(sessions) == [("write", {"name": "bad"}, "todo")], "a failing job waits for its next attempt"


def test_a_second_job_with_the_same_queueing_lock_is_not_added(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = defer(session, "count", arguments={}, queueing_lock="nightly")
        second = defer(session, "count", arguments={}, queueing_lock="nightly")
    assert first is not None
    assert second is None
    assert len(_waiting(sessions)) == 1


def test_a_scheduled_job_waits_for_its_time(sessions: sessionmaker[Session], database_url: str) -> None:
    seen: list[int] = []
    with sessions.begin() as session:
        later = datetime.now(UTC) + timedelta(hours=1)
        defer(session, "remember", arguments={"value": 1}, scheduled_at=later)
    _work_off(sessions, database_url, {"remember": lambda session, now, value: seen.append(value)})
    assert seen == []


def test_a_job_of_a_dead_worker_is_given_back(sessions: sessionmaker[Session], database_url: str) -> None:
    seen: list[int] = []
    functions: dict[str, Callable[..., object]] = {"remember": lambda session, now, value: seen.append(value)}
    with sessions.begin() as session:
        defer(session, "remember", arguments={"value": 7})
        worker = session.scalar(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
        )
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"), {"worker": worker})

    async def rescue() -> int:
        queue = make_queue(database_url, sessions, functions, lambda: NOW)
        async with queue.open_async():
            return await rescue_stalled_jobs(queue, NOW)

    assert asyncio.run(rescue()) == 1
    _work_off(sessions, database_url, functions)
    assert seen == [7]


def test_only_the_last_attempt_of_a_job_is_noted_as_given_up(
    sessions: sessionmaker[Session], database_url: str
) -> None:
    def fail(session: Session, now: datetime, name: str) -> None:
        tried.append(name)
        raise RuntimeError("the mail server said no")

    def note(session: Session, now: datetime, failure: Exception, name: str) -> None:
        session.execute(text("INSERT INTO number_series VALUES (:name, :tried)"), {"name": name, "tried": len(tried)})

    tried: list[str] = []
    with sessions.begin() as session:
        defer(session, "fail", arguments={"name": "notice"})
    for _ in range(ATTEMPTS + 2):
        with sessions.begin() as session:
            session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
        _work_off(sessions, database_url, {"fail": fail}, given_up={"fail": note})
    assert len(tried) == ATTEMPTS
    assert _waiting(sessions) == [("fail", {"name": "notice"}, "failed")]
    with sessions() as session:
        assert session.execute(text("SELECT * FROM number_series")).all() == [("notice", ATTEMPTS)]
