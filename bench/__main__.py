"""Run the measurements and print their tables: `python -m bench`, `--large 100000`, `--timers 100000`."""

from __future__ import annotations

import argparse
import os
import platform
import sys

from bench import completions, large, loops, timers
from bench.figures import show, show_table
from bench.office import Office, open_office, receive
from bench.serving import CLIENTS, throughput, web_server


def main() -> None:
    """Read the options, then measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=120, help="dossiers walked to their end in each way")
    parser.add_argument("--large", type=int, default=0, metavar="N", help="bulk-load N dossiers and measure among them")
    parser.add_argument("--timers", type=int, default=0, metavar="N", help="let timers go off among N that wait")
    options = parser.parse_args()
    show(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with open_office() as office:
        if options.timers:
            sys.exit(0 if timers.measure(office, options.timers) else 1)
        if options.large:
            large.measure(office, options.large, options.dossiers)
        else:
            _measure(office, options.dossiers)


def _measure(office: Office, number: int) -> None:
    """Completions in four ways, throughput, loops, and the work list of so many dossiers."""
    mine, theirs = receive(office, number + 1), receive(office, number + 1)
    rest = receive(office, number // 2)
    floor_url = office.copy(f"{office.database}_floor")
    with web_server(office, 1) as port:
        measured = completions.measure(office, floor_url, port, mine, theirs)
    completions.report(measured, completions.running_states(office))
    loops.measure_loops()
    large.measure_lists(office, f"Work list and search among {len(mine) + len(theirs) + len(rest)} dossiers")
    _measure_throughput(office, number)


def _measure_throughput(office: Office, number: int) -> None:
    """One and two web processes in turn, twice each, so that a change of the machine's mood shows."""
    each = max(number // 3, CLIENTS * 2)
    found: dict[int, list[float]] = {1: [], 2: []}
    for processes in (1, 2, 1, 2):
        dossiers = receive(office, each)
        with web_server(office, processes) as port:
            throughput(office, port, receive(office, CLIENTS))  # Warm.
            found[processes].append(throughput(office, port, dossiers))
    rows = [[processes, *rates, max(rates)] for processes, rates in found.items()]
    rows.append(["two over one", "", "", max(found[2]) / max(found[1])])
    heads = ["web processes", "1st run", "2nd run", "best, completions/s"]
    show_table(f"Throughput over HTTP, {CLIENTS} clients on the same machine", heads, rows)


if __name__ == "__main__":
    main()
