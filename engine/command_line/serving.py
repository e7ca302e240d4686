"""How the web server is started: gunicorn with threads, one process group, stopped gracefully."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.settings import Settings

APPLICATION = "web.wsgi:application"
GRACE = 20
"""Seconds that running requests get to finish when the server stops."""


def web_command(settings: Settings) -> list[str]:
    """The command line of the web server; the database's address and secrets travel in the environment, never here."""
    return [sys.executable, "-m", "gunicorn", *web_arguments(settings)]


def web_arguments(settings: Settings) -> list[str]:
    """What gunicorn is told."""
    options = {
        "--bind": f"{settings.host}:{settings.port}",
        "--workers": settings.web_workers,
        "--threads": settings.web_threads,
        "--worker-class": "gthread",
        "--graceful-timeout": GRACE,
        "--timeout": 60,
        "--keep-alive": 5,
        "--log-level": "warning",
    }
    memory = Path("/dev/shm")  # noqa: S108 - where it exists, worker heartbeats must not wait for a disk
    if memory.is_dir():
        options["--worker-tmp-dir"] = str(memory)
    pairs = [str(part) for option in options.items() for part in option]
    return ["--preload", *pairs, APPLICATION]
