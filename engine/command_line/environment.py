"""What every command needs: the settings, a database to talk to, and the clock of the edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from engine.command_line.console import say, tell, warn
from engine.database import make_engine, make_sessions
from engine.database.embedded import EmbeddedPostgres
from engine.refusals import Conflict
from engine.settings import Settings, read_settings


class NoDatabase(Conflict):
    """A command that needs a running database found none."""

    vi = "Chưa có cơ sở dữ liệu nào đang chạy."
    en = "No database is running."
    remedy_vi = "Hãy chạy “make run” (hoặc “motcua run”), hoặc đặt biến MOTCUA_DATABASE_URL."
    remedy_en = "Start “make run” (or “motcua run”), or set MOTCUA_DATABASE_URL."


def utc_now() -> datetime:
    """The present moment: the clock of the command line."""
    return datetime.now(UTC)


def settings_with_database() -> Settings:
    """The settings with the address of the database that is in use: the given one, or the embedded one if it runs.

    Raises NoDatabase.
    """
    settings = read_settings()
    if settings.database_url:
        return settings
    postgres = EmbeddedPostgres(settings.cluster, say=warn)
    if not postgres.is_running():
        raise NoDatabase
    return replace(settings, database_url=postgres.url())


@contextmanager
def running_database(settings: Settings) -> Iterator[Settings]:
    """The settings with a database that runs: the given one, or the embedded one, which stops with the block."""
    if settings.database_url:
        tell("Cơ sở dữ liệu: theo MOTCUA_DATABASE_URL.", "Database: as given by MOTCUA_DATABASE_URL.")
        yield settings
        return
    postgres = EmbeddedPostgres(settings.cluster, say=say)
    cluster = postgres.cluster
    tell(f"Cơ sở dữ liệu: PostgreSQL đi kèm, tại {cluster} …", f"Database: embedded PostgreSQL in {cluster} …")
    if not postgres.start():
        tell(
            "Cơ sở dữ liệu vẫn chạy từ lần khởi động trước bị ngắt giữa chừng; dùng tiếp.",
            "It was still running from an earlier start that was killed; it is used as it is.",
        )
    try:
        postgres.ensure_database()
        yield replace(settings, database_url=postgres.url())
    finally:
        postgres.stop()
        tell(
            "Đã dừng cơ sở dữ liệu; mọi dữ liệu đã ghi đều nằm trên đĩa.",
            "Database stopped; everything that was committed is on disk.",
        )


@contextmanager
def sessions_on(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """A factory of sessions for the length of the block."""
    engine = make_engine(settings.database_url, pool_size=4)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()
