"""Times and their quantiles, and tables of them as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")


def timed(times: list[float], action: Callable[[], Result]) -> Result:
    """Run the action and append its milliseconds to `times`."""
    start = perf_counter()
    result = action()
    times.append((perf_counter() - start) * 1000)
    return result


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def p50(values: Iterable[float]) -> float:
    """The median."""
    return quantile(values, 0.5)


def p95(values: Iterable[float]) -> float:
    """The value that one in twenty exceeds."""
    return quantile(values, 0.95)


def show(text: str = "") -> None:
    """Write a line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a Markdown table; numbers with two decimals."""
    show(f"\n### {title}\n")
    show("| " + " | ".join(heads) + " |")
    show("|" + "|".join([" --- "] + [" ---: "] * (len(heads) - 1)) + "|")
    for row in rows:
        show("| " + " | ".join(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
