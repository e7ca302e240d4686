"""While timers are overdue, jobs wait: what opens work for somebody goes before what only tells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import pytest

from engine.command_line import working
from engine.command_line.working import BATCH, TimersFirst


def test_a_job_waits_while_a_look_finds_more_timers_than_it_takes() -> None:
    timers = TimersFirst()
    with ThreadPoolExecutor() as threads:
        timers.wait()
        timers.looked(fired=BATCH)
        job = threads.submit(timers.wait)
        with pytest.raises(StillWaiting):
            job.result(timeout=0.2)
        timers.looked(fired=BATCH - 1)
        job.result(timeout=30)


def test_timers_that_never_end_hold_a_job_back_for_a_limited_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "LONGEST_WAIT", 0.05)
    timers = TimersFirst()
    timers.looked(fired=BATCH)
    with ThreadPoolExecutor() as threads:
        threads.submit(timers.wait).result(timeout=30)
