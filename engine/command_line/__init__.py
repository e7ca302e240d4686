"""The console command `motcua`: everything that is started, published or repaired from outside a browser."""

from engine.command_line.commands import main

__all__ = ["main"]
