"""The console command `motcua`: everything that is started, published or repaired from outside a browser."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from engine.command_line.check_command import check


class Commands(click.Group):
    """Loads database, dossiers and papers only for commands that need them: checking a diagram starts at once."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **options: Any) -> Any:
        """Run the subcommand that the arguments name; `args` default to those of the process."""
        given = list(sys.argv[1:] if args is None else args)
        if given[:1] == [check.name]:
            return super().main(given, *others, **options)
        from engine.command_line.commands import main as all_commands

        return all_commands.main(given, *others, **options)


main = Commands("motcua", commands=[check])

__all__ = ["main"]
