"""The whole system on this machine, made to be killed: PostgreSQL with full durability, web server, worker."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql
from sqlalchemy.orm import Session, sessionmaker

from engine.command_line.publishing import publish_everything
from engine.command_line.serving import web_command
from engine.command_line.supervision import AlreadyRunning, RunLock
from engine.database import make_engine, make_sessions
from engine.database.embedded import EmbeddedPostgres
from engine.database.migrating import migrate
from engine.demonstration import create_people
from engine.organisation import operations as organisation
from engine.organisation.actors import Actor
from engine.organisation.queries import actor_for, local_day, person_by_username
from engine.settings import Settings, read_settings
from torture.way import PEOPLE

LONGEST_WAIT = 120.0
"""Seconds that the system gets to answer again after a kill."""


def utc_now() -> datetime:
    """The present moment: crashes happen in real time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class System:
    """A published database, and the processes that run on it."""

    postgres: EmbeddedPostgres
    settings: Settings
    sessions: sessionmaker[Session]
    tokens: dict[str, str]
    folder: Path
    lock: RunLock
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    def start_web(self) -> None:
        """Start the web server and wait until it serves."""
        self.web = self._spawn("web", web_command(self.settings))
        self.wait_until_serving()

    def start_worker(self) -> None:
        """Start the background worker."""
        self.worker = self._spawn("worker", [sys.executable, "-m", "engine.command_line", "worker"])

    def wait_until_serving(self) -> None:
        """Return once the web server answers that database and tables are there; raises TimeoutError."""
        deadline = time.monotonic() + LONGEST_WAIT
        while not self._serves():
            if time.monotonic() > deadline:
                raise TimeoutError("the system does not answer any more")
            time.sleep(0.05)

    def kill(self, what: str) -> None:
        """SIGKILL one kind of process, and start again what does not start itself; serves again on return."""
        getattr(self, f"_kill_{what}")()
        self.wait_until_serving()

    def stop(self) -> None:
        """End web server and worker."""
        for process in (self.web, self.worker):
            if process is not None and process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(30)
                _kill_group(process)

    def _kill_web_process(self) -> None:
        """One of the web processes; their parent starts another."""
        assert self.web is not None
        children = psutil.Process(self.web.pid).children()
        if children:
            with suppress(psutil.Error):
                random.choice(children).kill()

    def _kill_web_server(self) -> None:
        assert self.web is not None
        _kill_group(self.web)
        self.start_web()

    def _kill_worker(self) -> None:
        assert self.worker is not None
        _kill_group(self.worker)
        self.start_worker()

    def _kill_postgres_backend(self) -> None:
        """One connection's process: the server then ends all others and recovers from its log."""
        backends = [process for process in self._server_processes() if "[local]" in " ".join(_command(process))]
        if backends:
            with suppress(psutil.Error):
                random.choice(backends).kill()

    def _kill_postgres(self) -> None:
        """The server's main process; its children end by themselves."""
        pid = int((self.postgres.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        self.postgres.start()

    def _server_processes(self) -> list[psutil.Process]:
        pid = int((self.postgres.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        try:
            return list(psutil.Process(pid).children())
        except psutil.Error:
            return []

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "MOTCUA_DATABASE_URL": self.settings.database_url,
            "MOTCUA_SECRET_KEY": "torture-" * 6,
            "MOTCUA_WEB_WORKERS": str(self.settings.web_workers),
        }
        with self._log(name) as log:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        running = [known.pid for known in (self.web, self.worker, process) if known and known.poll() is None]
        self.lock.note(f"http://127.0.0.1:{self.settings.port}", running)
        return process

    def _log(self, name: str) -> IO[bytes]:
        return (self.folder / f"{name}.log").open("ab")

    def _serves(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.settings.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


KILLS = ("web_process", "web_server", "worker", "postgres_backend", "postgres")
"""What can be killed."""


@contextmanager
def running_system(name: str = "torture") -> Iterator[System]:
    """A fresh published database on a PostgreSQL that keeps its promises; everything is stopped at the end.

    Each name has a server of its own, because servers are killed. Whoever wants a name that is taken waits; what a
    killed run left running under it is ended.
    """
    settings = read_settings()
    folder = settings.var / name
    with reserved_port() as port, _only_run(folder, port) as lock:
        yield from _running(name, folder, replace(settings, port=port, web_workers=2), lock)


def _running(name: str, folder: Path, settings: Settings, lock: RunLock) -> Iterator[System]:
    postgres = EmbeddedPostgres(settings.var / f"{name}-postgres", say=lambda words: None)
    postgres.start()
    try:
        _make_database(postgres, name)
        engine = make_engine(postgres.url(name))
        migrate(engine)
        sessions = make_sessions(engine)
        publish_everything(sessions, utc_now(), settings.processes)
        tokens = _people(sessions)
        system = System(postgres, replace(settings, database_url=postgres.url(name)), sessions, tokens, folder, lock)
        try:
            yield system
        finally:
            system.stop()
            engine.dispose()
    finally:
        postgres.stop()


def acting(session: Session, username: str) -> Actor:
    """The person with the rights in force now."""
    person = person_by_username(session, username)
    assert person is not None
    return actor_for(session, person, local_day(utc_now()))


def _make_database(postgres: EmbeddedPostgres, name: str) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        for statement in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _people(sessions: sessionmaker[Session]) -> dict[str, str]:
    with sessions.begin() as session:
        create_people(session, utc_now())
        session.flush()
        return {username: _token(session, username) for username in PEOPLE}


def _token(session: Session, username: str) -> str:
    actor = acting(session, username)
    return organisation.create_token(session, actor, utc_now(), actor.person, "torture", days=2)[1]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """The process and its children, which have a group of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port of this machine that nobody else is given meanwhile; a server that reuses addresses may listen on it."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield int(place.getsockname()[1])


@contextmanager
def _only_run(folder: Path, port: int) -> Iterator[RunLock]:
    lock = RunLock(folder)
    while True:
        try:
            lock.take(f"http://127.0.0.1:{port}")
        except AlreadyRunning:
            time.sleep(1)
        else:
            break
    try:
        yield lock
    finally:
        lock.release()
