"""The subcommand `motcua run`."""

from __future__ import annotations

import click

from engine.command_line.children import begin_loading


@click.command()
@click.option("--demo/--no-demo", default=True, help="Fill an empty system with demo people and dossiers.")
def run(demo: bool) -> None:
    """Start everything on this machine: database, web server, one worker."""
    begin_loading()
    from engine.command_line import running

    running.run(with_demonstration=demo)
