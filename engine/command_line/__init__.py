"""The console command `motcua`: everything that is started, published or repaired from outside a browser."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

ALONE = {"check": "engine.command_line.check_command", "run": "engine.command_line.run_command"}
"""Commands that begin at once, for they load little themselves; every other one loads database, dossiers and papers."""


class Commands(click.Group):
    """Loads only what the command that was asked for needs."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **options: Any) -> Any:
        """Run the subcommand that the arguments name; `args` default to those of the process."""
        given = list(sys.argv[1:] if args is None else args)
        if given and given[0] in ALONE:
            self.add_command(getattr(import_module(ALONE[given[0]]), given[0]))
            return super().main(given, *others, **options)
        from engine.command_line.commands import main as all_commands

        return all_commands.main(given, *others, **options)


main = Commands("motcua")

__all__ = ["main"]
