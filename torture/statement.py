"""Part two: a process is killed at a random statement inside a single completion, again and again."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy import select as query
from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.command_line.console import say
from engine.dossiers.models import Task, TaskState
from torture import verdict
from torture.load import receive
from torture.system import System
from torture.way import WAYS, Turn
from web.application import create_application

MOST_STATEMENTS = 14
"""A completion has fewer; a kill at a later one comes after the answer."""

MOMENTS = ("before", "during", "after")
"""Before the statement is sent, while the server works on it, after its answer has come."""

LONGEST_WAIT = 60.0
"""Seconds for one completion; a lock that nobody frees would show here."""

TABLES = (
    "task", "wait", "workflow_state", "event", "hand_over", "charge", "payment", "opinion", "supplement", "component",
    "document", "message", "outgoing_message", "incident",
)  # fmt: skip
"""Everything that belongs to a dossier."""


@dataclass(slots=True)
class StatementReport:
    """What the second part did and found."""

    kills: Counter[str] = field(default_factory=Counter)
    """By moment."""
    survived: int = 0
    """Completions that were answered before the kill could strike."""
    committed: int = 0
    """Killed completions whose transaction had been committed all the same."""
    by_statement: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Strike:
    """When the process is to be killed: at which statement (commits count too), and at which moment of it."""

    statement: int
    moment: str
    delay: float
    """Seconds after the statement was begun, for the moment `during`."""


def kill_inside_completions(system: System, kills: int) -> StatementReport:
    """Kill so many completions at a random statement; after each, nothing or everything has happened, never a part."""
    report, begun = StatementReport(), time.monotonic()
    application = create_application(system.settings)
    engine: Engine = application.extensions["sessions"].kw["bind"]
    _read_definitions(application)
    number, walked = 0, []
    while sum(report.kills.values()) < kills and len(report.violations) < 20:
        number += 1
        way = random.choice(WAYS)
        with system.sessions.begin() as session:
            walked.append(receive(session, way))
        for turn in way.turns:
            if sum(report.kills.values()) >= kills:
                break
            engine.dispose()
            system.sessions.kw["bind"].dispose()
            _strike(system, application, walked[-1], turn, 100_000 + number, report)
        if number % 10 == 0:
            say(f"  {sum(report.kills.values())} of {kills} completions killed")
    with system.sessions() as session:
        report.violations += verdict.check_agreement(session, walked)
    report.seconds = time.monotonic() - begun
    return report


def _strike(
    system: System, application: Flask, dossier_id: int, turn: Turn, number: int, report: StatementReport
) -> None:
    """Kill one completion, look, then send the same request again, which must be answered at once."""
    with system.sessions() as session:
        task_id = _open_task(session, dossier_id, turn.element_id)
        before = picture(session, dossier_id)
    system.sessions.kw["bind"].dispose()
    strike = Strike(random.randint(1, MOST_STATEMENTS), random.choice(MOMENTS), random.random() * 0.003)
    request = _request(system, turn, task_id, number)
    answered = _in_child(lambda: _complete(application, request), strike)
    with system.sessions() as session:
        _wait_until_alone(session)
        changed = picture(session, dossier_id) != before
        state = session.scalar(query(Task.state).where(Task.id == task_id))
        report.violations += _half_done(session, dossier_id, changed, state, answered)
    system.sessions.kw["bind"].dispose()
    if answered is None:
        report.kills[strike.moment] += 1
        report.by_statement[strike.statement] += 1
        report.committed += changed
    else:
        report.survived += 1
    again = _in_child(lambda: _complete(application, request), None)
    where = f"dossier {dossier_id}, {turn.element_id}, {strike.moment} statement {strike.statement}"
    if again is None or again["status"] != 200:
        report.violations.append(f"{where}: sent again: {again}")
    elif changed != again["replayed"]:
        report.violations.append(f"{where}: committed {changed}, but the answer was replayed {again['replayed']}")
    elif answered is not None and answered["body"] != again["body"]:
        report.violations.append(f"{where}: the repeated request got another answer")


def _wait_until_alone(session: Session) -> None:
    """The server may be at work on the killed process's last statement, a COMMIT even: look when it has ended."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        " AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + LONGEST_WAIT
    while session.scalar(others):
        session.rollback()
        if time.monotonic() > deadline:
            raise TimeoutError("the server goes on working for a process that was killed")
        time.sleep(0.005)
    session.rollback()


