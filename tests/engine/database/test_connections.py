"""Connections keep what they have prepared, and those that died while they rested are replaced unnoticed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from engine.database import make_engine, sessions
from engine.database.direct import execute

QUESTION = "SELECT 4071703 + %(more)s"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 4071703%%'"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url, pool_size=1)
    yield made
    made.dispose()


def ask(engine: Engine) -> int:
    """Ask in a transaction that is undone, as every request that only reads is; how often the question is prepared."""
    with sessions.make_sessions(engine)() as session:
        execute(session, QUESTION, {"more": 1})
        return execute(session, PREPARED, {})[0][0]


def end_connections(database_url: str) -> None:
    """What the server does to every connection when it crashes; they are gone on return."""
    with psycopg.connect(database_url, autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, timeout => 60000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert all(done for (done,) in ended)


def test_undoing_a_transaction_keeps_what_was_prepared(engine: Engine) -> None:
    assert [ask(engine) for _ in range(6)][-1] == 1


def test_undoing_a_transaction_undoes_it(engine: Engine) -> None:
    with sessions.make_sessions(engine)() as session:
        session.execute(text("CREATE TABLE trial_undone (id int)"))
    with sessions.make_sessions(engine)() as session:
        assert session.scalar(text("SELECT to_regclass('trial_undone')")) is None


def test_a_connection_that_died_while_it_rested_is_replaced(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "RESTED", 0.05)
    ask(engine)
    end_connections(database_url)
    time.sleep(0.1)
    ask(engine)


def test_a_connection_that_dies_in_use_fails_once_as_a_failure_of_the_surroundings(
    engine: Engine, database_url: str
) -> None:
    ask(engine)
    end_connections(database_url)
    with pytest.raises(DBAPIError) as failure:
        ask(engine)
    assert failure.value.connection_invalidated
    ask(engine)


def test_no_statement_waits_for_parallel_workers_to_start(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW max_parallel_workers_per_gather")) == "0"
