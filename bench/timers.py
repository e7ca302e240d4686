"""How late timers go off when thousands fall due within a minute, with two workers, and with one of them killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from sqlalchemy import text

from bench.figures import quantile, show, show_table
from bench.office import Office, execute, now
from bench.waiting import Loader
from torture.verdict import check_agreement

WORKERS = 2
DUE = 5_000
"""Dossiers whose timers fall due during the measured minute."""

MINUTE = timedelta(minutes=1)

NOTICE = timedelta(seconds=75)
"""From the beginning of loading what will be due to the first due moment; the workers start in between."""

PATIENCE = 240
"""Seconds after the minute within which everything must have gone off."""

AIM = 5.0
"""Seconds of lateness that one timer in a hundred may exceed."""


@dataclass(slots=True)
class Round:
    """What one measured minute has shown."""

    name: str
    due: dict[int, datetime]
    lateness: list[float] = field(default_factory=list)
    """Seconds from the due moment to the commit, of every timer that went off."""
    spent: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time by kind of process, from the first due moment to the last commit."""
    seconds: float = 0.0
    """From the first due moment until nothing was left to do, notifications included."""
    violations: list[str] = field(default_factory=list)


def measure(office: Office, number: int) -> bool:
    """Load `number` waiting dossiers and measure both rounds among them; whether everything was as it should be."""
    _keep_commit_times(office)
    loader = Loader(office)
    due = min(DUE, number // 20)
    loader.load_later(number - 2 * due)
    rounds = [_round(office, loader, due, "two workers"), _round(office, loader, due, "one of them killed", kill=True)]
    _report(rounds, number)
    for violation in [violation for each in rounds for violation in each.violations]:
        show(f"WRONG: {violation}")
    return not any(each.violations for each in rounds)


def _keep_commit_times(office: Office) -> None:
    """Have PostgreSQL note when each transaction was committed: the event log says when it was begun."""
    execute(office.server, "ALTER SYSTEM SET track_commit_timestamp = on")
    office.engine.dispose()
    office.server.stop()
    office.server.start()


def _round(office: Office, loader: Loader, number: int, name: str, *, kill: bool = False) -> Round:
    begin = now() + NOTICE
    measured = Round(name, loader.load_due([begin + MINUTE * place / number for place in range(number)]))
    with _workers(office) as workers:
        left = (begin - now()).total_seconds()
        if left < 10:
            raise TimeoutError("loading took too long: the workers would begin late")
        time.sleep(left)
        before = _processor_times(office, workers)
        if kill:
            time.sleep(MINUTE.total_seconds() / 2)
            dead = workers.pop()
            measured.spent["killed worker"] = sum(psutil.Process(dead.pid).cpu_times()[:2])
            dead.send_signal(signal.SIGKILL)
            dead.wait()
        _wait_until_fired(office, measured)
        after = _processor_times(office, workers)
        measured.spent |= {what: after[what] - before[what] for what in after}
        _wait_until_told(office)
        measured.seconds = (now() - begin).total_seconds()
    _look(office, measured)
    return measured


@contextmanager
def _workers(office: Office) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Background workers as they are run in production; those that are still in the list are ended with the block."""
    environment = {**os.environ, "MOTCUA_DATABASE_URL": office.settings.database_url}
    command = [sys.executable, "-m", "engine.command_line", "worker"]
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(WORKERS)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(timeout=60)


def _processor_times(office: Office, workers: Sequence[subprocess.Popen[bytes]]) -> dict[str, float]:
    """Seconds of processor time that each kind of process has used so far, and the whole machine."""
    postmaster = psutil.Process(int((Path(office.server.cluster) / "postmaster.pid").read_text().split()[0]))
    ended = postmaster.cpu_times()
    machine = psutil.cpu_times()
    return {
        "workers": sum(sum(psutil.Process(worker.pid).cpu_times()[:2]) for worker in workers),
        "PostgreSQL": ended.children_user + ended.children_system + sum(_used(each) for each in postmaster.children()),
        "machine": sum(machine) - machine.idle - machine.iowait,
    }


def _used(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:
        return 0.0


def _wait_until_fired(office: Office, measured: Round) -> None:
    """Until no timer is due any more; what has not gone off by then is found afterwards."""
    last = max(measured.due.values())
    waiting = text("SELECT count(*) FROM workflow_state WHERE next_due_at <= :last AND NOT halted")
    _wait(office, waiting, last=last)


def _wait_until_told(office: Office) -> None:
    _wait(office, text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"))


def _wait(office: Office, counting: object, **parameters: datetime) -> None:
    deadline = time.monotonic() + MINUTE.total_seconds() + PATIENCE
    while time.monotonic() < deadline:
        with office.sessions() as session:
            if session.scalar(counting, parameters) == 0:  # type: ignore[call-overload]
                return
        time.sleep(0.25)


FIRINGS = """SELECT dossier_id, pg_xact_commit_timestamp(xmin) FROM event
             WHERE kind = 'timer_fired' AND dossier_id BETWEEN %s AND %s"""

NOT_TOLD = """SELECT count(*) FROM dossier d WHERE id BETWEEN %s AND %s AND closed_at IS NOT NULL AND 1 <> (
    SELECT count(*) FROM event e WHERE e.dossier_id = d.id AND e.kind = 'notified'
    AND e.details->>'template' = 'supplement_expired')"""


def _look(office: Office, measured: Round) -> None:
    """Lateness by the server's own commit times; then whether each went off once, and whole."""
    span = (min(measured.due), max(measured.due))
    with psycopg.connect(office.server.url(office.database)) as connection:
        fired = connection.execute(FIRINGS, span).fetchall()
        measured.lateness = [(at - measured.due[id]).total_seconds() for id, at in fired]
        (not_told,) = connection.execute(NOT_TOLD, span).fetchall()[0]
        (others,) = connection.execute(
            "SELECT count(*) FROM event WHERE kind = 'timer_fired' AND dossier_id < %s AND at > %s",
            (span[0], min(measured.due.values())),
        ).fetchall()[0]
    times = Counter(id for id, _ in fired)
    measured.violations += [f"dossier {id}: its timer fired {times[id]} times" for id in measured.due if times[id] != 1]
    if not_told:
        measured.violations.append(f"{not_told} ended dossiers whose applicant was not told once")
    if others:
        measured.violations.append(f"{others} timers fired that were not due")
    if min(measured.lateness) < 0:
        measured.violations.append("a timer fired before it was due")
    with office.sessions() as session:
        measured.violations += check_agreement(session, measured.due)


def _report(rounds: Sequence[Round], number: int) -> None:
    heads = ["seconds late", "fired", "p50", "p95", "p99", "slowest", "aim (p99)", "all told after"]
    rows: list[list[object]] = []
    for each in rounds:
        late = [quantile(each.lateness, share) for share in (0.5, 0.95, 0.99)]
        fired = f"{len(each.lateness)} of {len(each.due)}"
        rows.append([each.name, fired, *late, max(each.lateness), f"< {AIM:.0f}", f"{each.seconds:.0f} s"])
    show_table(f"Timers that fall due within one minute, among {number} dossiers that wait for one", heads, rows)
    rows = []
    for each in rounds:
        workers = each.spent["workers"] + each.spent.get("killed worker", 0.0)
        others = each.spent["machine"] - workers - each.spent["PostgreSQL"]
        per = [1000 * spent / len(each.lateness) for spent in (workers, each.spent["PostgreSQL"])]
        rows.append([each.name, *per, workers, each.spent["PostgreSQL"], others])
    heads = ["processor time", "workers, ms a timer", "PostgreSQL, ms a timer", "workers, s", "PostgreSQL, s"]
    show_table("What it takes, notifications that went out meanwhile included", [*heads, "other programs, s"], rows)
