"""Part one: sixteen clients at work while every kind of process is killed at random and started again."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from threading import Event, Lock, Thread

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.command_line.console import say
from engine.dossiers.models import Dossier, WorkflowState
from engine.dossiers.models import Wait as WaitRow
from engine.dossiers.operations import preview_reception, receive_dossier
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.workflow import inspect, set_timers
from torture import verdict
from torture.client import Acknowledged, Client
from torture.system import KILLS, System, acting, utc_now
from torture.way import CLERK, PERSON, SAFETY_DECLARATION, WAYS, Way

LEAST_BETWEEN_KILLS = 8
"""Completions that must be acknowledged between two kills: the system is killed under load, not while it recovers."""

LONGEST_DRAIN = 240.0
"""Seconds that the worker gets to finish the jobs of workers that were killed."""


@dataclass(slots=True)
class LoadReport:
    """What the first part did and found."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    completions: int = 0
    sent_again: int = 0
    repeated: int = 0
    timers: int = 0
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


def kill_under_load(system: System, clients: int, kills: int, timers: int) -> LoadReport:
    """Run the clients, kill so many times, stop, wait until the jobs are done, and look."""
    report = LoadReport(timers=timers)
    begun = time.monotonic()
    components = {way.code: required_components(system, way) for way in WAYS}
    system.start_web()
    system.start_worker()
    sleeping = sleeping_dossiers(system, timers, within=timedelta(seconds=5 + 2 * kills))
    stop = Event()
    callers = [Client(system.settings.port, system.tokens, components, stop) for _ in range(clients)]
    numbers = _shared(count(1))
    threads = [Thread(target=caller.run, args=(WAYS, numbers), daemon=True) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        _kill(system, callers, kills, report)
    except (TimeoutError, OSError) as failure:
        report.violations.append(f"the system did not come back: {failure}")
    stop.set()
    for thread in threads:
        thread.join(60)
    _wait_until_quiet(system, sleeping)
    report.seconds = time.monotonic() - begun
    _look(system, callers, sleeping, report)
    return report


def _kill(system: System, callers: Sequence[Client], kills: int, report: LoadReport) -> None:
    for number in range(kills):
        _wait_for_work(callers)
        time.sleep(random.uniform(0.0, 0.6))
        what = random.choice(KILLS)
        system.kill(what)
        report.kills[what] += 1
        say(f"  kill {number + 1} of {kills}: {what}, {_answered(callers)} requests acknowledged so far")


def _wait_for_work(callers: Sequence[Client]) -> None:
    """Until the clients have got some more answers; raises TimeoutError when they get none."""
    wanted, deadline = _answered(callers) + LEAST_BETWEEN_KILLS, time.monotonic() + 60
    while _answered(callers) < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError("no request was acknowledged for a minute")
        time.sleep(0.02)


def _answered(callers: Sequence[Client]) -> int:
    return sum(len(caller.record.acknowledged) for caller in callers)


def _wait_until_quiet(system: System, sleeping: Sequence[int]) -> None:
    """Until no job waits or runs and no timer is due; what is left then is found by the verdict."""
    deadline = time.monotonic() + LONGEST_DRAIN
    busy = text(
        "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
        " + (SELECT count(*) FROM workflow_state WHERE next_due_at <= now() + interval '2 minutes' AND NOT halted)"
    )
    while time.monotonic() < deadline:
        with system.sessions() as session:
            if session.scalar(busy) == 0:
                return
        time.sleep(0.5)


def _look(system: System, callers: Sequence[Client], sleeping: Sequence[int], report: LoadReport) -> None:
    acknowledged: list[Acknowledged] = [one for caller in callers for one in caller.record.acknowledged]
    report.acknowledged = len(acknowledged)
    report.completions = sum(one.task_id is not None for one in acknowledged)
    report.sent_again = sum(caller.record.sent_again for caller in callers)
    report.repeated = sum(caller.record.repeated for caller in callers)
    for caller in callers:
        report.violations += caller.record.violations
    if system.worker is None or system.worker.poll() is not None:
        report.violations.append("the worker ended by itself")
    with system.sessions() as session:
        report.violations += verdict.check_acknowledged(session, acknowledged)
        report.violations += verdict.check_moving(session, utc_now())
        report.violations += verdict.check_agreement(session)
        report.violations += verdict.check_jobs(session)
        report.violations += verdict.check_timers(session, sleeping)


def required_components(system: System, way: Way) -> list[str]:
    """Codes of the papers that the procedure asks for."""
    with system.sessions() as session:
        preview = preview_reception(session, acting(session, CLERK), utc_now(), _reception(way))
        return [component.code for component in preview.components]


def receive(session: Session, way: Way, decision: str = "accept") -> int:
    """A dossier received at the counter, with all its papers; returns its id."""
    clerk, reception = acting(session, CLERK), _reception(way)
    wanted = preview_reception(session, clerk, utc_now(), reception).components
    whole = replace(
        reception,
        components=tuple(HandedIn(component.code, originals=1) for component in wanted),
        decision=decision,
        reason="Thiếu giấy tờ" if decision == "supplement" else "",
    )
    return receive_dossier(session, clerk, utc_now(), whole).id


def _reception(way: Way) -> Reception:
    return Reception(procedure_code=way.code, applicant=PartyDetails(**PERSON), facts=way.facts)


def sleeping_dossiers(system: System, number: int, within: timedelta) -> list[int]:
    """Dossiers that wait for their papers, whose limits fall due at random moments of the run."""
    ids = []
    for _ in range(number):
        with system.sessions.begin() as session:
            dossier_id = receive(session, SAFETY_DECLARATION, "supplement")
            session.flush()
            _set_due(session, dossier_id, within)
            ids.append(dossier_id)
    return ids


def _set_due(session: Session, dossier_id: int, within: timedelta) -> None:
    state, dossier = session.get_one(WorkflowState, dossier_id), session.get_one(Dossier, dossier_id)
    workflow = definition_of(session, dossier.version_id).workflow
    due = utc_now() + random.random() * within
    timers = [wait for wait in inspect(workflow, state.state).waits if wait.due_at is not None]
    step = set_timers(workflow, state.state, {wait.id: due for wait in timers})
    state.state, state.next_due_at = step.state, step.next_due_at
    for wait in timers:
        session.get_one(WaitRow, wait.id).due_at = due


class _shared:  # noqa: N801 - used like a function
    """An iterator that several threads may draw from."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers, self._lock = numbers, Lock()

    def __next__(self) -> int:
        with self._lock:
            return next(self._numbers)
