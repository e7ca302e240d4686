"""Speaking to whoever sits at the terminal: in their language, refusals without a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click
from sqlalchemy.exc import OperationalError

from engine.refusals import Refusal

P = ParamSpec("P")


def language() -> str:
    """ "vi" where the terminal's locale is Vietnamese, else "en"."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "vi" if locale.startswith("vi") else "en"


def say(words: str = "") -> None:
    """Print one line at once, so that progress is seen while it happens."""
    click.echo(words)
    sys.stdout.flush()


def warn(words: str) -> None:
    """Print one line where errors go."""
    click.echo(words, err=True)


def refuse_plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command end with the words of a refusal and exit code 1, never with a traceback for an expected failure."""

    @wraps(command)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            command(*arguments, **options)
        except Refusal as refusal:
            chosen = language()
            warn(" ".join(filter(None, (refusal.message(chosen), refusal.remedy(chosen)))))
            sys.exit(1)
        except OperationalError as failure:
            warn(f"The database cannot be reached: {str(failure.orig).strip()}")
            sys.exit(1)

    return wrapped
