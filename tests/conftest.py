"""Fixtures that every test may use: a real PostgreSQL, sessions that leave nothing behind, and a published system.

- `session`: one transaction, rolled back at the end; a commit inside it is only a savepoint.
- `sessions`: a factory of real sessions on a scratch database of this test alone, for real commits and competition.
- `published`: with it, `session` and `sessions` see the published processes/ and the demo people; it is itself such
  a session.
- `database_url`: the address of this test's scratch database, for programs that connect by themselves.

All test processes of this clone share one PostgreSQL; whoever uses it last stops it. With MOTCUA_DATABASE_URL the
scratch databases are made on that server instead. Several runs may be under way at once, and a run may be killed: a
database is dropped by its own process, or by another once nobody holds its lock any more.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session, sessionmaker

from engine.database import make_engine, make_sessions
from engine.database.embedded import DatabaseDidNotStart, EmbeddedPostgres
from engine.database.migrating import migrate
from engine.organisation import operations
from engine.settings import PROJECT, read_settings

PUBLISHED_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""When the tests' system was published: a Monday, 09:00 in Vietnam."""

NUMBERS = count(1)


settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")
"""How long an example takes, or its making, says how busy the machine is and nothing of what is tested."""


class DatabaseServer:
    """A PostgreSQL on which scratch databases are made by copying a template.

    Whoever uses a template or has scratch databases holds a lock under its name, or under the part of their names that
    they share; the server frees it when that process ends, however it ends.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._owner = f"test_{uuid4().hex[:16]}"
        self._uses = self._connect()
        self._use(self._owner)

    def close(self) -> None:
        """Give up all locks: what is still there may be dropped by anybody."""
        self._uses.close()

    def url(self, database: str) -> str:
        """The address of a database on this server."""
        return self._url.set(database=database).render_as_string(hide_password=False)

    def scratch(self, template: str) -> str:
        """A new copy of `template`."""
        name = f"{self._owner}_{next(NUMBERS)}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def template(self, kind: str, digest: str, fill: Callable[[str], None]) -> str:
        """The template `kind` for the sources with `digest`; filled once, by one process, and kept for later runs."""
        name = f"template_{kind}_{digest[:12]}"
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('motcua tests'))")
            self._use(name)
            known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for old in known:
                if old.startswith((f"template_{kind}_", "test_")) and _is_unused(connection, old):
                    self.drop(old)
            if name not in known:
                unfinished = f"{self._owner}_0"
                self._execute("CREATE DATABASE {}", unfinished)
                fill(self.url(unfinished))
                self._execute("ALTER DATABASE {} RENAME TO {}", unfinished, name)
        return name

    def _use(self, lock: str) -> None:
        self._uses.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", (lock,))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _is_unused(connection: psycopg.Connection, database: str) -> bool:
    """Whether nobody holds the database's lock; then nobody will, before this process lets others look for it."""
    lock = database.rpartition("_")[0] if database.startswith("test_") else database
    free = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (lock,)).fetchone()
    if free == (True,):
        connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", (lock,))
    return free == (True,)


def _using(url: str) -> Iterator[DatabaseServer]:
    server = DatabaseServer(url)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def _embedded_server() -> Iterator[DatabaseServer]:
    """The machine's test server; a shared lock that the kernel frees tells whether anybody else still uses it."""
    folder = read_settings().var / "test-postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name("test-postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        postgres = _started(folder)
        try:
            yield from _using(postgres.url())
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                postgres.stop()


def _started(folder: Path) -> EmbeddedPostgres:
    postgres = EmbeddedPostgres(folder, say=print, throwaway=True)
    try:
        postgres.start()
    except DatabaseDidNotStart:
        postgres.discard()
        postgres.start()
    return postgres


@pytest.fixture(scope="session", autouse=True)
def cheap_password_hashes() -> Iterator[None]:
    """Passwords are hashed as always, by argon2id, but with the least work: tests make and check many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def database_server() -> Iterator[DatabaseServer]:
    """The PostgreSQL of this run."""
    url = read_settings().database_url
    if url:
        yield from _using(url)
        return
    with _embedded_server() as server:
        yield server


def digest_of(*folders: Path, suffixes: tuple[str, ...] = ()) -> str:
    """SHA-256 over names and contents of all files below the folders (with one of the suffixes, if any are given)."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and (not suffixes or file.suffix in suffixes):
                digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def migrated_template(database_server: DatabaseServer) -> str:
    """Name of the template database with all tables and no rows."""
    digest = digest_of(PROJECT / "engine" / "database", suffixes=(".py",))
    return database_server.template("migrated", digest, _migrate)


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def published_template(database_server: DatabaseServer, migrated_template: str, cheap_password_hashes: None) -> str:
    """Name of the template database with processes/ published and the demo people in it."""
    digest = digest_of(PROJECT / "engine", suffixes=(".py",)) + digest_of(PROJECT / "processes")
    return database_server.template("published", hashlib.sha256(digest.encode()).hexdigest(), _publish)


def _publish(url: str) -> None:
    from engine.command_line.publishing import publish_everything
    from engine.demonstration import create_people

    engine = make_engine(url)
    migrate(engine)
    sessions = make_sessions(engine)
    publish_everything(sessions, PUBLISHED_AT, PROJECT / "processes")
    with sessions.begin() as session:
        create_people(session, PUBLISHED_AT)
    engine.dispose()


def _wanted_template(request: pytest.FixtureRequest) -> str:
    wanted = "published" in request.fixturenames
    return request.getfixturevalue("published_template" if wanted else "migrated_template")


@pytest.fixture(scope="session")
def shared_databases(database_server: DatabaseServer) -> Iterator[Callable[[str], str]]:
    """This process's own copy of a template for tests that roll back; made once, asked for by the template's name."""
    made: dict[str, str] = {}

    def copy_of(template: str) -> str:
        if template not in made:
            made[template] = database_server.scratch(template)
        return database_server.url(made[template])

    yield copy_of
    for name in made.values():
        database_server.drop(name)


@pytest.fixture
def session(request: pytest.FixtureRequest, shared_databases: Callable[[str], str]) -> Iterator[Session]:
    """A session whose work is rolled back at the end of the test, commits included."""
    engine = make_engine(shared_databases(_wanted_template(request)), pool_size=1)
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as rolled_back:
            yield rolled_back
        transaction.rollback()
    engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_server: DatabaseServer) -> Iterator[str]:
    """The address of a scratch database that belongs to this test alone and is dropped afterwards."""
    name = database_server.scratch(_wanted_template(request))
    yield database_server.url(name)
    database_server.drop(name)


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    """A factory of sessions that really commit, on this test's scratch database."""
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def published(session: Session) -> Session:
    """A session on the published system: organisation, calendars, procedures and demo people."""
    return session
