"""Speaking to whoever sits at the terminal, in their language."""

from __future__ import annotations

import os
import sys

import click


def language() -> str:
    """ "vi" where the terminal's locale is Vietnamese, else "en"."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "vi" if locale.startswith("vi") else "en"


def say(words: str = "") -> None:
    """Print one line at once, so that progress is seen while it happens."""
    click.echo(words)
    sys.stdout.flush()


def tell(vi: str, en: str) -> None:
    """Print one line at once in the terminal's language."""
    say(vi if language() == "vi" else en)


def warn(words: str) -> None:
    """Print one line where errors go."""
    click.echo(words, err=True)
