"""The subcommand `motcua check`, which needs no database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.command_line import checking
from engine.command_line.console import language, say


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--runnable", is_flag=True, help="A valid diagram that cannot be run here is an error, too.")
def check(paths: tuple[Path, ...], form: str, runnable: bool) -> None:
    """Say what is wrong with procedures and diagrams. Exit code 0: no errors, 1: errors, 2: cannot be read."""
    findings = checking.check(paths, runnable=runnable)
    shown = checking.as_json(findings) if form == "json" else checking.as_text(findings, language())
    if shown:
        say(shown)
    sys.exit(checking.exit_code(findings))
