"""Commands that end with the words of a refusal; apart from the console, for it loads the database's library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from sqlalchemy.exc import OperationalError

from engine.command_line.console import language, warn
from engine.refusals import Refusal

P = ParamSpec("P")


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
