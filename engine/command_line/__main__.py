"""`python -m engine.command_line` is the same as `motcua`."""

from engine.command_line import main

main()