def _half_done(
    session: Session, dossier_id: int, changed: bool, state: str | None, answered: dict[str, Any] | None
) -> list[str]:
    wrong = verdict.check_agreement(session, [dossier_id])
    if changed != (state == TaskState.COMPLETED):
        wrong.append(f"dossier {dossier_id}: something has changed is {changed}, but the task is {state}")
    if answered is not None and not changed:
        wrong.append(f"dossier {dossier_id}: the completion was answered and is not there")
    return wrong


def picture(session: Session, dossier_id: int) -> list[Any]:
    """A digest of every row that belongs to the dossier, of its jobs, and of the series that give out numbers."""
    parts = [f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t WHERE dossier_id = :id"
             for table in TABLES]  # fmt: skip
    parts += [
        "SELECT 'dossier', md5(t::text) FROM dossier t WHERE id = :id",
        "SELECT 'jobs', count(*)::text FROM procrastinate_jobs WHERE args->>'dossier_id' = CAST(:id AS text)",
        "SELECT 'series', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM number_series t",
        "SELECT 'answers', count(*)::text FROM idempotent_answer",
    ]
    return [tuple(row) for row in session.execute(text(" UNION ALL ".join(parts) + " ORDER BY 1"), {"id": dossier_id})]


def _open_task(session: Session, dossier_id: int, element_id: str) -> UUID:
    return session.scalars(
        query(Task.id).where(Task.dossier_id == dossier_id, Task.element_id == element_id, Task.state == TaskState.OPEN)
    ).one()


def _read_definitions(application: Flask) -> None:
    """Read every published version into this process, so that a child begins with the completion itself."""
    with application.extensions["sessions"]() as session:
        for version_id in session.scalars(text("SELECT id FROM procedure_version")):
            definition_of(session, version_id)


def _request(system: System, turn: Turn, task_id: UUID, number: int) -> dict[str, Any]:
    return {
        "path": f"/api/v1/tasks/{task_id}/complete",
        "json": {"answers": turn.filled(number)},
        "headers": {"Authorization": f"Bearer {system.tokens[turn.username]}", "Idempotency-Key": str(uuid4())},
    }


def _complete(application: Flask, request: dict[str, Any]) -> dict[str, Any]:
    answer = application.test_client().post(**request)
    return {
        "status": answer.status_code,
        "body": answer.json,
        "replayed": answer.headers.get("Idempotency-Replayed") == "true",
    }


# -- children ---------------------------------------------------------------------------------------------------------


def _in_child(work: Callable[[], dict[str, Any]], strike: Strike | None) -> dict[str, Any] | None:
    """What a process of its own answers; None when it was killed. All connections of the parent are closed before."""
    answers, answer_end = os.pipe()
    signals, signal_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        os.close(signals)
        _be_child(work, strike, answer_end, signal_end)
    os.close(answer_end)
    os.close(signal_end)
    try:
        return _watch(pid, answers, signals, strike)
    finally:
        os.close(answers)
        os.close(signals)
        os.waitpid(pid, 0)


def _watch(pid: int, answers: int, signals: int, strike: Strike | None) -> dict[str, Any] | None:
    """Kill the child a moment after it has said that the statement is on its way; collect what it answers."""
    received, open_ends = b"", {answers, signals}
    deadline = time.monotonic() + LONGEST_WAIT
    while open_ends:
        ready, _, _ = select.select(list(open_ends), [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(pid, signal.SIGKILL)
            raise TimeoutError("a completion takes longer than a minute: somebody holds its dossier")
        for end in ready:
            content = os.read(end, 65536)
            if not content:
                open_ends.discard(end)
            elif end == answers:
                received += content
            elif strike is not None:
                time.sleep(strike.delay)
                os.kill(pid, signal.SIGKILL)
    return json.loads(received) if received.endswith(b"\n") else None


def _be_child(work: Callable[[], dict[str, Any]], strike: Strike | None, answer_end: int, signal_end: int) -> None:
    """Never returns."""
    try:
        if strike is not None:
            _arm(strike, signal_end)
        os.write(answer_end, json.dumps(work()).encode() + b"\n")
    except BaseException:  # noqa: BLE001 - a child must not run on in its parent's place
        traceback.print_exc()
    finally:
        os._exit(0)


def _arm(strike: Strike, signal_end: int) -> None:
    """Count the statements of every engine of this process and die at the chosen one."""
    sent = 0

    def begins(*_: object) -> None:
        nonlocal sent
        sent += 1
        if sent != strike.statement:
            return
        if strike.moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        elif strike.moment == "during":
            os.write(signal_end, b"x")

    def ends(*_: object) -> None:
        if sent == strike.statement and strike.moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", begins)
    event.listen(Engine, "after_cursor_execute", ends)
    event.listen(Engine, "commit", begins)
    event.listen(Session, "after_commit", ends)
