"""`python -m torture`: crash everything, look, and say what was found; exit code 1 when anything is wrong."""

from __future__ import annotations

import random
import sys

import click

from engine.command_line.console import say
from torture.crowd import complete_all_at_once
from torture.load import kill_under_load
from torture.statement import kill_inside_completions
from torture.system import running_system

MOST_SHOWN = 20


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--kills", default=50, show_default=True, help="Kills of whole processes under load.")
@click.option("--clients", default=16, show_default=True, help="Clients at work meanwhile.")
@click.option("--timers", default=60, show_default=True, help="Dossiers whose timers fall due meanwhile.")
@click.option("--statements", default=1000, show_default=True, help="Kills inside a single completion.")
@click.option("--rounds", default=200, show_default=True, help="Rounds of many clients on one task.")
@click.option("--people", default=50, show_default=True, help="Clients of a round.")
@click.option("--seed", default=None, type=int, help="Of the random choices; printed, so that a run can be repeated.")
def main(kills: int, clients: int, timers: int, statements: int, rounds: int, people: int, seed: int | None) -> None:
    """Crash the system on purpose and check from outside that nothing is lost, doubled or half done."""
    seed = random.randrange(1_000_000) if seed is None else seed
    random.seed(seed)
    say(f"seed {seed}")
    with running_system() as system:
        violations: list[str] = []
        if kills:
            say(f"Part 1: {clients} clients, {kills} kills of whole processes")
            load = kill_under_load(system, clients, kills, timers)
            say(
                f"  {load.completions} completions and {load.acknowledged - load.completions} receptions acknowledged"
                f" in {load.seconds:.0f} s; kills: {dict(sorted(load.kills.items()))};"
                f" {load.sent_again} requests sent again, {load.repeated} repeated on purpose,"
                f" {load.timers} timers; violations: {len(load.violations)}",
            )
            violations += load.violations
        if statements:
            system.stop()
            say(f"Part 2: {statements} kills inside a completion")
            inside = kill_inside_completions(system, statements)
            say(
                f"  {sum(inside.kills.values())} killed in {inside.seconds:.0f} s:"
                f" {dict(sorted(inside.kills.items()))}, of which {inside.committed} had been committed;"
                f" {inside.survived} were answered before the kill;"
                f" by statement: {dict(sorted(inside.by_statement.items()))}; violations: {len(inside.violations)}",
            )
            violations += inside.violations
        if rounds:
            system.start_web()
            say(f"Part 3: {rounds} rounds of {people} clients on one task")
            crowd = complete_all_at_once(system, people, rounds)
            say(
                f"  {crowd.rounds} rounds in {crowd.seconds:.0f} s: {crowd.winners} succeeded,"
                f" {crowd.told} were told by whom and when; violations: {len(crowd.violations)}",
            )
            violations += crowd.violations
    for violation in violations[:MOST_SHOWN]:
        say(f"VIOLATION: {violation}")
    say("Nothing was lost, doubled or half done." if not violations else f"{len(violations)} violations.")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
