"""What the child processes of `motcua run` do, and how they begin.

Each is forked from one process that loads the whole system while the database is started, so that it is loaded once
and not by every child. The parent, which only watches, loads none of it: here everything is imported where it is used.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import forkserver
from typing import Any

from engine.settings import Settings

LOADED = ("engine.command_line.commands", "web.application", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread")
"""What is loaded before the first child is forked; by name, for the engine does not know the web."""

FORKING = multiprocessing.get_context("forkserver")


def begin_loading() -> None:
    """Start the process that children are forked from; it loads everything in the meantime."""
    forkserver.set_forkserver_preload(list(LOADED))
    forkserver.ensure_running()


def run_in_child(target: Callable[..., None], *arguments: Any) -> None:
    """Let a child do this and wait for it; raises SystemExit with its exit code if it does not succeed."""
    child = FORKING.Process(target=target, args=arguments)
    child.start()
    try:
        child.join()
    except BaseException:
        child.terminate()
        child.join()
        raise
    if child.exitcode:
        sys.exit(child.exitcode)


def prepare(settings: Settings, with_demonstration: bool) -> None:
    """Bring the database to this version's tables, publish processes/, and fill an empty system with the demo."""
    from engine.command_line.refusing import refuse_plainly

    _begin(settings)
    try:
        refuse_plainly(_prepare)(settings, with_demonstration)
    except KeyboardInterrupt:
        sys.exit(1)


def _prepare(settings: Settings, with_demonstration: bool) -> None:
    from engine.command_line.console import tell
    from engine.command_line.environment import sessions_on, utc_now
    from engine.command_line.publishing import publish_everything
    from engine.database import make_engine
    from engine.database.migrating import migrate
    from engine.demonstration import is_empty, load_demonstration

    engine = make_engine(settings.database_url, pool_size=2)
    migrate(engine)
    engine.dispose()
    with sessions_on(settings) as sessions:
        publish_everything(sessions, utc_now(), settings.processes)
        if with_demonstration and is_empty(sessions):
            tell(
                "Hệ thống còn trống: đang tạo người dùng và hồ sơ dùng thử …",
                "The system is empty: loading the demo organisation's people and dossiers …",
            )
            number = load_demonstration(sessions, utc_now(), settings.processes)
            tell(f"Đã tạo {number} hồ sơ dùng thử.", f"{number} demo dossiers are there.")


def serve_web(settings: Settings) -> None:
    """The web server."""
    from gunicorn.app.wsgiapp import run  # type: ignore[import-untyped]

    from engine.command_line.serving import web_arguments

    _begin(settings)
    sys.argv = ["gunicorn", *web_arguments(settings)]
    run()


def work(settings: Settings) -> None:
    """The background worker."""
    from engine.command_line import working

    _begin(settings)
    working.work(settings)


def welcome(settings: Settings, address: str, took: timedelta) -> None:
    """Print the address and the demo accounts."""
    from engine.command_line.console import language, say, tell
    from engine.command_line.environment import sessions_on
    from engine.demonstration import sign_in_table

    _begin(settings)
    with sessions_on(settings) as sessions:
        accounts = sign_in_table(sessions, language())
    seconds = f"{took.total_seconds():.1f}"
    tell(
        f"\n  Một cửa: {address}   (sẵn sàng sau {seconds} giây)\n",
        f"\n  Một cửa: {address}   (ready after {seconds} s)\n",
    )
    if accounts:
        say(accounts)
    tell("  Nhấn Ctrl-C để dừng toàn bộ; không mất dữ liệu.", "  Ctrl-C stops everything; nothing is lost.")


def _begin(settings: Settings) -> None:
    """The database's address and the secret are told to a child when it begins and stand in no command line."""
    from engine.logs import configure_logs

    os.environ["MOTCUA_DATABASE_URL"] = settings.database_url
    os.environ["MOTCUA_SECRET_KEY"] = settings.secret_key
    configure_logs()
