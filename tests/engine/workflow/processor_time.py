"""How much of the processor something takes, which on a busy machine says more than the clock on the wall."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time


def least_seconds(act: Callable[[], object]) -> float:
    """Seconds of this thread's processor that `act` takes: the least of three times.

    Within any one of them the collector may clear up after other tests, and neighbours slow the processor down.
    """

    def spent() -> float:
        began = thread_time()
        act()
        return thread_time() - began

    return min(spent() for _ in range(3))
